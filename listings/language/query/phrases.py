"""What buyers say that is neither a name nor a number, and what it asks for, out of the lexicon."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from listings.language.derivative import badge_marks, fuel_of
from listings.language.lexicon import Speaker, condition, table, terms
from listings.language.matcher import Phrases
from listings.language.tokens import Token, key_at

UNASKED = "No filter asks for this."
TALK, WISH = "talk", "wish"

Values = tuple[str | int | bool, ...]


class PhraseMeaning(NamedTuple):
    """A parameter and its values; `TALK` for what says nothing of a car, `WISH` for what does and
    no filter knows.

    It means so unless a word of `unless_next` follows. `is_kind`: a kind of cars, of which a body
    named beside it says more. `ranks`: adverts that have the words are preferred.
    """

    name: str
    values: Values = ()
    unless_next: frozenset[str] = frozenset()
    is_kind: bool = False
    ranks: bool = False


_FIELDS = (
    "fuel",
    "transmission",
    "body_type",
    "colour",
    "drivetrain",
    "ulez",
    "service_history",
    "euro_standard",
    "write_off",
    "ordering",
    "reduced",
    "added_within_days",
)
# Who asks for some history takes more of it too.
_AT_LEAST: dict[str, Values] = {
    "full": ("full", "full_dealer"),
    "partial": ("full", "full_dealer", "partial"),
}
_CATEGORIES = frozenset("cdns")
_CATEGORY_JOINTS = frozenset({"/", ",", "or", "and", "&", "nor"})
_CATEGORY_WORDS = frozenset({"cat", "cats", "category", "categories"})
_SALE = "sale"
_NOT_PAINTED = condition("of_a_colour")  # "black wheels"


def find(
    phrases: Phrases[PhraseMeaning], tokens: Sequence[Token], at: int
) -> tuple[PhraseMeaning | None, int]:
    """Return what the longest phrase here means, and the place after it."""
    for meaning, end in phrases.every(tokens, at):
        if key_at(tokens, end) not in meaning.unless_next:
            return _with_categories(meaning, tokens, end)
    return None, at


def _with_categories(
    meaning: PhraseMeaning, tokens: Sequence[Token], end: int
) -> tuple[PhraseMeaning, int]:
    """Add the letters that go on behind a salvage category: "cat s/n"."""
    if meaning.name != "write_off" or tokens[end - 1].key not in _CATEGORIES | _CATEGORY_WORDS:
        return meaning, end
    while key_at(tokens, end) in _CATEGORY_JOINTS and key_at(tokens, end + 1) in _CATEGORIES:
        meaning = meaning._replace(values=(*meaning.values, tokens[end + 1].key))
        end += 2
    return meaning, end


def _meanings() -> Iterator[tuple[str, PhraseMeaning]]:
    for name, marks in badge_marks():
        if fuel := fuel_of(marks):
            yield name, PhraseMeaning("fuel", (fuel.value,))
    for kind, lists in table("unasked").items():
        yield from ((name, PhraseMeaning(WISH, ranks=kind != _SALE)) for name in lists["buyer"])
    yield from ((t, PhraseMeaning(TALK)) for kind in table("talk").values() for t in kind["buyer"])
    for bodies, lists in table("body_group").items():
        group = PhraseMeaning("body_type", tuple(bodies.split(",")), is_kind=True)
        yield from ((name, group) for name in lists["buyer"])
    for field in _FIELDS:
        for term in terms(field, Speaker.BUYER):
            values = _values(field, term.value)
            unless_next = term.unless_next | (_NOT_PAINTED if field == "colour" else frozenset())
            yield from ((name, PhraseMeaning(field, values, unless_next)) for name in term.names)
            if field == "colour":  # "electric blue" is no electric car
                adorned = (f"electric {name}" for name in term.names)
                yield from ((name, PhraseMeaning(field, values, unless_next)) for name in adorned)


def _equipment() -> Iterator[tuple[str, PhraseMeaning]]:
    """What a car has; one phrase may say two of it: "heated leather seats"."""
    for name in table("not_equipment")["other"]["said"]:
        yield name, PhraseMeaning(WISH, ranks=True)
    said: dict[str, PhraseMeaning] = {}
    for term in terms("equipment", Speaker.BUYER):
        for name in term.names:
            before = said.get(name, PhraseMeaning("equipment"))
            said[name] = PhraseMeaning("equipment", (*before.values, term.value), term.unless_next)
    yield from said.items()


def _values(field: str, value: str) -> Values:
    if field == "service_history":
        return _AT_LEAST.get(value, (value,))
    if field == "reduced":
        return (True,)
    return tuple(int(each) if each.isdecimal() else each for each in value.split(",") if each)


KEYWORDS = Phrases((*_meanings(), *_equipment()))
BEHIND_MODELS = Phrases(
    (name, PhraseMeaning("body_type", (term.value,)))
    for term in terms("body_behind_model", Speaker.BUYER)
    for name in term.names
)
NEGATIONS = Phrases((phrase, True) for phrase in table("negation")["not"]["buyer"])
