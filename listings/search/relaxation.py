"""What a buyer could give up where a search finds too little, and the cars that come nearest.

Query relaxation: each filter is left out alone, and a limit is also moved out by one step. Only
where no single one helps, two are left out together; and where no two do, as few as will do, of
which those that matter most to buyers stay. A search for each tells how many cars there would be
and which are nearest, so that the cost is bounded: at most `SEARCHES_MAX` searches of a few cars.
"""

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from listings.search.criteria import FIELDS, Criteria
from listings.search.distance import chord_of
from listings.search.engine import AdvertVersion, SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.facets import MILEAGE_BANDS, PRICE_BANDS
from listings.search.fields import AllOf, Origin, RangeField, Wishes, Words
from listings.search.ordering import SORT_KEYS, Position
from listings.search.places import Point

FEW_MAX = 5
"""So many results are few: up to there a search says what else there is."""
NEAREST_MAX, EACH_MAX = 12, 6
"""So many cars are shown as nearest, and so many at most for one thing given up."""
SINGLES_MAX, PAIRS_MAX = 8, 6
SEARCHES_MAX = 3 + 2 * SINGLES_MAX + PAIRS_MAX
DISTANCES = (5, 10, 20, 30, 50, 100, 200, 500)
STEP_MIN = 0.1
"""A step of a price or a mileage is at least so much of it."""
UNFILTERED = (Origin, Wishes)
YEARS = 2  # a step
YEARS_APART, MILES_APART = 10, 200
"""So many years or miles off count as much as a price that is doubled."""
EASILY = (
    *(
        "price_rating",
        "reduced",
        "added_within_days",
        "text",
        "equipment",
        "owners",
        "service_history",
        "colour",
    ),
    *("doors", "seats", "drivetrain", "power_bhp", "engine_cc", "electric_range_miles", "ulez"),
    *("euro_standard", "transmission", "body_type", "fuel", "write_off", "within_miles", "mileage"),
    *("year", "dealer", "price", "model", "make"),
)
"""What is given up easily comes first; what is not named here is given up most easily."""


@dataclasses.dataclass(frozen=True)
class Relaxation:
    """A looser search, and how many cars it finds.

    `names` are the parameters that are given up, or moved out where `is_step` is set; `values` are
    single ones given up, with their parameters, where all values of a filter must hold.
    """

    names: tuple[str, ...]
    criteria: Criteria
    values: tuple[tuple[str, str], ...] = ()
    count: int = 0
    is_step: bool = False

    @property
    def effort(self) -> float:
        """How hard it is to give up, from 0 to 1 for each thing."""
        return sum(_effort(name) for name in self.names)


@dataclasses.dataclass(frozen=True)
class NearMiss:
    """An advert that a search finds once something is given up; `distance` is 0 where it fits."""

    position: Position
    version: AdvertVersion
    given_up: Relaxation
    distance: float


@dataclasses.dataclass(frozen=True)
class RelaxedSearch:
    """What could be given up, steps first, and the nearest cars, the very nearest first."""

    relaxations: tuple[Relaxation, ...] = ()
    nearest: tuple[NearMiss, ...] = ()
    near: Point | None = None

    def page(self) -> SearchResult:
        """Return the nearest cars as a page of results."""
        return SearchResult(
            tuple(each.position for each in self.nearest),
            has_more=False,
            versions=tuple(each.version for each in self.nearest),
            near=self.near,
        )


def relax(criteria: Criteria, ordering: tuple[str, ...]) -> RelaxedSearch | None:
    """Return what would find more cars than a search does; None where it finds more than a few.

    A make or model alone is not given up: that leaves every car. A car is near by the number of
    filters that it misses, then by how far it misses them: a price or a mileage by its share of the
    limit, a year by a tenth, a distance by its share of 200 miles, anything else by its place in
    `EASILY`.
    """
    found = engine().search(SearchRequest(criteria, ordering, FEW_MAX))
    if found.has_more:
        return None
    singles = sorted(_singles(criteria), key=lambda each: each.effort)[:SINGLES_MAX]
    tried = _first_that_helps(singles, criteria, ordering, found)
    misses = sorted((miss for _, some in tried for miss in some), key=lambda each: each.distance)
    once: dict[int, NearMiss] = {}
    for miss in misses:
        once.setdefault(miss.position.id, miss)
    nearest = tuple(once.values())[:NEAREST_MAX]
    drops = [each for each, _ in tried]
    steps = [step for each in drops for step in _step(each, criteria, len(found.positions))]
    return RelaxedSearch((*steps, *drops), nearest, found.near)


Tried = tuple[Relaxation, list[NearMiss]]


def _first_that_helps(
    singles: Sequence[Relaxation],
    criteria: Criteria,
    ordering: tuple[str, ...],
    found: SearchResult,
) -> list[Tried]:
    pairs = sorted(
        (_together(criteria, pair) for pair in combinations(singles, 2)),
        key=lambda each: each.effort,
    )
    alone = {(each.names, each.values) for each in singles}
    pairs = [pair for pair in pairs if (pair.names, pair.values) not in alone]
    for level in (singles, pairs[:PAIRS_MAX]):
        tried = [_try(each, criteria, ordering, found) for each in level if _is_near(each)]
        if helpful := [each for each in tried if each[0].count > len(found.positions)]:
            return helpful
    least = _least(singles, criteria, len(found.positions))
    return [_try(least, criteria, ordering, found)] if least else []


def _least(singles: Sequence[Relaxation], criteria: Criteria, found: int) -> Relaxation | None:
    """Give up everything but what can stay, of which the hardest to give up stays first."""
    given_up = list(singles)
    for each in reversed(singles):
        others = [other for other in given_up if other is not each]
        if _count(_together(criteria, others).criteria) > found:
            given_up = others
    least = _together(criteria, given_up)
    return least if _is_near(least) and _count(least.criteria) > found else None


