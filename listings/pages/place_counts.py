"""How many cars are near each of some places, added up from the branches that have them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from listings.search.distance import chord_of
from listings.search.facets import FacetBucket
from listings.search.places.named_places import NAMED_PLACES, WELL_KNOWN_MIN, NamedPlace
from listings.search.places.sphere import EARTH_RADIUS, Vector, vector
from listings.search.references import branches

LARGE, NEARBY = 150, 40
"""So many of the largest places and of those around a place are looked at."""
MAPPED_MIN = 20_000
"""People of a town that search engines are told of: suburbs have the cars of their city."""
Vectors = npt.NDArray[np.float64]


def cars_near(places: Sequence[NamedPlace], found: Iterable[FacetBucket]) -> list[int]:
    """Return how many cars a search near each place finds, by the counts of the branches."""
    return each_near(places, [{int(each.value): each.count for each in found}])[0]


def each_near(
    places: Sequence[NamedPlace], searches: Sequence[Mapping[int, int]]
) -> list[list[int]]:
    """Return how many cars each of some searches finds near each place.

    A search has the counts of its branches. One question to the database tells where all of them
    are, and none is asked for a place or a search.
    """
    ids = set[int]().union(*searches)
    rows = branches().filter(pk__in=ids, latitude__isnull=False, longitude__isnull=False)
    placed = list(rows.values_list("pk", "latitude", "longitude"))
    if not placed or not places:
        return [[0] * len(places) for _ in searches]
    metres = _metres(_vectors(places), np.array([vector(*where) for _, *where in placed]))
    limits = np.array([chord_of(place.radius) for place in places])
    cars = np.array([[counts.get(pk, 0) for pk, *_ in placed] for counts in searches])
    near: list[list[int]] = (cars @ (metres <= limits[:, None]).T).tolist()
    return near


def around(place: NamedPlace) -> list[NamedPlace]:
    """Return the towns nearest to a place, the very nearest first."""
    metres = _metres(_candidate_vectors(), _vectors([place]))[:, 0]
    nearest = [_candidates()[index] for index in np.argsort(metres, kind="stable")[: NEARBY + 1]]
    return [each for each in nearest if each.name != place.name][:NEARBY]


@cache
def largest() -> list[NamedPlace]:
    """Return towns and cities by how many live there."""
    return sorted(_candidates(), key=lambda each: -each.weight)[:LARGE]


@cache
def mapped() -> list[NamedPlace]:
    """Return the places that have landing pages of use to search engines: no nation, no suburb."""
    return [
        each
        for each in NAMED_PLACES.values()
        if each.kind != "nation" and (each.kind != "town" or each.weight >= MAPPED_MIN)
    ]


@cache
def _candidates() -> list[NamedPlace]:
    return [
        each
        for each in NAMED_PLACES.values()
        if each.name == "London" or (each.kind == "town" and each.weight >= WELL_KNOWN_MIN)
    ]


@cache
def _candidate_vectors() -> Vectors:
    return _vectors(_candidates())


def _vectors(places: Iterable[NamedPlace]) -> Vectors:
    return np.array([_vector(each) for each in places])


@lru_cache(maxsize=4_096)
def _vector(place: NamedPlace) -> Vector:
    return vector(place.latitude, place.longitude)


def _metres(ours: Vectors, theirs: Vectors) -> Vectors:
    """Return the chord between each of ours and each of theirs, as the engines measure it."""
    metres: Vectors = np.floor(np.sqrt(np.abs(2.0 - 2.0 * (ours @ theirs.T))) * EARTH_RADIUS)
    return metres
