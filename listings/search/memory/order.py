"""The order of one request: the adverts that come first in it."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from pyroaring import BitMap

from listings.search.engine import SeekPosition
from listings.search.memory.bitmaps import doc_ids_of
from listings.search.memory.columns import MISSING, Column
from listings.search.ordering import Direction, Position

LAST = np.iinfo(np.int64).max
LOTS_MAX = 8  # looked at in order before sorting the nearest matches is the better way


class Walkable(Protocol):
    """A column with its doc ids in order; up to `gather_max` matches are sorted without it.

    One whose order is not kept has no walk.
    """

    gather_max: int

    def walk(
        self, direction: Direction, seek: SeekPosition | None
    ) -> Iterator[tuple[BitMap, int]] | None: ...

    def nearest(
        self, matches: BitMap, direction: Direction, seek: SeekPosition | None, count: int
    ) -> BitMap: ...


class Sorter:
    """The order and the beginning of one request's page, over the columns of a snapshot."""

    def __init__(
        self, order: tuple[Direction, ...], seek: SeekPosition | None, columns: Mapping[str, Any]
    ) -> None:
        self.order = order
        self.seek = seek
        self.columns = columns
        self.sign = -1 if seek is not None and seek.is_backwards else 1

    def keys(self, doc_ids: Column) -> list[Column]:
        """Return columns that sort doc ids the way they are read, smallest first, the id last."""
        found = []
        for key, is_descending in self.order:
            values = self.columns[key.column][doc_ids].astype(np.int64)
            signed = -values if is_descending else values
            found.append(self.sign * np.where(values == MISSING, LAST, signed))
        ids = self.columns["id"][doc_ids]
        found.append(self.sign * (-ids if self.order[-1].is_descending else ids))
        return found

    def first(self, doc_ids: Column, count: int) -> Column:
        """Return the first so many doc ids beyond `seek`, in order."""
        keys = self.keys(doc_ids)
        if self.seek is not None:
            beyond = _beyond(keys, self._values(self.seek.position))
            doc_ids, keys = doc_ids[beyond], [key[beyond] for key in keys]
        kept = _smallest(keys, count)
        doc_ids, keys = doc_ids[kept], [key[kept] for key in keys]
        return doc_ids[np.lexsort(keys[::-1])[:count]]

    def candidates(self, matches: BitMap, column: Walkable, count: int) -> Column:
        """Return doc ids among which the first `count` beyond `seek` are sure to be."""
        if len(matches) <= column.gather_max:
            return doc_ids_of(matches)
        walk = column.walk(self.order[0], self.seek)
        if walk is None:
            return doc_ids_of(column.nearest(matches, self.order[0], self.seek, count))
        found = BitMap()
        cut: int | None = None  # the first key that ends the walk: all with a smaller are found
        for number, (lot, last) in enumerate(walk):
            if number == LOTS_MAX:
                return doc_ids_of(column.nearest(matches, self.order[0], self.seek, count))
            found |= matches & lot
            if cut is None and len(found) > count:
                beyond = self.first(doc_ids_of(found), count)
                if len(beyond) == count:
                    cut = self._lead(beyond[-1])
            if cut is not None and self._lead(last) > cut:
                break
        return doc_ids_of(found)

    def _lead(self, doc_id: int) -> int:
        return int(self.keys(np.asarray([doc_id]))[0][0])

    def _values(self, position: Position) -> list[int]:
        """Return a position in the terms of `keys`."""
        values = [
            LAST if value is None else -value if direction.is_descending else value
            for direction, value in zip(self.order, position.values, strict=True)
        ]
        values.append(-position.id if self.order[-1].is_descending else position.id)
        return [self.sign * value for value in values]


def _smallest(keys: list[Column], count: int) -> Column:
    """Return places among which the smallest are, so many, and few others."""
    certain: list[Column] = []
    left = np.arange(len(keys[0]))
    for key in keys:
        if len(left) <= 8 * count:
            break
        values = key[left]
        cut = np.partition(values, count)[count]
        certain.append(left[values < cut])
        left = left[values == cut]
        count -= len(certain[-1])
    return np.concatenate([*certain, left])


def _beyond(keys: list[Column], position: list[int]) -> "np.ndarray":
    later = np.zeros(len(keys[0]), dtype=bool)
    equal = np.ones(len(keys[0]), dtype=bool)
    for key, value in zip(keys, position, strict=True):
        later |= equal & (key > value)
        equal &= key == value
    return later
