"""What every search engine answers."""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from listings.search.criteria import Criteria
from listings.search.facets import FacetBucket, Statistics
from listings.search.fields import WISHES_MAX
from listings.search.ordering import RELEVANCE, SORT_KEYS, Position
from listings.search.places import Point
from marketplace.errors import Invalid


@dataclasses.dataclass(frozen=True)
class SeekPosition:
    """Where a page begins: after a position, or before it when read backwards."""

    position: Position
    is_backwards: bool = False


@dataclasses.dataclass(frozen=True)
class SearchRequest:
    """Which adverts, in which order, from where, and how many.

    Raises `Invalid` for an order by what the criteria leave open.
    """

    criteria: Criteria
    ordering: tuple[str, ...]
    size: int
    seek: SeekPosition | None = None
    is_counted: bool = False
    facets: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (term.removeprefix("-") for term in self.ordering):
            needed = SORT_KEYS[name].needs
            if needed is not None and not getattr(self.criteria, needed):
                message = f"Ordering by {name} needs the parameter {needed}."
                raise Invalid(message, fields={"ordering": [message]})

    @property
    def wishes(self) -> tuple[str, ...]:
        """What the order is led by."""
        return self.criteria.prefer[:WISHES_MAX] if RELEVANCE in self.ordering else ()


class NamedRow(NamedTuple):
    slug: str
    name: str


@dataclasses.dataclass(frozen=True)
class SearchResult:
    """A page of adverts in the order asked for, whichever way it was read.

    `has_more` tells whether the reading direction goes on; `count` is of the whole result, where
    it was asked for. `revisions` are the adverts', and `named` the slug and the name of the makes,
    models and dealers by id, from an engine that knows them.
    """

    positions: tuple[Position, ...]
    has_more: bool
    count: int | None = None
    revisions: tuple[int, ...] = dataclasses.field(default=(), compare=False)
    facets: Mapping[str, tuple[FacetBucket, ...]] = dataclasses.field(default_factory=dict)
    statistics: Mapping[str, Statistics] = dataclasses.field(default_factory=dict)
    near: Point | None = None
    named: Mapping[str, Mapping[int, NamedRow]] = dataclasses.field(
        default_factory=dict, compare=False
    )


class SearchEngine(Protocol):
    """Answers with ids of public adverts only. Raises `Invalid` for a slug that names nothing."""

    def search(self, request: SearchRequest) -> SearchResult: ...
