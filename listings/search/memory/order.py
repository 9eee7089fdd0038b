"""Orders over the replica: sorted once for the slots of the base, the few later ones merged in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from pyroaring import BitMap

from listings.search.engine import Place
from listings.search.memory.columns import MISSING, Column
from listings.search.memory.ranges import RangeIndex
from listings.search.ordering import Direction, Position

LAST = np.iinfo(np.int64).max
CHUNK = 1_024
WALK_MAX = 8_192  # slots looked at in order before sorting the nearest matches is the better way


class SortedColumn:
    """Slots in the order of one column, then of the id; those without a value apart."""

    gather_max = 1_024  # so few matches are sorted without a walk

    def __init__(self, column: Column, ids: Column, index: RangeIndex) -> None:
        """`column` may have room for more slots than the base's, whose ids are given."""
        self._column, self._index = column, index
        values = column[: len(ids)]
        slots = np.lexsort((ids, values))
        gap = int(np.searchsorted(values[slots], MISSING, side="right"))
        self.missing = slots[:gap].astype(np.uint32)
        self.present = slots[gap:].astype(np.uint32)
        self.values = values[self.present]

    def walk(self, direction: Direction, place: Place | None) -> Iterator[list[int]]:
        """Yield slots in order from the place's first key on, ties included, in chunks."""
        is_backwards = place is not None and place.is_backwards
        is_upwards = direction.is_descending == is_backwards
        present, missing = self.present, self.missing
        if place is not None:
            value = place.position.values[0]
            if value is None:
                present = present if is_backwards else present[:0]
            else:
                present = self._from(value, is_upwards)
                missing = missing[:0] if is_backwards else missing
        for part in (missing, present) if is_backwards else (present, missing):
            run = part if is_upwards else part[::-1]
            for begin in range(0, len(run), CHUNK):
                yield run[begin : begin + CHUNK].tolist()

    def nearest(
        self, matches: BitMap, direction: Direction, place: Place | None, count: int
    ) -> BitMap:
        """Return those matches among which the first `count` beyond the place are."""
        is_upwards = direction.is_descending == (place is not None and place.is_backwards)
        value = place.position.values[0] if place is not None else None
        if place is not None and value is None:
            return matches
        low, high = (value, None) if is_upwards else (None, value)
        beyond = matches & self._index.between(low, high, self._column)
        if value is not None:  # of those level with the place, any number can lie before it
            level = self._index.between(value, value, self._column)
            count += matches.intersection_cardinality(level)
        if len(beyond) < count:
            return matches  # those without a value are needed too
        find = self._index.lowest if is_upwards else self._index.highest
        return find(beyond, count)

    def _from(self, value: int, is_upwards: bool) -> "np.ndarray":
        if is_upwards:
            return self.present[np.searchsorted(self.values, value, side="left") :]
        return self.present[: np.searchsorted(self.values, value, side="right")]


class Walkable(Protocol):
    """A column with its slots in order; up to `gather_max` matches are sorted without it."""

    gather_max: int

    def walk(self, direction: Direction, place: Place | None) -> Iterator[list[int]]: ...

    def nearest(
        self, matches: BitMap, direction: Direction, place: Place | None, count: int
    ) -> BitMap: ...


class Sorter:
    """The order and the place of one question, over the columns of a view."""

    def __init__(
        self, order: tuple[Direction, ...], place: Place | None, columns: Mapping[str, Any]
    ) -> None:
        self.order = order
        self.place = place
        self.columns = columns
        self.sign = -1 if place is not None and place.is_backwards else 1

    def keys(self, slots: Column) -> list[Column]:
        """Return columns that sort slots the way they are read, smallest first, the id last."""
        found = []
        for key, is_descending in self.order:
            values = self.columns[key.column][slots].astype(np.int64)
            signed = -values if is_descending else values
            found.append(self.sign * np.where(values == MISSING, LAST, signed))
        ids = self.columns["id"][slots]
        found.append(self.sign * (-ids if self.order[-1].is_descending else ids))
        return found

    def first(self, slots: Sequence[int], count: int) -> Column:
        """Return the first so many slots beyond the place, in order."""
        chosen = np.asarray(slots, dtype=np.uint32)
        keys = self.keys(chosen)
        if self.place is not None:
            beyond = _beyond(keys, self._values(self.place.position))
            chosen, keys = chosen[beyond], [key[beyond] for key in keys]
        if len(chosen) > 8 * count:
            cut = np.partition(keys[0], count)[count]
            kept = keys[0] <= cut
            chosen, keys = chosen[kept], [key[kept] for key in keys]
        return chosen[np.lexsort(keys[::-1])[:count]]

    def candidates(self, matches: BitMap, column: Walkable, count: int) -> Sequence[int]:
        """Return slots among which the first `count` beyond the place are sure to be."""
        if len(matches) <= column.gather_max:
            return matches.to_array()
        found: list[int] = []
        cut: int | None = None  # the first key that ends the walk: all with a smaller are found
        for number, chunk in enumerate(column.walk(self.order[0], self.place)):
            if number * CHUNK >= WALK_MAX:
                return column.nearest(matches, self.order[0], self.place, count).to_array()
            found += [slot for slot in chunk if slot in matches]
            if cut is None and len(found) > count:
                beyond = self.first(found, count)
                if len(beyond) == count:
                    cut = self._lead(beyond[-1])
            if cut is not None and self._lead(chunk[-1]) > cut:
                break
        return found

    def _lead(self, slot: int) -> int:
        return int(self.keys(np.asarray([slot]))[0][0])

    def _values(self, position: Position) -> list[int]:
        """Return a position in the terms of `keys`."""
        values = [
            LAST if value is None else -value if direction.is_descending else value
            for direction, value in zip(self.order, position.values, strict=True)
        ]
        values.append(-position.id if self.order[-1].is_descending else position.id)
        return [self.sign * value for value in values]


def _beyond(keys: list[Column], position: list[int]) -> "np.ndarray":
    later = np.zeros(len(keys[0]), dtype=bool)
    equal = np.ones(len(keys[0]), dtype=bool)
    for key, value in zip(keys, position, strict=True):
        later |= equal & (key > value)
        equal &= key == value
    return later
