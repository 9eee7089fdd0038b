"""The entries of searches in slices: all that are found by one key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from listings.buyers.percolator.compiler import Compiled
from listings.buyers.percolator.layout import CONDITIONS, SORTED
from listings.buyers.percolator.truths import Truths
from listings.search.memory.columns import Column

DENSE_SHARE = 0.2
"""From what part of a slice on all entries have a value, as comparing one after another is fast."""


@dataclass(frozen=True)
class SliceColumn:
    """What the entries of a slice ask of one condition: all of them, or those of some rows."""

    values: Column
    rows: Column | None

    def of(self, kept: Truths, renumbered: Column) -> "SliceColumn":
        """Return what is asked by the entries that are kept, by their new numbers."""
        if self.rows is None:
            return SliceColumn(self.values[kept], None)
        stays = kept[self.rows]
        return SliceColumn(self.values[stays], renumbered[self.rows[stays]])


@dataclass(frozen=True)
class Slice:
    """The searches of some entries, and the columns of those conditions that any of them asks."""

    searches: Column
    columns: Mapping[str, SliceColumn]

    def __len__(self) -> int:
        return len(self.searches)

    def conditions(self) -> Iterator[tuple[str, SliceColumn]]:
        """Yield the columns, but that of the metres, which belongs to the place."""
        return ((name, each) for name, each in self.columns.items() if name != "metres")

    def first_within(self, value: np.int32) -> int:
        """Return an entry before which an advert of this value agrees with none."""
        column = self.columns.get(SORTED)
        if column is None or column.rows is not None:
            return 0
        return int(column.values.searchsorted(value))

    def only(self, kept: Truths) -> "Slice":
        """Return the entries that are kept."""
        renumbered = np.cumsum(kept, dtype=np.int32) - 1
        columns = {name: each.of(kept, renumbered) for name, each in self.columns.items()}
        return Slice(self.searches[kept], columns)


class SliceIndex:
    """The entries of compiled searches, in the order of their keys and highest prices."""

    def __init__(self, compiled: Compiled) -> None:
        keys = compiled.entries[:, 1]
        order = np.lexsort((_of_searches(compiled, SORTED)[compiled.entries[:, 0]], keys))
        self.searches: Column = compiled.entries[order, 0].astype(np.int32)
        self.starts, keys_of_slices = _boundaries(keys[order])
        self._numbers = {key: number for number, key in enumerate(keys_of_slices.tolist())}
        self._known: dict[int, Slice] = {}
        self._columns = {
            name: _StoredColumn(compiled, name, self)
            for name in CONDITIONS
            if name in compiled.asked
        }

    def of_key(self, key: int) -> Slice | None:
        """Return the entries that are found by a key."""
        number = self._numbers.get(key)
        if number is None:
            return None
        found = self._known.get(number)
        if found is None:
            start, end = self.starts[number : number + 2].tolist()
            parts = ((name, each.of_slice(number)) for name, each in self._columns.items())
            columns = {name: part for name, part in parts if part is not None}
            found = self._known[number] = Slice(self.searches[start:end], columns)
        return found

    @property
    def nbytes(self) -> int:
        own = self.searches.nbytes + self.starts.nbytes
        return own + sum(each.nbytes for each in self._columns.values())

    def __len__(self) -> int:
        return len(self.searches)


class _StoredColumn:
    """A condition of all slices, one behind the other."""

    def __init__(self, compiled: Compiled, name: str, index: SliceIndex) -> None:
        of_search = _of_searches(compiled, name)
        is_asking = np.zeros(len(compiled.ids), dtype=np.bool_)
        is_asking[compiled.asked[name][0]] = True
        is_asked = is_asking[index.searches]
        sizes = np.diff(index.starts)
        counts = _sums(is_asked, index.starts)
        self._is_dense = counts >= DENSE_SHARE * sizes
        is_dense = np.repeat(self._is_dense, sizes)
        row = np.arange(len(index), dtype=np.int32)
        row -= np.repeat(index.starts[:-1], sizes).astype(np.int32)
        self._values = of_search[index.searches[is_dense | is_asked]]
        self._rows = row[is_asked & ~is_dense]
        self._value_ends = np.cumsum(np.where(self._is_dense, sizes, counts))
        self._row_ends = np.cumsum(np.where(self._is_dense, 0, counts))

    def of_slice(self, number: int) -> SliceColumn | None:
        values = _part(self._values, self._value_ends, number)
        if not len(values):
            return None
        if self._is_dense[number]:
            return SliceColumn(values, None)
        return SliceColumn(values, _part(self._rows, self._row_ends, number))

    @property
    def nbytes(self) -> int:
        ends = self._value_ends.nbytes + self._row_ends.nbytes
        return self._values.nbytes + self._rows.nbytes + self._is_dense.nbytes + ends


def _of_searches(compiled: Compiled, name: str) -> Column:
    """Return what each search asks of a condition."""
    condition = CONDITIONS[name]
    found: Column = np.full(len(compiled.ids), condition.unasked, dtype=condition.dtype)
    if name in compiled.asked:
        rows, asked = compiled.asked[name]
        found[rows] = asked
    return found


def _part(values: Column, ends: Column, number: int) -> Column:
    start = int(ends[number - 1]) if number else 0
    part: Column = values[start : int(ends[number])]
    return part


def _sums(truths: Truths, starts: Column) -> Column:
    """Return how many are true of each slice; no slice is empty."""
    if not len(truths):
        return np.zeros(0, dtype=np.int64)
    sums: Column = np.add.reduceat(truths, starts[:-1], dtype=np.int64)
    return sums


def _boundaries(keys: Column) -> tuple[Column, Column]:
    """Return where each slice starts, and the end of the last; and the key of each."""
    if not len(keys):
        return np.zeros(1, dtype=np.int64), keys
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys)) + 1, [len(keys)]])
    return starts, keys[starts[:-1]]
