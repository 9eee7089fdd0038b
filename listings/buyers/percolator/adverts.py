"""Changed adverts in the columns that searches are compared with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from listings.buyers.percolator.compiler import ANY, key_of_make, key_of_model
from listings.buyers.percolator.interned_sets import AdvertMembers, InternedSets
from listings.buyers.percolator.layout import (
    ALL_OF,
    BEYOND,
    CONDITIONS,
    DAYS,
    RANGES,
    TEXT,
    WORDS,
    advert_bits,
)
from listings.search.criteria import FIELDS
from listings.search.memory.branches import Branches, chords
from listings.search.memory.columns import MISSING, Column, Columns
from listings.search.memory.updates import ReplicaUpdate

DAY = 86_400_000_000  # microseconds


class _Kind(Enum):
    """How an advert's columns become what a condition looks at."""

    LOWEST = "a number, below all that is asked where it is missing"
    HIGHEST = "a number, beyond all that is asked where it is missing"
    WORD = "the bits of some fields"
    DAYS = "days since then, begun ones too"


_COMPARED: Mapping[str, tuple[str, _Kind]] = {
    **{f"{name}_min": (name, _Kind.LOWEST) for name in RANGES},
    **{f"{name}_max": (name, _Kind.HIGHEST) for name in RANGES},
    **{name: (name, _Kind.LOWEST) for name in ALL_OF},
    **{name: (name, _Kind.WORD) for name in WORDS},
    **{name: (name, _Kind.DAYS) for name in DAYS},
}


@dataclass(frozen=True)
class ChangedAdverts:
    """Adverts to match, in the replica's columns, with the words of their titles.

    `now` is the database's clock in microseconds since 1970.
    """

    columns: Columns
    words: Sequence[frozenset[str]]
    branches: Branches
    now: int

    @classmethod
    def public(cls, update: ReplicaUpdate) -> Self:
        """Return those rows of an update that buyers see."""
        rows = update.rows
        shown = np.flatnonzero((rows["shown"] == 1) & (rows["expires_at"] > update.clock))
        columns = {name: column[shown] for name, column in rows.items()}
        words = update.titles.word_sets(columns["title"])
        return cls(columns, words, update.branches, update.clock)

    @property
    def prices(self) -> dict[int, int | None]:
        """The price of each advert by its id; None is on application."""
        ids, prices = self.columns["id"].tolist(), self.columns["price"].tolist()
        return {
            id_: None if price == MISSING else price for id_, price in zip(ids, prices, strict=True)
        }

    def __len__(self) -> int:
        return len(self.columns["id"])


class AdvertBatch:
    """Adverts to match, in the columns that the conditions of compiled searches look at."""

    def __init__(
        self,
        adverts: ChangedAdverts,
        asked: Iterable[str],
        sets: Mapping[str, InternedSets],
        places: npt.NDArray[np.float64],
    ) -> None:
        """`metres` are those from each place (rows) to each branch of these adverts (columns)."""
        self._adverts = adverts
        self.values = {name: _values(adverts, name) for name in asked if name in _COMPARED}
        self.members = {
            name: AdvertMembers(each, _things(adverts, name)) for name, each in sets.items()
        }
        wanted, self.branch = np.unique(adverts.columns["branch"], return_inverse=True)
        self.places = places.shape[1]
        self.metres = _branch_distances(adverts.branches, wanted, places)

    def __len__(self) -> int:
        return len(self._adverts)

    def groups(self) -> Iterator[tuple[int, Column]]:
        """Yield each key with its adverts, in the order that they came in."""
        yield ANY, np.arange(len(self))
        for name, key_of in (("make", key_of_make), ("model", key_of_model)):
            ids = self._adverts.columns[name]
            order = np.argsort(ids, kind="stable")
            ends = np.flatnonzero(np.diff(ids[order])) + 1
            starts = [0, *ends.tolist(), len(ids)]
            for start, end in pairwise(starts):
                if start < end:
                    yield key_of(int(ids[order[start]])), order[start:end]


def _values(adverts: ChangedAdverts, name: str) -> Column:
    """Return what a condition looks at, of each advert."""
    column, kind = _COMPARED[name]
    dtype = CONDITIONS[name].dtype
    if kind is _Kind.WORD:
        bits = reduce(or_, (advert_bits(each, adverts.columns[each]) for each in WORDS[name]))
        return bits.astype(dtype)
    if kind is _Kind.DAYS:
        age = adverts.now - adverts.columns[FIELDS[name].column]
        return np.clip(-(-age // DAY), 0, BEYOND).astype(dtype)
    numbers = adverts.columns[column].astype(dtype)
    if kind is _Kind.HIGHEST:
        numbers[numbers == MISSING] = BEYOND
    return numbers


def _things(adverts: ChangedAdverts, name: str) -> Sequence[Iterable[Any]]:
    """Return what each advert has of the things that sets of a condition name."""
    if name == TEXT:
        return adverts.words
    return [(row,) for row in adverts.columns[name].tolist()]


def _branch_distances(
    branches: Branches, wanted: Column, places: npt.NDArray[np.float64]
) -> Column:
    """Return the metres of chord from each place (rows) to each wanted branch (columns).

    `places` are on the unit sphere, 3 by n. A branch that is nowhere is beyond all of them.
    """
    found = np.full((len(wanted), places.shape[1]), BEYOND, dtype=np.int32)
    at = np.searchsorted(branches.placed, wanted)
    for row, (place, branch) in enumerate(zip(at.tolist(), wanted.tolist(), strict=True)):
        if place < len(branches.placed) and branches.placed[place] == branch:
            x, y, z = branches.vectors[:, place].tolist()
            found[row] = chords(places, (x, y, z))
    return np.ascontiguousarray(found.T)
