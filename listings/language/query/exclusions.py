"""What a buyer does not want: "no diesel", "not black or white", "anything except Ford".

A filter can leave out values of an enumeration. Whatever else is left out cannot be asked for: it
is told, and never read as if it were wanted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from listings.language.lexicon import table
from listings.language.matcher import Phrases
from listings.language.query.entity import Entity
from listings.language.query.phrases import KEYWORDS, NEGATIONS
from listings.language.tokens import Token, key_at

OWNED = "Not used: the car that you have."
CANNOT = "This cannot be left out; fuels, gearboxes, bodies, colours and driven wheels can."
_EXCLUDABLE = frozenset({"fuel", "transmission", "body_type", "colour", "drivetrain"})
_ARTICLES = frozenset(table("negation")["between"]["buyer"])
_OWNED = Phrases((phrase, True) for phrase in table("negation")["owned"]["buyer"])
_OWNED_UP_TO = frozenset(table("negation")["owned_up_to"]["buyer"])
_OWNED_MAX = 8
# "not just petrol" leaves nothing out, and asks for nothing.
_PARTLY = frozenset({"just", "only"})
_COMMAS = frozenset({",", "/"})
_LISTING = _COMMAS | {"or", "nor", "and", "&"}
_EITHER = frozenset({"or", "nor"})
_WORDS = frozenset({"text", "prefer"})
_NAMES = frozenset({"make", "model", "number", "badge"})

Read = Callable[[int], list[Entity]]
Deny = Callable[[int], Entity | None]


def negation(tokens: Sequence[Token], at: int) -> int:
    """Return the place after a negation that begins here, and `at` where none does."""
    token = tokens[at]
    if token.key == "-" and at + 1 < len(tokens):
        is_sign = tokens[at + 1].start == token.end
        return at + 1 if is_sign and tokens[at + 1].key[0].isalpha() else at
    _, end = NEGATIONS.find(tokens, at)
    _, keyword_end = KEYWORDS.find(tokens, at)
    return at if keyword_end > end else end


def read_owned(tokens: Sequence[Token], at: int, is_name: Callable[[int], bool]) -> list[Entity]:
    """Return what is said here of the car that a buyer has: "swap my Polo for a Juke"."""
    _, first = _OWNED.find(tokens, at)
    last = first
    while at < first and last < min(len(tokens), first + _OWNED_MAX):
        if tokens[last].is_sign or tokens[last].key in _OWNED_UP_TO:
            break
        last += 1
    if not any(map(is_name, range(first, last))):
        return []
    return [Entity(first=at, last=last, field=None, note=OWNED)]


def read_excluded(tokens: Sequence[Token], at: int, read: Read, deny: Deny) -> list[Entity]:
    """Return what is left out from a negation at `at` on; none where there is no negation.

    `read` returns what a place says by itself, `deny` the opposite of a comparison there. "no
    diesel or hybrid" is neither; behind "and" or a comma the list goes on only with what is of one
    kind, so that "no diesel, automatic" is one.
    """
    place = _left_out(tokens, at)
    if place == at:
        return []
    denied = deny(place) if place < len(tokens) else None
    if denied:
        return [replace(denied, first=at)]
    first = read(place) if place < len(tokens) else []
    if not first:
        return [Entity(first=at, last=place, field=None, note=CANNOT)]
    found = _list(tokens, first, read)
    starts = [at, *(item[-1].last for item in found)]
    is_wholly = not any(token.key in _PARTLY for token in tokens[at:place])
    return [
        _excluded(item, start, is_wholly=is_wholly)
        for start, item in zip(starts, found, strict=False)
    ]


def _left_out(tokens: Sequence[Token], at: int) -> int:
    """Return the place of what the negation at `at` leaves out; `at` where there is none."""
    place = negation(tokens, at)
    while at < place < len(tokens):
        following = negation(tokens, place)
        if following == place and tokens[place].key not in _ARTICLES:
            break
        place = max(following, place + 1)
    return place


def _list(tokens: Sequence[Token], first: list[Entity], read: Read) -> list[list[Entity]]:
    """Return the items of a list that begins with one; commas go on up to its "or"."""
    found = [first]
    waiting: list[list[Entity]] = []
    while following := _next(tokens, (found + waiting)[-1], read):
        joint, item = following
        if joint not in _EITHER and _kind(item) != _kind(first):
            break
        waiting.append(item)
        if joint not in _COMMAS:
            found, waiting = found + waiting, []
    return found


def _next(
    tokens: Sequence[Token], before: list[Entity], read: Read
) -> tuple[str, list[Entity]] | None:
    """Return what joins the next item to the one before it, and the item."""
    place = before[-1].last
    joint = ""
    while key_at(tokens, place) in _LISTING:
        joint, place = tokens[place].key, place + 1
    if place >= len(tokens) or negation(tokens, place) > place:
        return None
    while joint and key_at(tokens, place) in _ARTICLES:
        place += 1
    item = read(place) if place < len(tokens) else []
    if not item or joint:
        return (joint, item) if item else None
    if before[-1].field in _EXCLUDABLE and item[-1].field == before[-1].field:
        return (",", item)  # "no black white or silver"
    return ("", item) if before[-1].field in _WORDS and item[-1].field in _WORDS else None


def _kind(item: list[Entity]) -> str | None:
    field = item[-1].field
    return "name" if field in _NAMES else field


def _excluded(item: list[Entity], first: int, *, is_wholly: bool) -> Entity:
    found = item[-1]
    if found.field == "write_off":
        return replace(found, first=first, values=("none",))
    if is_wholly and len(item) == 1 and found.field in _EXCLUDABLE and found.values:
        return replace(found, first=first, is_excluded=True)
    return Entity(first=first, last=found.last, field=None, note=CANNOT)
