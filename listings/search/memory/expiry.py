"""Doc ids in the order in which their adverts run out."""

from bisect import bisect_right

import numpy as np

from listings.search.memory.columns import Column

NEVER = np.iinfo(np.int64).max


class Expiry:
    """Times in microseconds since 1970, of doc ids that follow each other."""

    def __init__(self, times: Column, first: int = 0, order: Column | None = None) -> None:
        """`first` is the doc id of the first time; `order` is that of the times, if known."""
        self._times, self._first = times, first
        self.order = np.argsort(times).astype(np.uint32) if order is None else order

    def between(self, after: int, until: int) -> Column:
        """Return the doc ids that run out after one moment and not after another."""
        found: Column = self.order[self._count(after) : self._count(until)] + self._first
        return found

    def next(self, after: int) -> int:
        """Return when the first runs out after a moment."""
        place = self._count(after)
        return int(self._times[self.order[place]]) if place < len(self.order) else NEVER

    def _count(self, until: int) -> int:
        times, order = self._times, self.order
        return bisect_right(range(len(order)), until, key=lambda place: times[order[place]])
