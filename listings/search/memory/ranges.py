"""Exact ranges over a column: cumulative bitmaps at some bounds, the column itself at the edges."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from pyroaring import BitMap

from listings.search.memory.columns import MISSING, Column

BOUNDS_MAX = 128


class RangeIndex:
    """Which slots hold a value below some number.

    `below[i]` holds every slot whose value is below `bounds[i]`; a range is the difference of two
    such sets, and the slots between the nearest bound and the number are looked at one by one.
    """

    def __init__(self, values: Column, bands: Sequence[int] = ()) -> None:
        """`bands` are numbers that are bounds whatever the values are."""
        present = np.unique(values[values != MISSING])
        if len(present) > BOUNDS_MAX:
            # Of the sorted values, not of the distinct ones: as many adverts between any two.
            ordered = np.sort(values[values != MISSING])
            present = ordered[np.linspace(0, len(ordered) - 1, BOUNDS_MAX).astype(int)]
        self.bounds = np.unique(np.concatenate([present, np.asarray(bands, dtype=present.dtype)]))
        self.below = [BitMap() for _ in self.bounds]
        self.present = BitMap()

    def add(self, slots: Column, values: Column) -> None:
        """Enter slots with their values; a slot is entered once."""
        held = values != MISSING
        slots, values = slots[held].astype(np.uint32), values[held]
        self.present.update(slots)
        order = np.argsort(values, kind="stable")
        slots, values = slots[order], values[order]
        entered, done = BitMap(), 0
        for below, count in zip(self.below, np.searchsorted(values, self.bounds), strict=True):
            if count > done:
                entered.update(slots[done:count])
                done = count
            below.update(entered)

    def count_below(self, slots: BitMap, number: int, column: Column) -> int:
        """Return how many of some slots hold a value below a number."""
        return slots.intersection_cardinality(self._below(number, column))

    def between(self, low: int | None, high: int | None, column: Column) -> BitMap:
        """Return the slots whose value lies in a range, both ends included."""
        found = self.present if high is None else self._below(high + 1, column)
        return found.copy() if low is None else found - self._below(low, column)

    def lowest(self, slots: BitMap, count: int) -> BitMap:
        """Return those of some slots among which the `count` lowest values are, and few others."""
        place = bisect_left(self.below, count, key=slots.intersection_cardinality)
        return slots & (self.below[place] if place < len(self.below) else self.present)

    def highest(self, slots: BitMap, count: int) -> BitMap:
        """Return those of some slots among which the `count` highest values are, and few others."""
        held = slots & self.present
        spare = len(held) - count
        place = bisect_right(self.below, spare, key=held.intersection_cardinality) - 1
        return held - self.below[place] if place >= 0 else held

    def _below(self, number: int, column: Column) -> BitMap:
        place = int(np.searchsorted(self.bounds, number, side="right")) - 1
        if place < 0:
            # Only rows written since the index was built can lie below the first bound.
            rest = self.below[0] if self.below else self.present
            return _smaller(rest, number, column)
        if self.bounds[place] == number:
            return self.below[place]
        upper = self.below[place + 1] if place + 1 < len(self.below) else self.present
        return self.below[place] | _smaller(upper - self.below[place], number, column)


def _smaller(slots: BitMap, number: int, column: Column) -> BitMap:
    candidates = np.asarray(slots.to_array(), dtype=np.uint32)
    smaller = candidates[column[candidates] < number]
    return BitMap(array("I", smaller.tobytes()))  # ten times as fast as from a NumPy array
