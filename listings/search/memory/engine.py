"""Search over the replica: bitmaps narrow the adverts down, sorted columns find the page."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from pyroaring import BitMap

from listings.search.criteria import FIELDS, Criteria
from listings.search.distance import chord_of
from listings.search.engine import AdvertVersion, SearchRequest, SearchResult, SeekPosition
from listings.search.facets import COUNTED, Facet, FacetBucket, Statistics, buckets, statistics
from listings.search.fields import (
    AllOf,
    Days,
    FilterField,
    Origin,
    Radius,
    Range,
    Slugs,
    Wishes,
    Words,
)
from listings.search.memory.bitmaps import DocIds, doc_ids_of
from listings.search.memory.branches import Distances
from listings.search.memory.columns import ABSENT, CODES, MISSING
from listings.search.memory.order import Sorter
from listings.search.memory.store import Snapshot
from listings.search.memory.unsorted_column import UnsortedColumn
from listings.search.memory.values import ValueCounter
from listings.search.memory.wishes import WishesMet, segments
from listings.search.ordering import Direction, Position, directions
from listings.search.references import References, chosen_values

DAY = 86_400_000_000  # microseconds
_VALUES = {name: {code: value for value, code in codes.items()} for name, codes in CODES.items()}

_LABELS = {code: label for code, label in _VALUES["price_rating"].items() if code != MISSING}


class Search:
    """One request to one snapshot of the replica at one moment, microseconds since 1970."""

    def __init__(
        self,
        snapshot: Snapshot,
        now: int,
        request: SearchRequest,
        references: References,
        wishes: Sequence[BitMap] = (),
    ) -> None:
        """`wishes` are the doc ids that meet each of those that the order is led by."""
        self.snapshot = snapshot
        self.now = now
        self.request = request
        self.public = snapshot.public(now)
        self.references = references
        self.distances = self._distances()
        self.wishes_met = WishesMet(wishes)
        self.columns: Mapping[str, Any] = {
            **snapshot.columns,
            "distance": self.distances,
            "wishes_met": self.wishes_met,
        }
        self.filters = self._filters(request.criteria)
        self.matches = self._matching()
        self.counters: dict[frozenset[str], ValueCounter] = {}

    def answer(self) -> SearchResult:
        request = self.request
        page, has_more = self._page()
        doc_ids = np.asarray(page, dtype=np.uint32)
        order = directions(request.ordering)
        return SearchResult(
            self._positions(order, doc_ids),
            versions=self._versions(doc_ids),
            has_more=has_more,
            count=len(self.matches) if request.is_counted else None,
            facets={name: self._facet(COUNTED[name]) for name in request.facets},
            statistics={name: self._statistics(name) for name in request.statistics},
            near=self.references.near,
        )

    def _page(self) -> tuple[list[int], bool]:
        request, order = self.request, directions(self.request.ordering)
        tiers: Iterable[tuple[BitMap, SeekPosition | None]] = [(self.matches, request.seek)]
        if order[0].key.column == "wishes_met":
            order = order[1:]
            tiers = segments(self.wishes_met.tiers(self.matches), order, request.seek)
        found: list[int] = []
        for matches, seek in tiers:
            found += self._first(matches, order, seek, request.size + 1 - len(found))
            if len(found) > request.size:
                break
        page = found[: request.size]
        if request.seek is not None and request.seek.is_backwards:
            page.reverse()
        return page, len(found) > request.size

    def _first(
        self,
        matches: BitMap,
        order: tuple[Direction, ...],
        seek: SeekPosition | None,
        count: int,
    ) -> list[int]:
        """Return the first so many of some matches beyond `seek`, in order."""
        snapshot = self.snapshot
        sorter = Sorter(order, seek, self.columns)
        base, later = matches & snapshot.base, doc_ids_of(matches - snapshot.base)
        walkable: Mapping[str, Any] = {
            **snapshot.sorted,
            "distance": self.distances,
            "price_ratio": UnsortedColumn(snapshot.columns["price_ratio"]),
        }
        candidates = sorter.candidates(base, walkable[order[0].key.column], count)
        doc_ids: list[int] = sorter.first(np.concatenate([candidates, later]), count).tolist()
        return doc_ids

    def _counter(self, ignored: Collection[str]) -> ValueCounter:
        """Return a counter of what matches without some filters, one for all that drop the same."""
        dropped = frozenset(ignored).intersection(self.filters)
        if dropped not in self.counters:
            matches = self._matching(dropped) if dropped else self.matches
            self.counters[dropped] = ValueCounter(
                matches, self.snapshot.values, self.snapshot.columns
            )
        return self.counters[dropped]

    def _matching(self, without: Collection[str] = ()) -> BitMap:
        passing = [doc_ids for name, doc_ids in self.filters.items() if name not in without]
        return reduce(and_, passing) & self.public if passing else self.public

    def _filters(self, criteria: Criteria) -> Mapping[str, BitMap]:
        found = {
            name: self._passing(name, FIELDS[name], value)
            for name, value in criteria.asked().items()
        }
        if self.distances is not None and criteria.within_miles is not None:
            metres = chord_of(criteria.within_miles)
            found["within_miles"] = self.distances.within(metres, self.public)
        asked = ((name, doc_ids) for name, doc_ids in found.items() if doc_ids is not None)
        return dict(sorted(asked, key=lambda each: len(each[1])))  # the fewer, the cheaper the rest

    def _passing(self, name: str, field: FilterField, value: Any) -> BitMap | None:
        if isinstance(field, Origin | Radius | Wishes):
            return None
        if isinstance(field, Slugs):
            return self._combined(name, getattr(self.references, name), or_)
        if isinstance(field, Words):
            return self.snapshot.words.having(value)
        if isinstance(value, Range):
            return self.snapshot.between(name, *value)
        if isinstance(field, Days):
            return self.snapshot.between(field.column, self.now - value * DAY, None)
        return self._combined(name, _codes(name, value), and_ if isinstance(field, AllOf) else or_)

    def _combined(
        self, name: str, values: Iterable[int], combine: Callable[[BitMap, BitMap], BitMap]
    ) -> BitMap:
        bitmaps, nothing = self.snapshot.values.doc_ids[name], BitMap()
        return reduce(combine, (bitmaps.get(value, nothing) for value in values))

    def _distances(self) -> Distances | None:
        near, snapshot = self.references.near, self.snapshot
        if near is None:
            return None
        return Distances(
            near, snapshot.branches, snapshot.columns["branch"], snapshot.values.doc_ids["branch"]
        )

    def _facet(self, facet: Facet) -> tuple[FacetBucket, ...]:
        if facet.needs is not None and not getattr(self.request.criteria, facet.needs):
            return ()
        counts: Iterable[tuple[Any, int]] = self._counter(facet.ignores).counts(facet.name)
        if facet.name in _VALUES:
            values = _VALUES[facet.name]
            counts = [(values[code], count) for code, count in counts]
        elif absent := ABSENT.get(facet.name):
            counts = [(absent if value == MISSING else value, count) for value, count in counts]
        return buckets(counts, chosen_values(facet.name, self.request.criteria, self.references))

    def _statistics(self, name: str) -> Statistics:
        values = self.snapshot.columns[name][doc_ids_of(self.matches)]
        values = values[values != MISSING].astype(np.int64)
        if not len(values):
            return statistics(count=0, total=None, low=None, high=None, median=None)
        return statistics(
            count=len(values),
            total=int(values.sum()),
            low=int(values.min()),
            high=int(values.max()),
            median=float(np.median(values)),
        )

    def _versions(self, doc_ids: DocIds) -> tuple[AdvertVersion, ...]:
        names = ("revision", "price_rating", "price_ratio")
        revisions, labels, ratios = (
            self.snapshot.columns[name][doc_ids].tolist() for name in names
        )
        return tuple(
            AdvertVersion(revision, _LABELS.get(label), ratio if label in _LABELS else None)
            for revision, label, ratio in zip(revisions, labels, ratios, strict=True)
        )

    def _positions(self, order: tuple[Direction, ...], doc_ids: DocIds) -> tuple[Position, ...]:
        keys = [_present(self.columns[key.column][doc_ids].tolist()) for key, _ in order]
        ids = self.snapshot.columns["id"][doc_ids].tolist()
        return tuple(map(Position, zip(*keys, strict=True), ids))


def _present(values: list[Any]) -> list[Any]:
    if MISSING not in values:
        return values
    return [None if value == MISSING else value for value in values]


def _codes(name: str, value: Any) -> Iterable[int]:
    """Return the numbers that the replica has for a filter's values."""
    if name in CODES:
        return [CODES[name][choice] for choice in value]
    if name in ABSENT:
        return [MISSING if each == ABSENT[name] else each for each in value]
    return value if isinstance(value, tuple) else [int(value)]
