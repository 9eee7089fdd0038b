"""What every search engine answers."""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple, Protocol, runtime_checkable

from listings.revisions import TransactionSnapshot
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


class AdvertVersion(NamedTuple):
    """What a page shows of an advert, as far as an engine tells it apart: by revision and rating.

    `ratio` is the price in thousandths of the value; it and `label` are of a rating that holds.
    """

    revision: int
    label: str | None = None
    ratio: int | None = None


UNKNOWN = AdvertVersion(-1)
"""The version of an advert from an engine that tells none; nothing kept is of it."""


class NamedRow(NamedTuple):
    slug: str
    name: str


class CardBranch(NamedTuple):
    town: str
    latitude: float | None
    longitude: float | None


@dataclasses.dataclass(frozen=True)
class KnownNames:
    """The slug and the name of makes, models and public dealers, and the branches, by id.

    They are as new as all that `snapshot` sees. What gives one another name, or hides a dealer,
    gives the adverts concerned a new revision, in one transaction: of an advert whose revision is
    seen, they are what the database would say.
    """

    rows: Mapping[str, Mapping[int, NamedRow]]
    branches: Mapping[int, CardBranch]
    snapshot: TransactionSnapshot


@dataclasses.dataclass(frozen=True)
class SearchResult:
    """A page of adverts in the order asked for, whichever way it was read.

    `has_more` tells whether the reading direction goes on; `count` is of the whole result, where
    it was asked for. `versions` are the adverts', and `names` what an engine knows of the rows that
    they name.
    """

    positions: tuple[Position, ...]
    has_more: bool
    count: int | None = None
    versions: tuple[AdvertVersion, ...] = dataclasses.field(default=(), compare=False)
    facets: Mapping[str, tuple[FacetBucket, ...]] = dataclasses.field(default_factory=dict)
    statistics: Mapping[str, Statistics] = dataclasses.field(default_factory=dict)
    near: Point | None = None
    names: KnownNames | None = dataclasses.field(default=None, compare=False)

    @property
    def known_versions(self) -> tuple[AdvertVersion, ...]:
        """The version of each advert, `UNKNOWN` from an engine that tells none."""
        return self.versions or (UNKNOWN,) * len(self.positions)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(position.id for position in self.positions)


@runtime_checkable
class SearchEngine(Protocol):
    """The port to an engine; docs/scaling.md tells what holds one to it, and how another is tried.

    Every thread of a process asks the same engine. Whatever it is, PostgreSQL has the adverts, and
    an engine may be as old as `REPLICA_AGE_MAX_SECONDS`, never wrong in another way.
    """

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer with public adverts only. Raises `Invalid` for a slug that names nothing."""
        ...

    def catch_up(self, *, seconds: float) -> bool:
        """Wait until what committed before this call is found; False where that took longer."""
        ...
