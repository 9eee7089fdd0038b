"""One advert held against the entries of a slice."""

from functools import cached_property

import numpy as np

from listings.buyers.percolator.adverts import AdvertBatch
from listings.buyers.percolator.index import Slice
from listings.buyers.percolator.layout import CONDITIONS, SORTED, Test, compared
from listings.buyers.percolator.truths import Truths
from listings.search.memory.columns import Column

_COSTLY = (Test.AMONG, Test.WITHIN)


class OneAdvert:
    """An advert of a batch; what costs most is asked only of the entries that are left."""

    def __init__(self, batch: AdvertBatch, advert: int) -> None:
        self._batch = batch
        self._advert = advert

    def agreeing(self, entries: Slice) -> Column:
        """Return the entries that the advert agrees with."""
        start = self._start(entries)
        agrees: Truths = np.ones(len(entries) - start, dtype=np.bool_)
        of_some, costly = [], []
        for name, column in entries.conditions():
            if column.rows is not None:
                of_some.append((name, column.rows))
            elif CONDITIONS[name].test in _COSTLY:
                costly.append(name)
            elif name != SORTED:
                agrees &= self._meets(entries, name, slice(start, None))
        for name, rows in of_some:
            first = int(rows.searchsorted(np.int32(start))) if start else 0
            within = rows[first:] - start if start else rows
            (still,) = agrees.take(within).nonzero()
            if len(still):
                agrees[within.take(still)] = self._meets(entries, name, still + first)
        found: Column = agrees.nonzero()[0] + start
        for name in costly:
            found = found[self._meets(entries, name, found)]
        return found

    def _start(self, entries: Slice) -> int:
        prices = self._batch.values.get(SORTED)
        return 0 if prices is None else entries.first_within(prices[self._advert])

    def _meets(self, entries: Slice, name: str, at: Column | slice) -> Truths:
        """Tell whether the advert meets what some of a column's values ask."""
        asked, test = entries.columns[name].values[at], CONDITIONS[name].test
        if test is Test.AMONG:
            met: Truths = self._batch.members[name].sets.met(asked, self._members[name])
            return met
        if test is Test.WITHIN:
            within: Truths = self._metres[asked] <= entries.columns["metres"].values[at]
            return within
        return compared(test, asked, self._batch.values[name][self._advert])

    @cached_property
    def _members(self) -> dict[str, Truths]:
        """The members of interned sets that the advert has."""
        return {name: each.of_one(self._advert) for name, each in self._batch.members.items()}

    @cached_property
    def _metres(self) -> Column:
        """The metres from each place."""
        metres: Column = self._batch.metres[:, self._batch.branch[self._advert]]
        return metres
