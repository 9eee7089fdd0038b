"""Sets of things that searches ask for, by number, and which adverts meet them."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from listings.buyers.percolator.truths import Bits, Truths, packed, width_of
from listings.search.memory.columns import Column

Row = TypeVar("Row", Bits, Truths)


class InternedSets:
    """Sets by number from 1.

    Of some an advert must have all members (`is_all`), of others one. All adverts meet 0.
    """

    def __init__(self, sets: Sequence[tuple[Any, ...]], *, is_all: bool) -> None:
        self.is_all = is_all
        members = dict.fromkeys(chain.from_iterable(sets))
        self.places = {member: place for place, member in enumerate(members)}
        self._sizes = np.array([0, *map(len, sets)], dtype=np.int32)
        self._starts = np.cumsum(self._sizes) - self._sizes
        flat = map(self.places.__getitem__, chain.from_iterable(sets))
        self._members = np.fromiter(flat, dtype=np.int32)

    def met(self, asked: Column, having: Row) -> Row:
        """Return what adverts meet each of some sets, from what adverts have each member."""
        sizes, starts = self._sizes[asked], self._starts[asked]
        found: Row = having[self._members[starts]]
        for place in range(1, int(sizes.max(initial=0))):
            larger = np.flatnonzero(sizes > place)
            further = having[self._members[starts[larger] + place]]
            found[larger] = found[larger] & further if self.is_all else found[larger] | further
        found[sizes == 0] = True if found.dtype == np.bool_ else 0xFF
        return found


class AdvertMembers:
    """Which members of interned sets each advert of a batch has."""

    def __init__(self, sets: InternedSets, things: Iterable[Iterable[Any]]) -> None:
        self.sets = sets
        places = sets.places
        found = [[places[each] for each in mine if each in places] for mine in things]
        self._count = len(places)
        self._counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
        self._starts = np.cumsum(self._counts) - self._counts
        self._members = np.fromiter(chain.from_iterable(found), dtype=np.int64)

    def of_one(self, advert: int) -> Truths:
        """Tell of each member whether an advert has it."""
        start = int(self._starts[advert])
        found: Truths = np.zeros(self._count, dtype=np.bool_)
        found[self._members[start : start + int(self._counts[advert])]] = True
        return found

    def of_each(self, adverts: Column) -> Bits:
        """Return which of some adverts have each member."""
        counts = self._counts[adverts]
        owners = np.repeat(np.arange(len(adverts)), counts)
        first = np.repeat(self._starts[adverts] - (np.cumsum(counts) - counts), counts)
        members = self._members[first + np.arange(len(owners))]
        truths: Truths = np.zeros((self._count, 8 * width_of(len(adverts))), dtype=np.bool_)
        truths[members, owners] = True
        return packed(truths)
