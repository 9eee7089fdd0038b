"""Doc ids in the order of one column: exact ranges, and the adverts that come first."""

import contextlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from pyroaring import BitMap

from listings.search.engine import SeekPosition
from listings.search.memory.bitmaps import bitmap
from listings.search.memory.block_file import BlockFile, BlockWriter
from listings.search.memory.columns import MISSING, Column
from listings.search.ordering import Direction

CHUNK = 1_024
MARKS_MAX = 64
KEPT_BYTES = 8 * 2**20
"""So much at most is kept of one column's ranges that were asked for; ranges are asked for again
and again, as forms offer round numbers."""


class SortedColumn:
    """The doc ids of the base by their value in one column; it never changes.

    `below[i]` holds the first `marks[i]` of the doc ids in order. A range is the difference of two
    such sets, each mended by the doc ids between its mark and the range's end.
    """

    gather_max = 1_024  # so few matches are sorted without a walk

    def __init__(self, column: Column, bands: Sequence[int] = ()) -> None:
        """`bands` are numbers that ranges are likely to begin at."""
        self._column = column
        order = _order(column)
        values = column[order]
        gap = int(np.searchsorted(values, MISSING, side="right"))
        self.missing = bitmap(order[:gap])
        self.missing.run_optimize()
        self._order = order[gap:]
        self._marks = _marks(values[gap:], bands)
        self._below = _below(self._order, self._marks)
        self._kept = _KeptSets(len(self._order))

    @classmethod
    def load(cls, blocks: BlockFile, name: str, column: Column) -> Self:
        """Take what `save` wrote, of the same column."""
        self = cls.__new__(cls)
        self._column = column
        self._order = blocks.mapped(f"{name} order")
        self._marks = blocks.read(f"{name} marks").tolist()
        self.missing, *self._below = blocks.bitmaps(f"{name} below")
        self._kept = _KeptSets(len(self._order))
        return self

    def save(self, blocks: BlockWriter, name: str) -> None:
        blocks.add(f"{name} order", self._order)
        blocks.add(f"{name} marks", np.array(self._marks, dtype=np.int64))
        blocks.add_bitmaps(f"{name} below", [self.missing, *self._below])

    @property
    def present(self) -> BitMap:
        return self._below[-1]

    def between(self, low: int | None, high: int | None) -> BitMap:
        """Return the doc ids whose value lies in a range, both ends included."""
        found = self.present if high is None else self._less_than(high + 1)
        return found if low is None else found - self._less_than(low)

    def walk(self, direction: Direction, seek: SeekPosition | None) -> Iterator[tuple[BitMap, int]]:
        """Yield doc ids in order from `seek` on, ties included, each lot with its last."""
        is_backwards = seek is not None and seek.is_backwards
        is_upwards = direction.is_descending == is_backwards
        present, has_missing = self._order, True
        if seek is not None:
            value = seek.position.values[0]
            has_missing = value is None or not is_backwards
            if value is not None:
                present = self._from(value, is_upwards)
            elif not is_backwards:
                present = present[:0]
        missing = [(self.missing, self.missing.max())] if has_missing and self.missing else []
        if is_backwards:
            yield from missing
        run = present if is_upwards else present[::-1]
        for start in range(0, len(run), CHUNK):
            chunk = run[start : start + CHUNK]
            yield bitmap(chunk), int(chunk[-1])
        if not is_backwards:
            yield from missing

    def nearest(
        self, matches: BitMap, direction: Direction, seek: SeekPosition | None, count: int
    ) -> BitMap:
        """Return those matches among which the first `count` beyond `seek` are."""
        is_upwards = direction.is_descending == (seek is not None and seek.is_backwards)
        value = seek.position.values[0] if seek is not None else None
        if seek is not None and value is None:
            return matches
        low, high = (value, None) if is_upwards else (None, value)
        beyond = matches & self.between(low, high)
        if value is not None:  # of those level with `seek`, any number can lie before it
            count += matches.intersection_cardinality(self.between(value, value))
        if len(beyond) < count:
            return matches  # those without a value are needed too
        return self._lowest(beyond, count) if is_upwards else self._highest(beyond, count)

    def _lowest(self, doc_ids: BitMap, count: int) -> BitMap:
        """Return those doc ids among which the `count` lowest values are, and few others."""
        place = bisect_left(self._below, count, key=doc_ids.intersection_cardinality)
        return doc_ids & self._below[place]

    def _highest(self, doc_ids: BitMap, count: int) -> BitMap:
        """Return those doc ids among which the `count` highest values are, and few others."""
        spare = len(doc_ids) - count
        place = bisect_right(self._below, spare, key=doc_ids.intersection_cardinality) - 1
        return doc_ids - self._below[place]

    def _from(self, value: int, is_upwards: bool) -> Column:
        if is_upwards:
            return self._order[self._rank(value) :]
        return self._order[: self._rank(value + 1)]

    def _rank(self, number: int) -> int:
        """Return how many doc ids hold less than a number."""
        column, order = self._column, self._order
        return bisect_left(range(len(order)), number, key=lambda place: column[order[place]])

    def _less_than(self, number: int) -> BitMap:
        """Return the doc ids that hold less than a number; nobody changes them."""
        found = self._kept.get(number)
        if found is None:
            found = self._first(self._rank(number))
            self._kept.add(number, found)
        return found

    def _first(self, rank: int) -> BitMap:
        """Return so many of the doc ids in order."""
        after = bisect_left(self._marks, rank)
        before = max(after - 1, 0)
        is_after_nearer = self._marks[after] - rank < rank - self._marks[before]
        mark = after if is_after_nearer or self._marks[after] == rank else before
        start = self._marks[mark]
        if start == rank:
            return self._below[mark]
        if start < rank:
            return self._below[mark] | bitmap(self._order[start:rank])
        return self._below[mark] - bitmap(self._order[rank:start])


