"""The adverts a replica holds: append-only slots, and bitmaps over them.

A changed advert gets a new slot and its old one dies, so a slot never changes once written. That
is why readers take no lock: a `View` fixes which slots are alive, and whatever the writer adds
later lies beyond them.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
from pyroaring import BitMap

from listings.search.criteria import FIELDS
from listings.search.facets import FACETS
from listings.search.fields import Days, Origin, Radius, Span, Words
from listings.search.memory.branches import Branches
from listings.search.memory.columns import STORED, Column, Columns
from listings.search.memory.order import SortedColumn
from listings.search.memory.ranges import RangeIndex
from listings.search.ordering import SORT_KEYS

RANGE_NAMES = (
    *(name for name, field in FIELDS.items() if isinstance(field, Span)),
    "published_at",
)
VALUE_NAMES = (
    *(
        name
        for name, field in FIELDS.items()
        if not isinstance(field, Span | Days | Words | Origin | Radius)
    ),
    "branch",
    "year",
)
LATER_MIN = 20_000
LATER_SHARE = 0.1


@dataclasses.dataclass(frozen=True)
class View:
    """The replica as of one moment (`as_of`, microseconds since 1970)."""

    as_of: int
    alive: BitMap
    base_size: int
    columns: Columns
    values: Mapping[str, Mapping[int, BitMap]]
    ranges: Mapping[str, RangeIndex]
    sorted: Mapping[str, SortedColumn]
    expiring: tuple[tuple[Column, Column], ...]
    branches: Branches

    def public(self, now: int) -> BitMap:
        """Return the slots that buyers can see, without those that have run out since."""
        gone = [
            slots[
                np.searchsorted(times, self.as_of, "right") : np.searchsorted(times, now, "right")
            ]
            for times, slots in self.expiring
        ]
        if not any(len(slots) for slots in gone):
            return self.alive
        return self.alive - BitMap(np.concatenate(gone))


class Store:
    """The writer's side, for one thread: takes rows, hands out views."""

    def __init__(self, rows: Columns) -> None:
        shown = rows["shown"] == 1
        base = {name: values[shown] for name, values in rows.items()}
        self.base_size = self.size = 0
        self.later_max = max(LATER_MIN, int(len(base["id"]) * LATER_SHARE))
        room = len(base["id"]) + self.later_max
        self.columns = {column.name: np.empty(room, dtype=column.dtype) for column in STORED}
        self.values: dict[str, dict[int, BitMap]] = {name: {} for name in VALUE_NAMES}
        self.ranges = {
            name: RangeIndex(base[name], FACETS[name].bands if name in FACETS else ())
            for name in RANGE_NAMES
        }
        self.alive = BitMap()
        self.later_slots: dict[int, int] = {}
        self._append(base, is_later=False)
        self.base_size = self.size
        ids = self.columns["id"][: self.size]
        self._by_id = np.argsort(ids)
        self._ids = ids[self._by_id]
        self.sorted = {
            key.column: SortedColumn(self.columns[key.column], ids, self.ranges[key.column])
            for key in SORT_KEYS.values()
            if key.needs is None
        }
        self._expiring = self._by_expiry(0, self.size)

    def add(self, rows: Columns, removed: Column) -> "Store":
        """Enter changed rows and drop deleted ones, by id.

        Returns this store, or a new one where this has no more room.
        """
        shown = rows["shown"] == 1
        self.alive -= self._slots_of(np.concatenate([rows["id"], removed]))
        if self.size - self.base_size + int(shown.sum()) > self.later_max:
            kept = np.asarray(self.alive.to_array())
            return Store(
                {
                    name: np.concatenate([column[kept], rows[name][shown]])
                    for name, column in self.columns.items()
                }
            )
        self._append({name: values[shown] for name, values in rows.items()}, is_later=True)
        return self

    def view(self, now: int, branches: Branches) -> View:
        later = self._by_expiry(self.base_size, self.size)
        expiring = (self._expiring, later)
        run_out = [slots[: np.searchsorted(times, now, "right")] for times, slots in expiring]
        return View(
            as_of=now,
            alive=self.alive - BitMap(np.concatenate(run_out)),
            base_size=self.base_size,
            columns=self.columns,
            values=self.values,
            ranges=self.ranges,
            sorted=self.sorted,
            expiring=expiring,
            branches=branches,
        )

    def _append(self, rows: Columns, *, is_later: bool) -> None:
        first, self.size = self.size, self.size + len(rows["id"])
        slots = np.arange(first, self.size, dtype=np.uint32)
        for name, column in self.columns.items():
            column[first : self.size] = rows[name]
        for name, bitmaps in self.values.items():
            for value, members in _grouped(rows[name], slots):
                bitmaps.setdefault(value, BitMap()).update(members)
        for name, index in self.ranges.items():
            index.add(slots, rows[name])
        if is_later:
            self.later_slots.update(zip(rows["id"].tolist(), slots.tolist(), strict=True))
        self.alive.update(slots)

    def _slots_of(self, ids: Column) -> BitMap:
        places = np.searchsorted(self._ids, ids)
        places[places == len(self._ids)] = 0
        known = self._ids[places] == ids if len(self._ids) else np.zeros(len(ids), dtype=bool)
        later = (self.later_slots.get(id_) for id_ in ids.tolist())
        return BitMap(self._by_id[places[known]].astype(np.uint32)) | BitMap(
            [slot for slot in later if slot is not None]
        )

    def _by_expiry(self, first: int, end: int) -> tuple[Column, Column]:
        times = self.columns["expires_at"][first:end]
        order = np.argsort(times, kind="stable")
        return times[order], (order + first).astype(np.uint32)


def _grouped(values: Column, slots: Column) -> list[tuple[int, Column]]:
    """Return the slots of each value."""
    if not len(values):
        return []
    order = np.argsort(values, kind="stable")
    values, slots = values[order], slots[order]
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    return list(zip(values[starts].tolist(), np.split(slots, starts[1:]), strict=True))
