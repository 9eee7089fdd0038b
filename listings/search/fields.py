"""The kinds of field that adverts can be searched by.

`Criteria` declares one field a line with these; the FilterSet, the OpenAPI document and the
engines read the declarations, so that none of them can know a filter the others do not.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import TextChoices

SEVERAL_MAX = 50
SLUG_PATTERN = r"^[-a-z0-9_]+$"


class Bounds(NamedTuple):
    """Both ends are included; None leaves that side open."""

    low: int | None = None
    high: int | None = None


@dataclasses.dataclass(frozen=True)
class Definition:
    """What a field is called in the database and how it is described to a reader."""

    column: str
    description: str


@dataclasses.dataclass(frozen=True)
class Choice(Definition):
    """Any of several values of an enumeration."""

    choices: type[TextChoices]


@dataclasses.dataclass(frozen=True)
class Numbers(Definition):
    """Any of several whole numbers."""

    low: int
    high: int


@dataclasses.dataclass(frozen=True)
class Slugs(Definition):
    """Any of several rows that a slug names."""

    length_max: int


@dataclasses.dataclass(frozen=True)
class Span(Definition):
    """A range of whole numbers: two parameters, `…_min` and `…_max`."""

    low: int
    high: int


@dataclasses.dataclass(frozen=True)
class Flag(Definition):
    """Whether there is a value."""


@dataclasses.dataclass(frozen=True)
class Days(Definition):
    """At most so many days ago."""

    high: int


@dataclasses.dataclass(frozen=True)
class Words(Definition):
    """Words that must all occur in a text, each as a whole; they are in the form of its index."""


@dataclasses.dataclass(frozen=True)
class Origin(Definition):
    """A place that distances are measured from, written as `places.read` returns it."""


@dataclasses.dataclass(frozen=True)
class Radius(Definition):
    """At most so many miles from the origin."""

    high: int


def choice(column: str, choices: type[TextChoices], description: str) -> Any:
    return _declare(Choice(column, description, choices), ())


def numbers(column: str, low: int, high: int, description: str) -> Any:
    return _declare(Numbers(column, description, low, high), ())


def slugs(column: str, length_max: int, description: str) -> Any:
    return _declare(Slugs(column, description, length_max), ())


def span(column: str, low: int, high: int, description: str) -> Any:
    return _declare(Span(column, description, low, high), Bounds())


def flag(column: str, description: str) -> Any:
    return _declare(Flag(column, description), None)


def days(column: str, high: int, description: str) -> Any:
    return _declare(Days(column, description, high), None)


def words(column: str, description: str) -> Any:
    return _declare(Words(column, description), ())


def origin(column: str, description: str) -> Any:
    return _declare(Origin(column, description), None)


def radius(column: str, high: int, description: str) -> Any:
    return _declare(Radius(column, description, high), None)


def definitions(criteria: type) -> Mapping[str, Definition]:
    """Return the declared fields by name, in the order of their declaration."""
    return {
        field.name: field.metadata["definition"]
        for field in dataclasses.fields(criteria)
        if "definition" in field.metadata
    }


def _declare(definition: Definition, default: object) -> Any:
    return dataclasses.field(default=default, metadata={"definition": definition})
