"""The orders a result can have. Every one of them ends in the id, so that it is total."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from listings.search.criteria import Criteria

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclasses.dataclass(frozen=True)
class SortKey:
    """A column that adverts can be sorted by; no value sorts last in either direction.

    `needs` names a parameter without which no advert has a value. `is_rated` are columns of an
    advert's rating, which only adverts with a label have.
    """

    column: str
    is_highest_first: bool = False
    is_nullable: bool = False
    is_time: bool = False
    needs: str | None = None
    is_rated: bool = False


SORT_KEYS: Mapping[str, SortKey] = {
    "price": SortKey("price", is_nullable=True),
    "mileage": SortKey("mileage"),
    "year": SortKey("year"),
    "newest": SortKey("published_at", is_highest_first=True, is_time=True),
    "value": SortKey("price_ratio", is_nullable=True, is_rated=True),
    "distance": SortKey("distance", is_nullable=True, needs="near"),
    "relevance": SortKey("wishes_met", is_highest_first=True, needs="prefer"),
}
RELEVANCE = "relevance"
"""Nobody asks for it: it leads the usual order of those who wish for something."""
DEFAULT_ORDERING = ("newest",)
ORDERING_VALUES = tuple(
    f"{sign}{name}" for name in SORT_KEYS if name != RELEVANCE for sign in ("", "-")
)


class Direction(NamedTuple):
    key: SortKey
    is_descending: bool


class Position(NamedTuple):
    """Where an advert stands in an order: its value of each sort key, then its id.

    Times are whole microseconds since 1970; None is a missing price.
    """

    values: tuple[int | None, ...]
    id: int


def directions(
    ordering: Iterable[str], keys: Mapping[str, SortKey] = SORT_KEYS
) -> tuple[Direction, ...]:
    """Read `("price", "-year")`; a key named again adds nothing and is left out."""
    read: dict[str, Direction] = {}
    for term in ordering:
        name = term.removeprefix("-")
        key = keys[name]
        read.setdefault(name, Direction(key, term.startswith("-") != key.is_highest_first))
    return tuple(read.values())


def usual_ordering(
    criteria: Criteria, ordering: tuple[str, ...] = DEFAULT_ORDERING
) -> tuple[str, ...]:
    """Return the order where none is asked for: what has most of `prefer` comes first."""
    return (RELEVANCE, *ordering) if criteria.prefer else ordering


def to_number(value: datetime | int | None) -> int | None:
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    return value


def from_number(key: SortKey, value: int | None) -> datetime | int | None:
    if key.is_time and value is not None:
        return EPOCH + timedelta(microseconds=value)
    return value
