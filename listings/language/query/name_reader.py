"""The make or model that a text names at a place, by its name or by a badge: "VW Golf", "320d"."""

import re
from collections.abc import Sequence

from listings.language import derivative
from listings.language.lexicon import table
from listings.language.query.entity import Entity
from listings.language.query.measures import UNITS, NumberKind
from listings.language.query.phrases import KEYWORDS
from listings.language.query.tokens import name_key, number
from listings.language.query.vocabulary import Vocabulary
from listings.language.spelling import is_filler
from listings.language.tokens import Token, key_at, title_words

_NAME_TOKENS_MAX = 6
_BADGE_TOKENS_MAX = 3
# Words that are no part of a badge by themselves: "this is 250 too much".
_NO_BADGES = frozenset({"a", "is"})
# "i20 N Line" is an i20, "X5 M Sport" an X5.
_BADGE_LETTERS = frozenset({"n", "m", "r", "s", "x", "gt", "st", "rs"})
_BADGE_WORDS = frozenset({"line", "sport", "competition"})
_FUELS = frozenset({"electric", "ev", "hybrid"})
_PLURAL_MIN = 4
_DIGIT = re.compile(r"\d")
_TIMES = re.compile(r"x\d")
_SEVERAL = frozenset(table("counted")["times"]["behind"])
# A number of so many digits right behind its make is the model, unless it is one of these.
_LONG_NUMBER = 3
_COUNTED = {"price", "grand", "mileage", "electric_range", "cc", "bhp", "ps", "kw"}


def read_name(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Entity]:
    """Return the name that begins here and what it says besides; none where none does."""
    if _is_article(tokens, at) or is_multiple(tokens, at):
        return []
    found = _catalogued(tokens, at, vocabulary)
    if found is None:
        return _badge(tokens, at, at, None, vocabulary)
    if found.field == "make":
        return _badge(tokens, at, found.last, str(found.values[0]), vocabulary) or [found]
    for start in range(found.last - 1, max(at, found.last - 2) - 1, -1):
        badge = _badge(tokens, at, start, found.models[0].make, vocabulary)
        if badge and badge[0].last >= found.last:
            return badge  # "GLA 200d", "NX 300h"
    return [found]


def _is_article(tokens: Sequence[Token], at: int) -> bool:
    """Whether "a" is a word of its own: "a 3 series" is no Audi A3."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        tokens[at].key == "a"
        and following is not None
        and following.start > tokens[at].end
        and following.key[0].isdecimal()
    )


def is_multiple(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token tells how many there are of what stands before it: "car seats x3"."""
    is_times = at > 0 and _TIMES.fullmatch(tokens[at].key) is not None
    return is_times and tokens[at - 1].key in _SEVERAL and all(each.key != "bmw" for each in tokens)


def _catalogued(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> Entity | None:
    key = ""
    best: tuple[str, int] | None = None
    for end in range(at, min(at + _NAME_TOKENS_MAX, len(tokens))):
        added = name_key(tokens[end])
        if added is None:
            break
        key += added
        name = _known(key, tokens[end], vocabulary)
        if name and best and vocabulary.models.get(name) == vocabulary.models.get(best[0]):
            is_said_otherwise = KEYWORDS.find(tokens, best[1])[0] is not None
            name = None if is_said_otherwise else name  # "Outlander PHEV" is an Outlander
        if name and added and not _goes_on(tokens, at, end, best):
            best = best if _is_phrase(tokens[at : end + 1]) else (name, end + 1)
    if best is None:
        return None
    name, last = best
    if name in vocabulary.makes:
        return Entity(first=at, last=last, field="make", values=(vocabulary.makes[name],))
    field = "number" if last == at + 1 and name.isdecimal() else "model"
    models = vocabulary.models[name]
    make = vocabulary.makes.get(tokens[at].key) if last > at + 1 else None
    named = tuple(model for model in models if model.make == make)  # "DS 4" is no Citroën DS4
    return Entity(first=at, last=last, field=field, models=named or models)


def _is_phrase(tokens: Sequence[Token]) -> bool:
    """Whether words that make a name together say something else: "car for two"."""
    if len(tokens) == 1:
        return False
    keys = [token.key for token in tokens]
    return all(map(is_filler, keys)) or all(KEYWORDS.meaning(key) for key in keys)


def _known(key: str, last: Token, vocabulary: Vocabulary) -> str | None:
    """Return the name that a key is, or is the plural of: "Golfs"."""
    if vocabulary.is_name(key):
        return key
    single = key[:-1]
    is_word = len(last.key) >= _PLURAL_MIN and last.key.isalpha()
    is_plural = key[-1:] == "s" and (is_word or last.key[:-1] in vocabulary.models)
    if is_plural and vocabulary.is_name(single):
        return None if KEYWORDS.meaning(last.key) or UNITS.meaning(last.key) else single
    return None


def _goes_on(
    tokens: Sequence[Token], first: int, last: int, shorter: tuple[str, int] | None
) -> bool:
    """Whether the last token of a name is no part of it: "Mazda 3 doors", "VW up to 10k".

    A fuel behind the name of a model is a fuel, as it is before it ("electric Corsa").
    """
    token = tokens[last]
    if token.key in _FUELS and shorter:
        return True
    if token.key == "models":
        return last == first
    following = key_at(tokens, last + 1)
    if number(token) is not None and last > first:
        return is_counting(tokens, last) and not _is_model_number(tokens, last)
    if token.key == "up":
        return following in ("to", "-")
    return last > first and token.key in _BADGE_LETTERS and following in _BADGE_WORDS


def _is_model_number(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number with a unit behind it is a model's all the same: "Peugeot 107 tax free"."""
    unit = UNITS.meaning(tokens[at + 1].key)
    is_long = len(tokens[at].key) >= _LONG_NUMBER and unit not in _COUNTED
    return unit is not None and (is_long or unit is NumberKind.CHARGE)


def is_counting(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number has a unit, or is the first of a range."""
    following = key_at(tokens, at + 1)
    if UNITS.meaning(following) is not None:
        return True
    is_range = at + 2 < len(tokens) and number(tokens[at + 2]) is not None
    return following == "k" or (following == "-" and is_range)


def _badge(
    tokens: Sequence[Token], first: int, at: int, make: str | None, vocabulary: Vocabulary
) -> list[Entity]:
    """Return the model that a badge from `at` on means, its fuel, and the badge as a wish."""
    ahead = tokens[at : at + _BADGE_TOKENS_MAX]
    has_digits = any(_DIGIT.search(token.key) for token in ahead[:2])
    if not has_digits or (make is None and tokens[at].key in _NO_BADGES):
        return []
    for end in range(at + len(ahead), at, -1):
        badge = "".join(token.key for token in tokens[at:end])
        model = vocabulary.of_badge(badge, make)
        if model and not (badge[-1].isdecimal() and is_counting(tokens, end - 1)):
            field = "model" if make else "badge"
            return _of_badge(badge, Entity(first=first, last=end, field=field, models=(model,)))
    return []


def _of_badge(badge: str, named: Entity) -> list[Entity]:
    found, first, end = [named], named.first, named.last
    if badge.isdecimal():
        return found
    # An M car is a petrol one, whether its advert says so or not.
    fuel = (
        None if badge[0] == "m" and named.models[0].make == "bmw" else derivative.read(badge).fuel
    )
    if fuel:
        found.append(Entity(first=first, last=end, field="fuel", values=(fuel.value,)))
    wish = " ".join(title_words(badge))
    return [*found, Entity(first=first, last=end, field="prefer", values=(wish,))]
