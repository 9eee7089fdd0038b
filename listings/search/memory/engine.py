"""Search over the replica: bitmaps narrow the adverts down, sorted columns find the page."""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from itertools import pairwise
from operator import and_, or_
from typing import Any

import numpy as np
from pyroaring import BitMap

from listings.search.criteria import FIELDS, Criteria
from listings.search.distance import chord_of
from listings.search.engine import Hits, Question
from listings.search.facets import FACETS, Counted, Facet, Statistics, statistics
from listings.search.fields import Bounds, Choice, Days, Definition, Origin, Radius, Slugs
from listings.search.memory.branches import Distances
from listings.search.memory.columns import MISSING
from listings.search.memory.order import Sorter
from listings.search.memory.store import View
from listings.search.ordering import Direction, Position, directions
from listings.search.references import References

DAY = 86_400_000_000  # microseconds


class Search:
    """One question to one view of the replica at one moment, microseconds since 1970."""

    def __init__(self, view: View, now: int, question: Question, references: References) -> None:
        self.view = view
        self.now = now
        self.question = question
        self.public = view.public(now)
        self.references = references
        self.distances = self._distances()
        self.columns: Mapping[str, Any] = {**view.columns, "distance": self.distances}
        self.filters = self._filters(question.criteria)
        self.matches = self._matching()

    def answer(self) -> Hits:
        question = self.question
        slots, has_more = self._page()
        order = directions(question.ordering)
        return Hits(
            tuple(self._position(order, slot) for slot in slots),
            revisions=tuple(self.view.columns["revision"][slots].tolist()),
            has_more=has_more,
            count=len(self.matches) if question.is_counted else None,
            facets={name: self._facet(FACETS[name]) for name in question.facets},
            statistics={name: self._statistics(name) for name in question.statistics},
            near=self.references.near,
        )

    def _page(self) -> tuple[list[int], bool]:
        question, view = self.question, self.view
        order = directions(question.ordering)
        sorter = Sorter(order, question.place, self.columns)
        base = self.matches & BitMap(range(view.base_size))
        walkable: Mapping[str, Any] = {**view.sorted, "distance": self.distances}
        lead = walkable[order[0].key.column]
        candidates = sorter.candidates(base, lead, question.size + 1)
        slots = sorter.first([*candidates, *(self.matches - base)], question.size + 1).tolist()
        page = slots[: question.size]
        if question.place is not None and question.place.is_backwards:
            page.reverse()
        return page, len(slots) > question.size

    def _matching(self, without: Collection[str] = ()) -> BitMap:
        passing = (slots for name, slots in self.filters.items() if name not in without)
        return reduce(and_, passing, self.public)

    def _filters(self, criteria: Criteria) -> Mapping[str, BitMap]:
        found = {
            name: self._passing(name, definition, getattr(criteria, name))
            for name, definition in FIELDS.items()
        }
        if self.distances is not None and criteria.within_miles is not None:
            metres = chord_of(criteria.within_miles)
            found["within_miles"] = self.distances.within(metres, self.public)
        return {name: slots for name, slots in found.items() if slots is not None}

    def _passing(self, name: str, definition: Definition, value: Any) -> BitMap | None:
        if isinstance(definition, Slugs):
            ids = getattr(self.references, name)
            return None if ids is None else self._any_of(name, ids)
        if value in (None, (), Bounds()) or isinstance(definition, Origin | Radius):
            return None
        if isinstance(value, Bounds):
            return self._between(name, value)
        if isinstance(definition, Days):
            return self._between(definition.column, Bounds(self.now - value * DAY))
        if isinstance(definition, Choice):
            codes = definition.choices.values
            return self._any_of(name, [codes.index(choice) + 1 for choice in value])
        return self._any_of(name, value if isinstance(value, tuple) else [int(bool(value))])

    def _any_of(self, name: str, values: Iterable[int]) -> BitMap:
        bitmaps = self.view.values[name]
        return reduce(or_, (bitmaps[value] for value in values if value in bitmaps), BitMap())

    def _between(self, name: str, bounds: Bounds) -> BitMap:
        return self.view.ranges[name].between(*bounds, self.view.columns[name])

    def _distances(self) -> Distances | None:
        near, view = self.references.near, self.view
        if near is None:
            return None
        return Distances(near, view.branches, view.columns["branch"], view.values["branch"])

    def _facet(self, facet: Facet) -> tuple[Counted, ...]:
        if facet.needs is not None and not getattr(self.question.criteria, facet.needs):
            return ()
        matches = self._matching(facet.ignores)
        counts = self._bands(facet, matches) if facet.bands else self._values(facet.name, matches)
        return tuple(Counted(value, count) for value, count in counts if count)

    def _bands(self, facet: Facet, matches: BitMap) -> list[tuple[int, int]]:
        index, column = self.view.ranges[facet.name], self.view.columns[facet.name]
        below = [index.count_below(matches, low, column) for low in facet.bands]
        below.append(matches.intersection_cardinality(index.present))
        return [
            (low, upper - lower)
            for low, (lower, upper) in zip(facet.bands, pairwise(below), strict=True)
        ]

    def _values(self, name: str, matches: BitMap) -> list[tuple[str | int, int]]:
        definition = FIELDS[name]
        codes = definition.choices.values if isinstance(definition, Choice) else None
        counts = [
            (codes[value - 1] if codes else value, matches.intersection_cardinality(slots))
            for value, slots in list(self.view.values[name].items())
            if value != MISSING
        ]
        return sorted(counts, key=lambda counted: counted[0])

    def _statistics(self, name: str) -> Statistics:
        values = self.view.columns[name][np.asarray(self.matches.to_array())]
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

    def _position(self, order: tuple[Direction, ...], slot: int) -> Position:
        values = (int(self.columns[key.column][slot]) for key, _ in order)
        return Position(
            tuple(None if value == MISSING else value for value in values),
            int(self.view.columns["id"][slot]),
        )
