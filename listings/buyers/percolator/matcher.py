"""Holding changed adverts against all searches at once."""

from dataclasses import dataclass

import numpy as np

from listings.buyers.percolator.adverts import AdvertBatch, ChangedAdverts
from listings.buyers.percolator.blocks import Block, Entries
from listings.buyers.percolator.compiler import Compiled
from listings.buyers.percolator.index import Slice, SliceIndex
from listings.buyers.percolator.interned_sets import InternedSets
from listings.buyers.percolator.layout import TEXT
from listings.buyers.percolator.one_advert import OneAdvert
from listings.buyers.percolator.truths import Bits, leave_first, true_at
from listings.search.memory.columns import Column

BLOCK = 1_024
"""Adverts that are looked at together."""
FULL_SHARE = 0.25
"""What part of the entries must have found enough before they are left out."""


@dataclass(frozen=True)
class Matches:
    """Pairs of a search and an advert, by their places."""

    searches: Column
    adverts: Column


class Searches:
    """Compiled searches, ready to be matched."""

    def __init__(self, compiled: Compiled) -> None:
        self.ids = compiled.ids
        self.index = SliceIndex(compiled)
        self.places = compiled.places
        self.asked = tuple(compiled.asked)
        self.sets = {
            name: InternedSets(found, is_all=name == TEXT) for name, found in compiled.sets.items()
        }

    def matches(self, adverts: ChangedAdverts, most: int | None = None) -> Matches:
        """Return the pairs that agree, of a search no more than `most`.

        The adverts that come first are told then; of a search for several makes or models, those
        of one of them.
        """
        found = _Found(len(self.ids), most if most and most < len(adverts) else None)
        if not len(self.index) or not len(adverts):
            return found.matches()
        batch = AdvertBatch(adverts, self.asked, self.sets, self.places)
        for key, group in batch.groups():
            entries = self.index.of_key(key)
            if entries is None:
                continue
            if len(group) == 1:
                found.add_one(batch, entries, int(group[0]))
            else:
                found.add_many(batch, entries, group)
        return found.matches()


class _Found:
    """What each search has found so far, `most` of it."""

    def __init__(self, searches: int, most: int | None) -> None:
        self._most = most
        self._counts = np.zeros(searches if most else 0, dtype=np.int32)
        self._searches: list[Column] = [np.zeros(0, dtype=np.int32)]
        self._adverts: list[Column] = [np.zeros(0, dtype=np.int64)]

    def matches(self) -> Matches:
        return Matches(np.concatenate(self._searches), np.concatenate(self._adverts))

    def add_one(self, batch: AdvertBatch, entries: Slice, advert: int) -> None:
        searches = entries.searches[OneAdvert(batch, advert).agreeing(entries)]
        if self._most is not None:
            searches = searches[self._counts[searches] < self._most]
            self._counts[searches] += 1
        self._searches.append(searches)
        self._adverts.append(np.full(len(searches), advert))

    def add_many(self, batch: AdvertBatch, whole: Slice, adverts: Column) -> None:
        entries = Entries(whole, len(adverts))
        for start in range(0, len(adverts), BLOCK):
            block = Block(batch, adverts[start : start + BLOCK])
            entries = self._with_room(entries)
            rows, places = self._first(entries.searches, block.agreeing(entries))
            self._searches.append(entries.searches[rows])
            self._adverts.append(block.adverts[places])

    def _with_room(self, entries: Entries) -> Entries:
        """Leave out the searches that have enough, where they are many."""
        if self._most is None:
            return entries
        has_room = self._counts[entries.searches] < self._most
        if np.count_nonzero(has_room) > (1 - FULL_SHARE) * len(has_room):
            return entries
        return entries.only(has_room)

    def _first(self, searches: Column, bits: Bits) -> tuple[Column, Column]:
        """Return the row and the place of what agrees, of each search what it may still have."""
        if self._most is None:
            return true_at(bits)
        room = self._most - self._counts[searches]
        leave_first(bits, room)
        rows, places = true_at(bits)
        counts = np.bincount(rows, minlength=len(searches))
        starts = np.cumsum(counts) - counts
        stays = np.arange(len(rows)) - starts[rows] < room[rows]
        self._counts[searches] += np.minimum(counts, room).astype(np.int32)
        return rows[stays], places[stays]
