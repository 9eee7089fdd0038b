"""Where a car should stand: "near LS1", "within 20 miles of Leeds", a postcode or town by itself.

Of a place alone the nearest cars come first, as far away as its size suggests; whoever names a
distance or an order gets that instead.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from listings.choices import Colour
from listings.language.lexicon import table
from listings.language.matcher import Phrases
from listings.language.query.entity import Entity
from listings.language.query.phrases import KEYWORDS
from listings.language.query.tokens import number
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import Token, key_at, lowered
from listings.search.places import radius_of, read
from listings.search.places.areas import AREAS
from listings.search.places.named_places import (
    WORDS_MAX,
    NamedPlace,
    meant,
    named,
    place_words,
)

_OUTCODE = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?")
_INCODE = re.compile(r"[0-9][a-z]{2}")
_POSTCODE = re.compile(r"([a-z]{1,2}[0-9][a-z0-9]?)([0-9][a-z]{2})")
_MILES = frozenset({"miles", "mile", "mi"})
_MILES_MAX = 500
# A number of miles beside an outcode: "BS1 30 miles"; a car has done more.
_BESIDE_MAX = 100
UNKNOWN = "This place is not known."


def _said(name: str) -> frozenset[str]:
    return frozenset(table("place")[name]["buyer"])


def _phrases(**certain: bool) -> Phrases[bool]:
    """Return the phrases of lists, and whether what follows them must be a place."""
    return Phrases((phrase, must) for name, must in certain.items() for phrase in _said(name))


_NEAR = _phrases(must_follow=True, may_follow=False)
_NEAREST = _phrases(nearest_to=True, nearest=False)
_WITHIN, _BEHIND = _phrases(within=True), _phrases(behind=True)
_OF, _RADIUS, _HERE, _BEFORE = map(_said, ("measured_from", "radius", "here", "before"))
_NO_PLACE, _NO_PLACE_BEFORE = _phrases(no_place=True), _said("no_place_before")
_NO_OUTCODES = frozenset(table("place")["no_outcode"]["areas"])
_AREA_LETTERS, _DIGITS = 2, "0123456789"
_PAINTS = frozenset(product(_said("paint"), (*Colour.values, *_said("hide"))))


def read_place(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Entity]:
    """Return what is said here of the place and the distance, none where nothing is."""
    miles, place = _distance(tokens, at)
    if miles is not None:
        found = [Entity(first=at, last=place, field="within_miles", values=(miles,))]
        if key_at(tokens, place) in _OF:
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
        is_certain = is_certain and tokens[end].key not in _HERE
        value, last = _place(tokens, end, vocabulary, is_certain=is_certain)
        return [_near(at, last, value)] if value or is_certain else []
    value, end = _by_itself(tokens, at, vocabulary)
    if value is None:
        value, end = _full_postcode(tokens, at)
    if value is None and _is_outcode(tokens, at, vocabulary):
        value, end = tokens[at].key.upper(), at + 1
    return [_near(at, end, value)] if value else []


def _is_outcode(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether an outcode by itself is a place: it has a few miles beside it, or is nothing else."""
    key = tokens[at].key
    if not _OUTCODE.fullmatch(key) or key in vocabulary.models:
        return False
    if any(_is_few_miles(tokens, place) for place in (at - 2, at - 1, at + 1)):
        return True
    area = key.rstrip(_DIGITS) if key[-1].isdecimal() else key[:-1].rstrip(_DIGITS)
    is_area = len(area) == _AREA_LETTERS and area.upper() in AREAS.keys() - _NO_OUTCODES
    return is_area and key not in KEYWORDS.words and vocabulary.of_badge(key, None) is None


def _is_few_miles(tokens: Sequence[Token], at: int) -> bool:
    miles = number(tokens[at]) if 0 <= at < len(tokens) else None
    if miles is None or miles.value > _BESIDE_MAX:
        return False
    return (miles.unit or key_at(tokens, at + 1)) in _MILES


