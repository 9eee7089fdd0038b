"""The adverts a replica holds: append-only doc ids, and bitmaps over them.

A doc id is the number of a row here, as search libraries call it. A changed advert gets a new one
and its old one dies, so what a doc id stands for never changes. That is why readers take no lock:
a `Snapshot` fixes which doc ids are alive, and whatever the writer adds later lies beyond them.

The doc ids of the base are in the order of year, make and price: most values then stand in few
runs, so that their bitmaps are small and quickly counted.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Self

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from listings.search.criteria import FIELDS
from listings.search.facets import FACETS
from listings.search.fields import RangeField
from listings.search.memory.bitmaps import bitmap, doc_ids_of
from listings.search.memory.block_file import BlockFile, BlockWriter
from listings.search.memory.branches import Branches
from listings.search.memory.columns import MISSING, STORED, Column, Columns
from listings.search.memory.expiry import Expiry
from listings.search.memory.postings import Postings, Titles
from listings.search.memory.ratings import RATED
from listings.search.memory.sorted_column import SortedColumn
from listings.search.memory.values import Values
from listings.search.ordering import SORT_KEYS

SORTED_NAMES = {
    *(name for name, field in FIELDS.items() if isinstance(field, RangeField)),
    *(key.column for key in SORT_KEYS.values() if key.needs is None and not key.is_rated),
}
NUMBERED_BY = ("year", "make", "price")
LATER_MIN = 20_000
LATER_SHARE = 0.05


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """The replica as of one moment (`as_of`, microseconds since 1970).

    The doc ids after those of the base, below `size`, were written later and are in no order.
    """

    as_of: int
    alive: BitMap
    base: BitMap
    size: int
    columns: Columns
    values: Values
    sorted: Mapping[str, SortedColumn]
    words: Postings
    expiring: tuple[Expiry, ...]
    expires_next: int
    branches: Branches
    ids: "Ids"

    def public(self, now: int) -> BitMap:
        """Return the doc ids that buyers can see, without those that have run out since."""
        if now < self.expires_next:
            return self.alive
        return _without(self.alive, (each.between(self.as_of, now) for each in self.expiring))

    def between(self, name: str, low: int | None, high: int | None) -> BitMap:
        """Return the doc ids whose value lies in a range, both ends included."""
        found, first = self.sorted[name].between(low, high), len(self.base)
        if first == self.size:
            return found
        later = self.columns[name][first : self.size]
        passing = later >= (MISSING + 1 if low is None else low)
        if high is not None:
            passing &= later <= high
        return found | bitmap(np.flatnonzero(passing) + first)


class Store:
    """The writer's side, for one thread: takes rows, hands out snapshots."""

    def __init__(
        self, rows: Columns, titles: Titles, before: tuple[Postings, Column] | None = None
    ) -> None:
        """`titles` are those of the rows.

        Where the first rows come from another store, `before` are its words and their doc ids.
        """
        shown = np.flatnonzero(rows["shown"] == 1)
        order = shown[np.argsort(_place(rows)[shown])]
        self.size = len(order)
        self.base = BitMap(range(self.size))
        self.alive = self.base.copy()
        self.later_max = max(LATER_MIN, int(self.size * LATER_SHARE))
        self.columns = {
            column.name: _with_room(rows[column.name][order], self.later_max) for column in STORED
        }
        base = {name: column[: self.size] for name, column in self.columns.items()}
        self._ids = Ids(base["id"])
        self._expiry = Expiry(base["expires_at"])
        self._sorted = {name: SortedColumn(base[name], _bands(name)) for name in SORTED_NAMES}
        self._values = Values()
        self._values.add(base, np.arange(self.size))
        self._values.compress()
        self._words = _postings(rows["title"], titles, order, before)

    @classmethod
    def load(cls, blocks: BlockFile) -> Self:
        """Take what `save` wrote; columns are mapped, and with them what they have room for."""
        self = cls.__new__(cls)
        self.size = blocks.count("column id")
        self.base = BitMap(range(self.size))
        self.alive = self.base.copy()
        self.columns = {each.name: blocks.mapped(f"column {each.name}") for each in STORED}
        base = {name: column[: self.size] for name, column in self.columns.items()}
        self.later_max = len(self.columns["id"]) - self.size
        self._ids = Ids(base["id"], blocks.mapped("id order"), blocks.mapped("id ordered"))
        self._expiry = Expiry(base["expires_at"], order=blocks.mapped("expires_at order"))
        self._sorted = {
            name: SortedColumn.load(blocks, f"sorted {name}", base[name]) for name in SORTED_NAMES
        }
        self._values = Values.load(blocks)
        self._words = Postings.load(blocks)
        return self

    def save(self, blocks: BlockWriter) -> None:
        """Write a store that has nothing but its base, all of it alive: a compact one."""
        for name, column in self.columns.items():
            blocks.add(f"column {name}", column[: self.size], room=self.later_max)
        blocks.add("id order", self._ids.order)
        blocks.add("id ordered", self._ids.ordered)
        blocks.add("expires_at order", self._expiry.order)
        for name, ordered in self._sorted.items():
            ordered.save(blocks, f"sorted {name}")
        self._values.save(blocks)
        self._words.save(blocks)

    @property
    def is_filling(self) -> bool:
        """Tell whether half of the room for what comes later is taken."""
        return 2 * (self.size - len(self.base)) > self.later_max

    def compact(self) -> "Store":
        """Return this store, or another of what is alive in it where it has changed."""
        if self.size == len(self.base) == len(self.alive):
            return self
        nothing = {name: column[:0] for name, column in self.columns.items()}
        return self._renewed({**nothing, "title": np.zeros(0, dtype=np.int64)}, Titles(()))

    def add(self, rows: Columns, titles: Titles, removed: Column) -> "Store":
        """Enter changed rows with their titles, and drop deleted ones, by id.

        Returns this store, or a new one where this has no more room.
        """
        shown = rows["shown"] == 1
        self.alive -= self._ids.doc_ids(np.concatenate([rows["id"], removed]))
        entering = {name: values[shown] for name, values in rows.items()}
        first, end = self.size, self.size + len(entering["id"])
        if end - len(self.base) > self.later_max:
            return self._renewed(entering, titles)
        for name, column in self.columns.items():
            column[first:end] = entering[name]
        doc_ids = np.arange(first, end)
        self._values.add(self.columns, doc_ids)
        self._words.add(doc_ids, entering["title"], titles)
        self._ids.add(entering["id"], doc_ids)
        self.alive.add_range(first, end)
        self.size = end
        return self

    def rate(self, ratings: Columns) -> None:
        """Enter ratings, each advert's once; snapshots before keep those that they have."""
        order = np.argsort(ratings["id"])
        doc_ids = doc_ids_of(self._ids.doc_ids(ratings["id"]) & self.alive)
        places, _ = find(self.columns["id"][doc_ids], ratings["id"][order])
        rated = {name: ratings[name][order[places]] for name in RATED}
        is_news = np.zeros(len(doc_ids), dtype=bool)
        for name, values in rated.items():
            is_news |= self.columns[name][doc_ids] != values
        if not is_news.any():
            return
        doc_ids = doc_ids[is_news]
        columns = {name: self.columns[name].copy() for name in RATED}
        for name, column in columns.items():
            column[doc_ids] = rated[name][is_news]
        self.columns = {**self.columns, **columns}
        for name in RATED:
            if name in self._values.doc_ids:
                self._values = self._values.moved(name, columns[name][doc_ids], doc_ids)

    def snapshot(self, now: int, branches: Branches) -> Snapshot:
        first = len(self.base)
        expiring = (self._expiry, Expiry(self.columns["expires_at"][first : self.size], first))
        return Snapshot(
            as_of=now,
            alive=_without(self.alive, (each.between(0, now) for each in expiring)),
            base=self.base,
            size=self.size,
            columns=self.columns,
            values=self._values,
            sorted=self._sorted,
            words=self._words,
            expiring=expiring,
            expires_next=min(each.next(now) for each in expiring),
            branches=branches,
            ids=self._ids,
        )

    def _renewed(self, entering: Columns, titles: Titles) -> "Store":
        kept = doc_ids_of(self.alive)
        rows = {
            name: np.concatenate([column[kept], entering[name]])
            for name, column in self.columns.items()
        }
        rows["title"] = np.concatenate([np.zeros(len(kept), np.int64), entering["title"]])
        return Store(rows, titles, before=(self._words, kept))


