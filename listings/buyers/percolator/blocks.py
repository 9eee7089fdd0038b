"""Some adverts at a time, held against the entries of a slice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from listings.buyers.percolator.adverts import AdvertBatch
from listings.buyers.percolator.index import Slice
from listings.buyers.percolator.layout import CONDITIONS, Test, compared
from listings.buyers.percolator.truths import Bits, Truths, all_of, packed, width_of
from listings.search.memory.columns import Column

MANY = 64
"""From so many adverts on, equal things that several searches ask are compared only once."""
TILE = 131_072
"""Pairs that are compared at a time: what is in between then stays in the processor's cache."""
FEW = 4
"""Where so many times fewer searches ask for a distance than there are places, each looks it up."""


class Entries:
    """The entries of a slice, while they are matched with so many adverts."""

    def __init__(self, whole: Slice, adverts: int) -> None:
        self._slice = whole
        self._adverts = adverts
        self.asked: Mapping[str, Asked] = {
            name: Asked.of(whole, name, is_interned=adverts >= MANY)
            for name, _ in whole.conditions()
        }

    @property
    def searches(self) -> Column:
        return self._slice.searches

    def only(self, kept: Truths) -> "Entries":
        return Entries(self._slice.only(kept), self._adverts)


@dataclass(frozen=True)
class Asked:
    """What some rows ask of a condition; where `codes` are given, `values` has equal ones once.

    Of `place` the value is its number, and in the lower half the metres.
    """

    values: Column
    codes: Column | None
    rows: Column | None

    @classmethod
    def of(cls, entries: Slice, name: str, *, is_interned: bool) -> Self:
        column = entries.columns[name]
        values = column.values
        if CONDITIONS[name].test is Test.WITHIN:
            values = values.astype(np.int64) << 32 | entries.columns["metres"].values
        if not is_interned:
            return cls(values, None, column.rows)
        values, codes = np.unique(values, return_inverse=True)
        return cls(values, codes, column.rows)


class Block:
    """Some adverts of a batch."""

    def __init__(self, batch: AdvertBatch, adverts: Column) -> None:
        self.adverts = adverts
        self._batch = batch
        self._width = width_of(len(adverts))
        # Whole bytes are filled up with the last advert; `truths.all_of` leaves those out.
        spare = np.repeat(adverts[-1:], 8 * self._width - len(adverts))
        self._filled = np.concatenate([adverts, spare])

    def agreeing(self, entries: Entries) -> Bits:
        """Return which adverts agree with each entry."""
        bits = all_of(len(entries.searches), len(self.adverts))
        for name, asked in entries.asked.items():
            found = self._meeting(name, asked.values)
            if asked.codes is not None:
                found = found.take(asked.codes, axis=0)
            if asked.rows is None:
                bits &= found
            else:
                bits[asked.rows] &= found
        return bits

    def _meeting(self, name: str, asked: Column) -> Bits:
        """Return which adverts meet each of some things asked."""
        test = CONDITIONS[name].test
        if test is Test.AMONG:
            members = self._batch.members[name]
            return members.sets.met(asked, members.of_each(self.adverts))
        if test is Test.WITHIN:
            return self._within(asked >> 32, asked.astype(np.int32))
        values = self._batch.values[name][self._filled]
        return self._in_tiles(len(asked), lambda part: compared(test, asked[part, None], values))

    def _within(self, places: Column, metres: Column) -> Bits:
        if FEW * len(places) < len(self._batch.metres):
            branch, between = self._batch.branch[self._filled], self._batch.metres
            return self._in_tiles(
                len(places),
                lambda part: between[places[part, None], branch] <= metres[part, None],
            )
        return self._in_tiles(
            len(places), lambda part: self._metres[places[part]] <= metres[part, None]
        )

    @cached_property
    def _metres(self) -> Column:
        """The metres from each place (rows) to each advert (columns)."""
        metres: Column = self._batch.metres.take(self._batch.branch[self._filled], axis=1)
        return metres

    def _in_tiles(self, rows: int, truths: Callable[[slice], Truths]) -> Bits:
        bits = np.empty((rows, self._width), dtype=np.uint8)
        step = max(1, TILE // len(self._filled))
        for start in range(0, rows, step):
            part = slice(start, start + step)
            bits[part] = packed(truths(part))
        return bits
