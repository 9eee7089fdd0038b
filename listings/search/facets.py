"""What can be counted beside a page of results: values, bands and averages."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from listings.search.fields import by_kind

PRICE_BANDS = (
    *range(0, 10_000, 1_000),
    *range(10_000, 20_000, 2_500),
    *range(20_000, 50_000, 5_000),
    *(50_000, 75_000, 100_000),
)
MILEAGE_BANDS = (0, 1_000, 5_000, *range(10_000, 100_000, 10_000), 100_000, 125_000, 150_000)


@dataclasses.dataclass(frozen=True)
class Facet:
    """A field whose values are counted over the adverts that match.

    The filters named in `ignores` do not apply to its own counts, so that a chosen value does not
    hide its siblings. `bands` are the lower ends of a histogram's bars. `needs` names a filter
    without which the facet is not counted.
    """

    name: str
    ignores: tuple[str, ...]
    bands: tuple[int, ...] = ()
    needs: str | None = None


FACETS: Mapping[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet("make", ignores=("make", "model")),
        Facet("model", ignores=("model",), needs="make"),
        *(
            Facet(name, ignores=(name,))
            for name in (
                "fuel",
                "transmission",
                "body_type",
                "doors",
                "seats",
                "colour",
                "drivetrain",
                "year",
                "ulez",
                "price_rating",
                "dealer",
            )
        ),
        Facet("equipment", ignores=()),  # all that are chosen hold: each choice narrows
        Facet("price", ignores=("price",), bands=PRICE_BANDS),
        Facet("mileage", ignores=("mileage",), bands=MILEAGE_BANDS),
    )
}
BRANCHES = Facet("branch", ignores=("within_miles",))
"""Where the cars are, however far. Pages add branches up to places; the API has no such facet."""
COUNTED: Mapping[str, Facet] = {**FACETS, BRANCHES.name: BRANCHES}
"""All that the engines can count."""
STATISTICS = ("price", "mileage", "year", "price_ratio")


@dataclasses.dataclass(slots=True)  # a frozen one takes six times as long to make
class FacetBucket:
    """How many adverts have a value: a stored value, a row's id, or the lower end of a band.

    Those that state none are counted under `NOT_STATED` where the field can be asked for it.
    """

    value: str | int
    count: int


def buckets(
    counts: Iterable[tuple[Any, int]], chosen: Collection[Any] = ()
) -> tuple[FacetBucket, ...]:
    """Return what was counted in the order of the values.

    A value that is filtered by stays, with 0 where no advert has it, so that it can be taken back.
    """
    found = {**dict.fromkeys(chosen, 0), **dict(counts)}
    return tuple(FacetBucket(value, found[value]) for value in sorted(found, key=by_kind))


@dataclasses.dataclass(frozen=True, slots=True)
class Statistics:
    """Of the adverts that match and have a value; all None where there is none."""

    count: int
    low: int | None
    high: int | None
    mean: float | None
    median: float | None


def statistics(
    *, count: int, total: int | None, low: int | None, high: int | None, median: float | None
) -> Statistics:
    mean = round(total / count, 2) if count and total is not None else None
    return Statistics(count, low, high, mean, median)