class Ids:
    """The doc id that each advert's row was last written to."""

    def __init__(
        self, ids: Column, order: Column | None = None, ordered: Column | None = None
    ) -> None:
        """Take the ids of the base, by doc id; their order, and they in it, where it is known."""
        self.order = np.argsort(ids).astype(np.uint32) if order is None else order
        self.ordered = ids[self.order] if ordered is None else ordered
        self._later: dict[int, int] = {}

    def add(self, ids: Column, doc_ids: Column) -> None:
        self._later.update(zip(ids.tolist(), doc_ids.tolist(), strict=True))

    def doc_ids(self, ids: Column) -> BitMap:
        """Return every doc id that rows of these adverts can be in."""
        later = (self._later.get(id_) for id_ in ids.tolist())
        found = np.array([doc_id for doc_id in later if doc_id is not None], dtype=np.uint32)
        return self.in_base(ids) | bitmap(found)

    def in_base(self, ids: Column) -> BitMap:
        """Return the doc ids of the base that these adverts are in."""
        places, known = find(ids, self.ordered)
        return bitmap(self.order[places[known]])


def find(values: Column, among: Column) -> tuple[Column, npt.NDArray[np.bool_]]:
    """Return where each value stands in an ascending column, and whether it does."""
    if not len(among):
        return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=bool)
    places = np.searchsorted(among, values)
    places[places == len(among)] = 0
    return places, among[places] == values


def _postings(
    hashes: Column, titles: Titles, order: Column, before: tuple[Postings, Column] | None
) -> Postings:
    """Return the words by doc id, where `order` tells the row of each doc id."""
    words, moved = Postings(), 0
    doc_ids = np.full(len(hashes), MISSING, dtype=np.int64)
    doc_ids[order] = np.arange(len(order))
    if before is not None:
        postings, old = before
        moved = len(old)
        words.move(postings, old, doc_ids[:moved])
    fresh = np.flatnonzero(doc_ids[moved:] != MISSING) + moved
    words.add(doc_ids[fresh], hashes[fresh], titles)
    words.compress()
    return words


def _place(rows: Columns) -> Column:
    """Return a number for each row that it stands by; only the speed depends on it."""
    bits = 63 // len(NUMBERED_BY)
    numbers = np.zeros(len(rows["id"]), dtype=np.int64)
    for name in NUMBERED_BY:
        numbers = (numbers << bits) | (rows[name].astype(np.int64) & ((1 << bits) - 1))
    return numbers


def _with_room(values: Column, room: int) -> Column:
    column: Column = np.empty(len(values) + room, dtype=values.dtype)
    column[: len(values)] = values
    return column


def _bands(name: str) -> tuple[int, ...]:
    return FACETS[name].bands if name in FACETS else ()


def _without(alive: BitMap, gone: Iterable[Column]) -> BitMap:
    some = [doc_ids for doc_ids in gone if len(doc_ids)]
    return alive - bitmap(np.concatenate(some)) if some else alive.copy()
