"""Search over the replica: bitmaps narrow the adverts down, sorted columns find the page."""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from pyroaring import BitMap

from listings.search.criteria import FIELDS, Criteria
from listings.search.distance import chord_of
from listings.search.engine import SearchRequest, SearchResult
from listings.search.facets import FACETS, Facet, FacetBucket, Statistics, statistics
from listings.search.fields import Bounds, Choice, Days, Definition, Origin, Radius, Slugs, Words
from listings.search.memory.bitmaps import slots_of
from listings.search.memory.branches import Distances
from listings.search.memory.columns import MISSING
from listings.search.memory.order import Sorter
from listings.search.memory.store import View
from listings.search.memory.values import Tally
from listings.search.ordering import Direction, Position, directions
from listings.search.references import References

DAY = 86_400_000_000  # microseconds
_UNASKED = (None, (), Bounds())
_CODES = {name: each.choices.values for name, each in FIELDS.items() if isinstance(each, Choice)}


class Search:
    """One request to one view of the replica at one moment, microseconds since 1970."""

    def __init__(
        self, view: View, now: int, request: SearchRequest, references: References
    ) -> None:
        self.view = view
        self.now = now
        self.request = request
        self.public = view.public(now)
        self.references = references
        self.distances = self._distances()
        self.columns: Mapping[str, Any] = {**view.columns, "distance": self.distances}
        self.filters = self._filters(request.criteria)
        self.matches = self._matching()
        self.tallies: dict[frozenset[str], Tally] = {}

    def answer(self) -> SearchResult:
        request = self.request
        slots, has_more = self._page()
        order = directions(request.ordering)
        return SearchResult(
            self._positions(order, slots),
            revisions=tuple(self.view.columns["revision"][slots].tolist()),
            has_more=has_more,
            count=len(self.matches) if request.is_counted else None,
            facets={name: self._facet(FACETS[name]) for name in request.facets},
            statistics={name: self._statistics(name) for name in request.statistics},
            near=self.references.near,
        )

    def _page(self) -> tuple[list[int], bool]:
        request, view = self.request, self.view
        order = directions(request.ordering)
        sorter = Sorter(order, request.seek, self.columns)
        base, later = self.matches & view.base, slots_of(self.matches - view.base)
        walkable: Mapping[str, Any] = {**view.sorted, "distance": self.distances}
        lead = walkable[order[0].key.column]
        candidates = sorter.candidates(base, lead, request.size + 1)
        slots = sorter.first(np.concatenate([candidates, later]), request.size + 1).tolist()
        page = slots[: request.size]
        if request.seek is not None and request.seek.is_backwards:
            page.reverse()
        return page, len(slots) > request.size

    def _tally(self, ignored: Collection[str]) -> Tally:
        """Return a counter of what matches without some filters, one for all that drop the same."""
        dropped = frozenset(ignored).intersection(self.filters)
        if dropped not in self.tallies:
            matches = self._matching(dropped) if dropped else self.matches
            self.tallies[dropped] = Tally(matches, self.view.values, self.view.columns)
        return self.tallies[dropped]

    def _matching(self, without: Collection[str] = ()) -> BitMap:
        passing = [slots for name, slots in self.filters.items() if name not in without]
        return reduce(and_, passing) & self.public if passing else self.public

    def _filters(self, criteria: Criteria) -> Mapping[str, BitMap]:
        found = {
            name: self._passing(name, definition, value)
            for name, definition in FIELDS.items()
            if (value := getattr(criteria, name)) not in _UNASKED
        }
        if self.distances is not None and criteria.within_miles is not None:
            metres = chord_of(criteria.within_miles)
            found["within_miles"] = self.distances.within(metres, self.public)
        asked = ((name, slots) for name, slots in found.items() if slots is not None)
        return dict(sorted(asked, key=lambda each: len(each[1])))  # the fewer, the cheaper the rest

    def _passing(self, name: str, definition: Definition, value: Any) -> BitMap | None:
        if isinstance(definition, Origin | Radius):
            return None
        if isinstance(definition, Slugs):
            return self._any_of(name, getattr(self.references, name))
        if isinstance(definition, Words):
            return self.view.words.having(value)
        if isinstance(value, Bounds):
            return self.view.between(name, *value)
        if isinstance(definition, Days):
            return self.view.between(definition.column, self.now - value * DAY, None)
        return self._any_of(name, _codes(name, value))

    def _any_of(self, name: str, values: Iterable[int]) -> BitMap:
        bitmaps = self.view.values.slots[name]
        return reduce(or_, (bitmaps[value] for value in values if value in bitmaps), BitMap())

    def _distances(self) -> Distances | None:
        near, view = self.references.near, self.view
        if near is None:
            return None
        return Distances(near, view.branches, view.columns["branch"], view.values.slots["branch"])

    def _facet(self, facet: Facet) -> tuple[FacetBucket, ...]:
        if facet.needs is not None and not getattr(self.request.criteria, facet.needs):
            return ()
        counts: Iterable[tuple[Any, int]] = self._tally(facet.ignores).counts(facet.name)
        if facet.name in _CODES:
            codes = _CODES[facet.name]
            counts = ((codes[value - 1], count) for value, count in counts)
        return tuple(FacetBucket(value, count) for value, count in sorted(counts))

    def _statistics(self, name: str) -> Statistics:
        values = self.view.columns[name][slots_of(self.matches)]
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

    def _positions(self, order: tuple[Direction, ...], slots: list[int]) -> tuple[Position, ...]:
        keys = [self.columns[key.column][slots].tolist() for key, _ in order]
        ids = self.view.columns["id"][slots].tolist()
        return tuple(
            Position(tuple(None if value == MISSING else value for value in values), id_)
            for id_, *values in zip(ids, *keys, strict=True)
        )


def _codes(name: str, value: Any) -> Iterable[int]:
    """Return the numbers that the replica has for a filter's values."""
    if name in _CODES:
        return [_CODES[name].index(choice) + 1 for choice in value]
    return value if isinstance(value, tuple) else [int(value)]
