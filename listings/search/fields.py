"""The kinds of field that adverts can be searched by.

`Criteria` declares one field a line with these; the FilterSet, the OpenAPI document and the
engines read the declarations, so that none of them can know a filter the others do not.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from django.db.models import TextChoices

SEVERAL_MAX = 50
WISHES_MAX = 20
Names: TypeAlias = tuple[str, ...]
NOT_STATED = "none"
"""What adverts without a value are asked for by, and counted under."""


class Range(NamedTuple):
    """Both ends are included; None leaves that side open."""

    low: int | None = None
    high: int | None = None


@dataclasses.dataclass(frozen=True)
class FilterField:
    """What a field is called in the database and how it is described to a reader.

    `also` is what else people call it, for the messages of refusals. `absent` is what adverts
    without a value are asked for by; None where they cannot be.
    """

    column: str
    description: str
    also: tuple[str, ...] = dataclasses.field(default=(), kw_only=True)
    absent: str | None = dataclasses.field(default=None, kw_only=True)


@dataclasses.dataclass(frozen=True)
class Choice(FilterField):
    """Any of several values of an enumeration."""

    choices: type[TextChoices]

    @property
    def values(self) -> tuple[str, ...]:
        return (*((self.absent,) if self.absent else ()), *self.choices.values)


@dataclasses.dataclass(frozen=True)
class AllOf(Choice):
    """Values of an enumeration that must all hold; the column has a bit for each."""


@dataclasses.dataclass(frozen=True)
class RatedAs(Choice):
    """Any of several values of an advert's rating, as far as it has one that holds."""


@dataclasses.dataclass(frozen=True)
class Numbers(FilterField):
    """Any of several whole numbers."""

    low: int
    high: int


@dataclasses.dataclass(frozen=True)
class Slugs(FilterField):
    """Any of several rows that a slug names."""

    length_max: int


@dataclasses.dataclass(frozen=True)
class RangeField(FilterField):
    """A range of whole numbers: two parameters, `…_min` and `…_max`."""

    low: int
    high: int


@dataclasses.dataclass(frozen=True)
class Flag(FilterField):
    """Whether there is a value."""


@dataclasses.dataclass(frozen=True)
class Days(FilterField):
    """At most so many days ago."""

    high: int


@dataclasses.dataclass(frozen=True)
class Words(FilterField):
    """Words that must all occur in a text, each as a whole; they are in the form of its index."""


@dataclasses.dataclass(frozen=True)
class Wishes(FilterField):
    """Words and phrases that adverts need not have: they order, and never filter.

    A phrase is words in the form of the index of titles, with single spaces.
    """


@dataclasses.dataclass(frozen=True)
class Origin(FilterField):
    """A place that distances are measured from, written as `places.read` returns it."""


@dataclasses.dataclass(frozen=True)
class Radius(FilterField):
    """At most so many miles from the origin."""

    high: int


def by_kind(value: int | str) -> tuple[bool, int | str]:
    """Return what values are sorted by: numbers among numbers, before words."""
    return isinstance(value, str), value


def choice(
    column: str,
    choices: type[TextChoices],
    description: str,
    *,
    also: Names = (),
    absent: str | None = None,
) -> Any:
    return _declare(Choice(column, description, choices, also=also, absent=absent), ())


def all_of(column: str, choices: type[TextChoices], description: str, *, also: Names = ()) -> Any:
    return _declare(AllOf(column, description, choices, also=also), ())


def rated_as(
    column: str,
    choices: type[TextChoices],
    description: str,
    *,
    also: Names = (),
    absent: str | None = None,
) -> Any:
    return _declare(RatedAs(column, description, choices, also=also, absent=absent), ())


def numbers(
    column: str,
    low: int,
    high: int,
    description: str,
    *,
    also: Names = (),
    absent: str | None = None,
) -> Any:
    return _declare(Numbers(column, description, low, high, also=also, absent=absent), ())


def slugs(column: str, length_max: int, description: str, *, also: Names = ()) -> Any:
    return _declare(Slugs(column, description, length_max, also=also), ())


def range_of(column: str, low: int, high: int, description: str, *, also: Names = ()) -> Any:
    return _declare(RangeField(column, description, low, high, also=also), Range())


def flag(column: str, description: str, *, also: Names = ()) -> Any:
    return _declare(Flag(column, description, also=also), None)


def days(column: str, high: int, description: str, *, also: Names = ()) -> Any:
    return _declare(Days(column, description, high, also=also), None)


def words(column: str, description: str, *, also: Names = ()) -> Any:
    return _declare(Words(column, description, also=also), ())


def wishes(column: str, description: str, *, also: Names = ()) -> Any:
    return _declare(Wishes(column, description, also=also), ())


def origin(column: str, description: str, *, also: Names = ()) -> Any:
    return _declare(Origin(column, description, also=also), None)


def radius(column: str, high: int, description: str, *, also: Names = ()) -> Any:
    return _declare(Radius(column, description, high, also=also), None)


def filter_fields(criteria: type) -> Mapping[str, FilterField]:
    """Return the declared fields by name, in the order of their declaration."""
    return {
        field.name: field.metadata["filter"]
        for field in dataclasses.fields(criteria)
        if "filter" in field.metadata
    }


def _declare(field: FilterField, default: object) -> Any:
    return dataclasses.field(default=default, metadata={"filter": field})