def _is_near(relaxation: Relaxation) -> bool:
    """Tell whether what is left still says something: every car comes near no make or model."""
    left = any(not isinstance(FIELDS[each], UNFILTERED) for each in _asked(relaxation.criteria))
    return left or (len(relaxation.names) == 1 and relaxation.names[0] not in ("make", "model"))


def _asked(criteria: Criteria) -> list[str]:
    return [name for name in FIELDS if getattr(criteria, name) != getattr(Criteria(), name)]


def _count(criteria: Criteria) -> int:
    return engine().search(SearchRequest(criteria, ("price",), 1, is_counted=True)).count or 0


def _singles(criteria: Criteria) -> Iterator[Relaxation]:
    """Yield what can be given up by itself; a make goes with its models.

    Of values that must all hold, each can be given up, and all.
    """
    for name in _asked(criteria):
        field, value = FIELDS[name], getattr(criteria, name)
        if isinstance(field, UNFILTERED):
            continue
        if isinstance(field, RangeField):
            ends = [
                end for end in (f"{name}_min", f"{name}_max") if end in criteria.as_parameters()
            ]
            sides = [(end,) for end in ends] if name in SORT_KEYS else [tuple(ends)]
            yield from (_without(criteria, side) for side in sides)
        elif isinstance(field, Words | AllOf):
            if len(value) > 1:
                yield _without(criteria, (name,))
            yield from (_without(criteria, (name,), ((name, each),)) for each in value)
        elif name == "make" and criteria.model:
            yield _without(criteria, ("make", "model"))
        else:
            yield _without(criteria, (name,))


def _without(
    criteria: Criteria, names: tuple[str, ...], values: tuple[tuple[str, str], ...] = ()
) -> Relaxation:
    left: dict[str, object] = {}
    for name, value in criteria.as_parameters().items():
        if name not in names:
            left[name] = value
        elif name in dict(values) and isinstance(value, list):
            left[name] = [each for each in value if (name, each) not in values]
    return Relaxation(names, Criteria.from_parameters(left), values)


def _together(criteria: Criteria, relaxations: Iterable[Relaxation]) -> Relaxation:
    names = dict.fromkeys(name for each in relaxations for name in each.names)
    values = dict.fromkeys(value for each in relaxations for value in each.values)
    return _without(criteria, tuple(names), tuple(values))


def _try(
    relaxation: Relaxation, criteria: Criteria, ordering: tuple[str, ...], found: SearchResult
) -> Tried:
    """Count what a relaxation finds, and return the nearest of what it adds."""
    limit = _limit(relaxation, criteria)
    order = (limit.term,) if limit else ordering
    size = EACH_MAX + len(found.positions)
    result = engine().search(SearchRequest(relaxation.criteria, order, size, is_counted=True))
    counted = dataclasses.replace(relaxation, count=result.count or 0)
    known = {position.id for position in found.positions}
    misses = [
        NearMiss(position, version, counted, _distance(position, counted, limit))
        for position, version in zip(result.positions, result.known_versions, strict=True)
        if position.id not in known
    ]
    return counted, misses[:EACH_MAX]


@dataclasses.dataclass(frozen=True)
class _Limit:
    """The one limit that a relaxation gives up: the nearest cars come first in the order `term`."""

    term: str
    value: int
    unit: float
    """So far off counts as 1."""


def _limit(relaxation: Relaxation, criteria: Criteria) -> _Limit | None:
    if len(relaxation.names) > 1:
        return None
    (name,) = relaxation.names
    field, _, end = name.rpartition("_")
    value = criteria.as_parameters()[name]
    if not isinstance(value, int) or (field not in SORT_KEYS and name != "within_miles"):
        return None
    if name == "within_miles":
        return _Limit("distance", chord_of(value), chord_of(MILES_APART))
    unit = YEARS_APART if field == "year" else max(value, 1)
    return _Limit(field if end == "max" else f"-{field}", value, unit)


def _distance(position: Position, relaxation: Relaxation, limit: _Limit | None) -> float:
    value = position.values[0] if limit else None
    if limit is None or value is None:
        return relaxation.effort
    return abs(value - limit.value) / limit.unit


def _step(relaxation: Relaxation, criteria: Criteria, found: int) -> Iterator[Relaxation]:
    """Yield the search with a limit moved out instead of given up, where that finds more."""
    limit = _limit(relaxation, criteria)
    if limit is None:
        return
    (name,) = relaxation.names
    parameters = criteria.as_parameters()
    moved = _moved(name, int(str(parameters[name])))
    if moved is None:
        return
    looser = Criteria.from_parameters({**parameters, name: moved})
    count = _count(looser)
    if count > found:
        yield Relaxation((name,), looser, count=count, is_step=True)


def _moved(name: str, value: int) -> int | None:
    """Return a limit one sensible step further out; None where there is none."""
    if name == "within_miles":
        return next((miles for miles in DISTANCES if miles > value), None)
    if name.startswith("year_"):
        return value + YEARS if name.endswith("_max") else value - YEARS
    bands = PRICE_BANDS if name.startswith("price_") else MILEAGE_BANDS
    if name.endswith("_max"):
        place = bisect_left(bands, value * (1 + STEP_MIN))
        return bands[place] if place < len(bands) else None
    place = bisect_right(bands, value * (1 - STEP_MIN)) - 1
    return bands[place] or None


def _effort(name: str) -> float:
    field = name.removesuffix("_min").removesuffix("_max")
    return (EASILY.index(field) + 1) / len(EASILY) if field in EASILY else 0.0
