"""Saved searches that stand ready, and stay fresh as people change theirs."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.compiler import compile_rows
from listings.buyers.percolator.matcher import Searches
from listings.search.memory.columns import Column
from listings.search.memory.slug_index import SlugIndex

REBUILD_SHARE = 0.05


@dataclass(frozen=True)
class Pairs:
    """The id of a search and that of an advert, for each that agree."""

    searches: Column
    adverts: Column

    def __len__(self) -> int:
        return len(self.searches)


class StandingSearches:
    """An index of all searches, and a small one of those that changed since.

    Rows are ids and stored forms, as `compile_rows` takes them. `names` says what slugs and
    outcodes stand for; what a search names and is added later is known to it from the next rebuild.
    """

    def __init__(self, rows: Iterable[tuple[int, str]], names: SlugIndex) -> None:
        compiled = compile_rows(sorted(rows), names)
        self._main = Searches(compiled)
        self._is_gone: npt.NDArray[np.bool_] = np.zeros(len(compiled.ids), dtype=np.bool_)
        self._unreadable = frozenset(compiled.unreadable)
        self._changed: dict[int, str] = {}
        self._later = Searches(compile_rows((), names))

    def change(
        self, rows: Iterable[tuple[int, str]], removed: Iterable[int], names: SlugIndex
    ) -> None:
        """Take searches that are new or others now, and leave out those that ended."""
        new = dict(rows)
        ended = set(removed) - new.keys()
        self._leave_out(new.keys() | ended)
        self._changed |= new
        for id_ in ended:
            self._changed.pop(id_, None)
        compiled = compile_rows(self._changed.items(), names)
        self._later = Searches(compiled)
        self._unreadable = self._unreadable - new.keys() - ended | set(compiled.unreadable)

    @property
    def needs_rebuild(self) -> bool:
        """Whether so many changed or ended that a new index of all is due."""
        others = max(len(self._changed), int(np.count_nonzero(self._is_gone)))
        return others > REBUILD_SHARE * len(self._is_gone)

    @property
    def unreadable(self) -> frozenset[int]:
        """The ids of searches whose stored form is none; they agree with nothing."""
        return self._unreadable

    def matches(self, adverts: ChangedAdverts, most: int | None = None) -> Pairs:
        """Return the pairs that agree, of a search no more than `most`."""
        main = self._main.matches(adverts, most)
        stays = ~self._is_gone[main.searches]
        later = self._later.matches(adverts, most)
        found = np.concatenate([main.adverts[stays], later.adverts])
        ids = (self._main.ids[main.searches[stays]], self._later.ids[later.searches])
        return Pairs(np.concatenate(ids), adverts.columns["id"][found])

    def _leave_out(self, ids: Iterable[int]) -> None:
        wanted = np.fromiter(ids, dtype=np.int64)
        known = self._main.ids
        at = np.searchsorted(known, wanted)
        is_within = at < len(known)
        at, wanted = at[is_within], wanted[is_within]
        self._is_gone[at[known[at] == wanted]] = True
