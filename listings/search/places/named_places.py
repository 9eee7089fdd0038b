"""Towns, boroughs, counties, regions and nations by name, with the miles around each that mean it.

`places.csv` tells where the rows come from in `SOURCE.md`. Of places with one name the one with the
larger weight (its people) is meant; the others go by a fuller name ("Ashford, Surrey").
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from listings.language.spelling import spelling_of
from listings.language.tokens import fold
from listings.search.places.sphere import miles, vector

WORDS_MAX = 6
RADIUS_MILES = 25
"""What "near" means of a place whose row does not say."""
WELL_KNOWN_MIN = 50_000
WELL_KNOWN_LETTERS_MIN = 6

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile("['\u2019.]")
_SPELLED = {"saint": "st"}
_BEFORE = (("city", "of"), ("county", "of"))
_SMALL = ("town", "district")

NameWords: TypeAlias = tuple[str, ...]


class NamedPlace(NamedTuple):
    """A place with its centre in degrees; `is_word` if its name is an ordinary word as well."""

    name: str
    kind: str
    latitude: float
    longitude: float
    radius: int
    weight: int
    also: tuple[str, ...]
    is_word: bool


@lru_cache(maxsize=16_384)
def place_words(text: str) -> NameWords:
    """Return what the spellings of a name share: "The Saint-Ives" and "st. ives"."""
    plain = _APOSTROPHE.sub("", fold(text).lower()).replace("&", " and ")
    words = tuple(_SPELLED.get(word, word) for word in _WORD.findall(plain))
    return words[1:] if words[:1] == ("the",) else words


@lru_cache(maxsize=16_384)
def named(words: NameWords) -> NamedPlace | None:
    """Return the place of a name, or of a town's name before that of what it is in."""
    if found := BY_WORDS.get(words):
        return found[0]
    if words[:2] in _BEFORE:
        return named(words[2:])
    for cut in range(len(words) - 1, 0, -1):
        for around in BY_WORDS.get(words[cut:], ()):
            for town in BY_WORDS.get(words[:cut], ()):
                if _is_inside(town, around):
                    return town
    return None


@lru_cache(maxsize=16_384)
def meant(word: str) -> str:
    """Return the word of a place's name that a word is a slip of, or else the word.

    Of those as near it is in the name of the largest place: "Brigton" is Brighton, not Brixton.
    """
    near = [] if word in PLACE_WORDS else spelling_of(PLACE_WORDS).near(word)
    likely = [term for distance, term in near if distance == near[0][0]]
    return max(likely, key=_WEIGHTS.__getitem__, default=word)


def nearest_name(text: str) -> NamedPlace | None:
    """Return the place that was meant by a name with slips."""
    return named(tuple(map(meant, place_words(text))))


def _is_inside(town: NamedPlace, around: NamedPlace) -> bool:
    if town.kind not in _SMALL or around.kind in _SMALL:
        return False
    ours, theirs = (vector(each.latitude, each.longitude) for each in (town, around))
    return miles(ours, theirs) <= around.radius


def _read() -> Mapping[str, NamedPlace]:
    path = Path(__file__).with_name("places.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [_named_place(row) for row in csv.DictReader(file)]
    return {row.name: row for row in rows}


def _named_place(row: Mapping[str, str]) -> NamedPlace:
    return NamedPlace(
        row["name"],
        row["kind"],
        float(row["latitude"]),
        float(row["longitude"]),
        int(row["radius"]),
        int(row["weight"]),
        tuple(filter(None, row["also"].split(";"))),
        bool(row["is_word"]),
    )


def _by_words(places: Sequence[NamedPlace]) -> Mapping[NameWords, tuple[NamedPlace, ...]]:
    """Return the places by each of their names, the heaviest first."""
    found: defaultdict[NameWords, list[NamedPlace]] = defaultdict(list)
    for place in sorted(places, key=lambda each: -each.weight):
        short = place.name.partition(",")[0]
        for name in dict.fromkeys(map(place_words, (place.name, short, *place.also))):
            found[name].append(place)
    return {name: tuple(rows) for name, rows in found.items()}


def _weights() -> Mapping[str, int]:
    """Return how large the largest place is whose name has a word."""
    weights: dict[str, int] = {}
    for name, (place, *_) in BY_WORDS.items():  # the heaviest first
        for word in name:
            weights.setdefault(word, place.weight)
    return weights


NAMED_PLACES = _read()
BY_WORDS = _by_words(list(NAMED_PLACES.values()))
_WEIGHTS = _weights()
PLACE_WORDS = frozenset(_WEIGHTS)
WELL_KNOWN = frozenset(
    word
    for name, (place, *_) in BY_WORDS.items()
    if place.weight >= WELL_KNOWN_MIN and not place.is_word
    for word in name
    if len(word) >= WELL_KNOWN_LETTERS_MIN
)
"""Words that a slip may be meant for even where no place must stand."""