def with_usual_distance(entities: Sequence[Entity]) -> Sequence[Entity]:
    """Add to a place how far around it is meant, and the nearest first, unless they are said.

    Whoever asks for the nearest wants to see some, however far.
    """
    said = {entity.field for entity in entities}
    at = next((at for at, entity in enumerate(entities) if entity.field == "near"), None)
    if at is None:
        return entities
    near = entities[at]
    added = [] if "ordering" in said else [replace(near, field="ordering", values=("distance",))]
    if "within_miles" not in said and not any(each.values == ("distance",) for each in entities):
        miles = radius_of(str(near.values[0]))
        added.insert(0, replace(near, field="within_miles", values=(miles,)))
    return [*entities[: at + 1], *added, *entities[at + 1 :]]


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
    if (written.unit or key_at(tokens, end)) not in _MILES:
        return None, at
    end += not written.unit
    is_radius = key_at(tokens, end) in _RADIUS
    end += is_radius
    is_followed = is_radius or key_at(tokens, end) in _OF
    miles = int(written.value)
    is_distance = 1 <= miles <= _MILES_MAX and (is_within or is_followed)
    return (miles, end) if is_distance else (None, at)


def _place(
    tokens: Sequence[Token], at: int, vocabulary: Vocabulary, *, is_certain: bool
) -> tuple[str | None, int]:
    """Return a place after a preposition, and its end; one unknown word where it must be one."""
    at += key_at(tokens, at) in _BEFORE
    value, end = _full_postcode(tokens, at)
    if value is None:
        place, end = _named(tokens, at, is_certain=is_certain)
        is_free = is_certain or not _is_car(tokens, at, end, vocabulary)
        value = place.name if place and is_free else None
    word = key_at(tokens, at)
    is_free = is_certain or word not in vocabulary.models
    if value is None and is_free and _OUTCODE.fullmatch(word):
        value, end = word.upper(), at + 1
    if value is None:
        return None, min(at + 1, len(tokens))
    return value, _BEHIND.find(tokens, end)[1]


def _by_itself(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> tuple[str | None, int]:
    """Return a place that no preposition announces, where nothing else is meant."""
    first = at + (tokens[at].key in _BEFORE)
    place, end = _named(tokens, first, is_certain=False)
    if place is None or _is_car(tokens, first, end, vocabulary):
        return None, at
    if place.is_word and end - first == 1:
        return None, at
    return place.name, _BEHIND.find(tokens, end)[1]


def _named(tokens: Sequence[Token], at: int, *, is_certain: bool) -> tuple[NamedPlace | None, int]:
    """Return the place that the next words name, the longest name first, and its end."""
    words: list[tuple[str, int]] = []
    for place in range(at, min(at + 2 * WORDS_MAX, len(tokens))):
        text = tokens[place].key
        if text.isalpha() or text == "&":
            words.append((meant(lowered(tokens[place].text)) if is_certain else text, place + 1))
        elif text not in ",-" or not words:
            break
        if len(words) == WORDS_MAX:
            break
    if not is_certain and _NO_PLACE.find(tokens, at)[0]:
        return None, at
    for count in range(len(words), 0, -1):
        spelled = " ".join(word for word, _ in words[:count])
        name, end = place_words(spelled), words[count - 1][1]
        if (found := named(name)) and (is_certain or not _is_something_else(name, tokens, end)):
            return found, end
    return None, at


def _is_something_else(name: tuple[str, ...], tokens: Sequence[Token], end: int) -> bool:
    following = key_at(tokens, end)
    return following in _NO_PLACE_BEFORE or (*name, following) in _PAINTS


def _is_car(tokens: Sequence[Token], at: int, end: int, vocabulary: Vocabulary) -> bool:
    return vocabulary.is_name("".join(token.key for token in tokens[at:end]))


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
