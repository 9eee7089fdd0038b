"""Where a car should stand: "near LS1", "within 20 miles of Leeds", a postcode by itself."""

import re
from collections.abc import Sequence

from listings.language.matcher import Phrases
from listings.language.query.entity import Entity
from listings.language.query.tokens import number
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import Token, lowered
from listings.search.places import read

_OUTCODE = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?")
_INCODE = re.compile(r"[0-9][a-z]{2}")
_POSTCODE = re.compile(r"([a-z]{1,2}[0-9][a-z0-9]?)([0-9][a-z]{2})")
# Whether what follows must be a place, known or not.
_NEAR = Phrases(
    [
        ("near", True),
        ("near to", True),
        ("close to", True),
        ("nearby", False),
        ("around", False),
        ("in", False),
        ("at", False),
    ]
)
# An order, by the distance from the place that may follow; whether it must be one.
_NEAREST = Phrases(
    [
        ("nearest", False),
        ("nearest to", True),
        ("closest", False),
        ("closest to", True),
    ]
)
_OF = frozenset({"of", "from", "around"})
_MILES = frozenset({"miles", "mile", "mi"})
_MILES_MAX = 500
# A number of miles beside an outcode: "BS1 30 miles"; a car has done more.
_BESIDE_MAX = 100
_PLACE_WORDS_MAX = 3
_RADIUS = frozenset({"radius", "away"})
_WITHIN = Phrases(
    [
        ("within", True),
        ("in", True),
        ("under", True),
        ("up to", True),
        ("max", True),
        ("less than", True),
        ("no more than", True),
        ("not more than", True),
    ]
)
UNKNOWN = "This place is not known."


def read_place(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Entity]:
    """Return what is said here of the place and the distance, none where nothing is."""
    miles, place = _distance(tokens, at)
    if miles is not None:
        found = [Entity(first=at, last=place, field="within_miles", values=(miles,))]
        if place < len(tokens) and tokens[place].key in _OF:
            value, end = _place(tokens, place + 1, vocabulary, is_certain=True)
            found = [Entity(first=at, last=end, field="within_miles", values=(miles,))]
            found.append(_near(at, end, value))
        return found
    return _nearest(tokens, at, vocabulary) or _preposition(tokens, at, vocabulary)


def _nearest(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Entity]:
    is_certain, end = _NEAREST.find(tokens, at)
    if is_certain is None:
        return []
    value, last = _place(tokens, end, vocabulary, is_certain=is_certain)
    if value is None:
        return []
    order = Entity(first=at, last=end, field="ordering", values=("distance",))
    return [order, _near(end, last, value)]


def _preposition(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Entity]:
    is_certain, end = _NEAR.find(tokens, at)
    if is_certain is not None and end < len(tokens):
        is_certain = is_certain and tokens[end].key not in ("me", "here")
        value, last = _place(tokens, end, vocabulary, is_certain=is_certain)
        return [_near(at, last, value)] if value or is_certain else []
    value, end = vocabulary.place_names.find(tokens, at)
    if value is None:
        value, end = _full_postcode(tokens, at)
    if value is None and _is_beside_miles(tokens, at) and tokens[at].key not in vocabulary.models:
        value, end = tokens[at].key.upper(), at + 1
    return [_near(at, end, value)] if value else []


def _is_beside_miles(tokens: Sequence[Token], at: int) -> bool:
    """Whether an outcode has a few miles before or behind it."""
    if not _OUTCODE.fullmatch(tokens[at].key):
        return False
    return any(_is_few_miles(tokens, place) for place in (at - 2, at - 1, at + 1))


def _is_few_miles(tokens: Sequence[Token], at: int) -> bool:
    miles = number(tokens[at]) if 0 <= at < len(tokens) else None
    if miles is None or miles.value > _BESIDE_MAX:
        return False
    following = tokens[at + 1].key if at + 1 < len(tokens) else ""
    return (miles.unit or following) in _MILES


def _near(first: int, last: int, value: str | None) -> Entity:
    try:
        place = read(value or "")
    except ValueError:
        return Entity(first=first, last=last, field=None, note=UNKNOWN)
    return Entity(first=first, last=last, field="near", values=(place,))


def _distance(tokens: Sequence[Token], at: int) -> tuple[int | None, int]:
    _, place = _WITHIN.find(tokens, at)
    is_within = tokens[at].key == "within"
    written, end = number(tokens[place]) if place < len(tokens) else None, place + 1
    if written is None:
        return None, at
    if written.unit not in _MILES:
        if written.unit or end >= len(tokens) or tokens[end].key not in _MILES:
            return None, at
        end += 1
    is_radius = end < len(tokens) and tokens[end].key in _RADIUS
    end += is_radius
    is_followed = is_radius or (end < len(tokens) and tokens[end].key in _OF)
    miles = int(written.value)
    is_distance = 1 <= miles <= _MILES_MAX and (is_within or is_followed)
    return (miles, end) if is_distance else (None, at)


def _place(
    tokens: Sequence[Token], at: int, vocabulary: Vocabulary, *, is_certain: bool
) -> tuple[str | None, int]:
    """Return a place after a preposition, and its end; one unknown word where it must be one."""
    value, end = _full_postcode(tokens, at)
    if value is None:
        value, end = vocabulary.place_names.find(tokens, at)
    word = tokens[at].key if at < len(tokens) else ""
    if value is None and is_certain:
        value, end = vocabulary.place_names.find(_as_place(tokens, at, vocabulary), 0)
        end += at
    is_free = is_certain or word not in vocabulary.models
    if value is None and is_free and _OUTCODE.fullmatch(word):
        return word.upper(), at + 1
    return value, end if value else min(at + 1, len(tokens))


def _as_place(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Token]:
    """The next words as a place may be meant by them: "near leds"."""
    words = [lowered(token.text) for token in tokens[at : at + _PLACE_WORDS_MAX]]
    meant = [vocabulary.place_spelling.meant(word) or word for word in words]
    return [token._replace(key=word) for token, word in zip(tokens[at:], meant, strict=False)]


def _full_postcode(tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    if at >= len(tokens):
        return None, at
    if whole := _POSTCODE.fullmatch(tokens[at].key):
        return f"{whole[1]} {whole[2]}".upper(), at + 1
    outward, inward = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
    if inward is None or number(inward) is not None or inward.start - outward.end > 1:
        return None, at
    if _OUTCODE.fullmatch(outward.key) and _INCODE.fullmatch(inward.key):
        return f"{outward.key} {inward.key}".upper(), at + 2
    return None, at