class _KeptSets:
    """The sets that were asked for last, by number; any thread may ask."""

    def __init__(self, doc_ids: int) -> None:
        """A set of so many doc ids takes a bit for each at most."""
        self._most = min(256, max(8, 8 * KEPT_BYTES // max(1, doc_ids)))
        self._sets: dict[int, BitMap] = {}

    def get(self, number: int) -> BitMap | None:
        found = self._sets.pop(number, None)
        if found is not None:
            self._sets[number] = found  # as the newest
        return found

    def add(self, number: int, doc_ids: BitMap) -> None:
        self._sets[number] = doc_ids
        while len(self._sets) > self._most:
            with contextlib.suppress(StopIteration, RuntimeError, KeyError):  # another thread's
                self._sets.pop(next(iter(self._sets)))


def _order(column: Column) -> Column:
    if column.dtype == np.int64:
        return np.argsort(column).astype(np.uint32)
    # One sort of values and doc ids at once is far faster than one of places.
    pairs = np.sort((column.astype(np.int64) << 32) | np.arange(len(column)))
    return pairs.astype(np.uint32)


def _marks(values: Column, bands: Sequence[int]) -> list[int]:
    """Return the ranks at which some values begin, and the end: no mark divides equal values.

    They are all the values where these are few, and else cut the doc ids into even shares.
    """
    starts = np.flatnonzero(np.diff(values, prepend=MISSING))
    if len(starts) > MARKS_MAX:
        places = np.linspace(0, len(values) - 1, MARKS_MAX, dtype=np.int64)
        starts = np.searchsorted(values, values[places])
    ends = np.searchsorted(values, np.asarray(bands, dtype=values.dtype))
    marks: list[int] = np.unique(np.concatenate([starts, ends, [0, len(values)]])).tolist()
    return marks


def _below(order: Column, marks: list[int]) -> list[BitMap]:
    found, entered, done = [], BitMap(), 0
    for mark in marks:
        entered = entered | bitmap(order[done:mark])
        done = mark
        entered.run_optimize()
        found.append(entered)
    return found
