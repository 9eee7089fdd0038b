"""Which doc ids hold each value, and how many of some doc ids do."""

from typing import Self

import numpy as np
from pyroaring import BitMap

from listings.search.criteria import FIELDS
from listings.search.facets import FACETS
from listings.search.fields import AllOf, Days, Origin, Radius, RangeField, Wishes, Words
from listings.search.memory.bitmaps import bitmap, doc_ids_of, grouped
from listings.search.memory.block_file import BlockFile, BlockWriter
from listings.search.memory.columns import ABSENT, MISSING, Column, Columns

NAMES = {
    "branch",
    *FACETS,
    *(
        name
        for name, field in FIELDS.items()
        if not isinstance(field, RangeField | Days | Words | Wishes | Origin | Radius)
    ),
}
BITS = {
    name: len(field.choices.values) for name, field in FIELDS.items() if isinstance(field, AllOf)
}
GATHERED_PER_VALUE = 200  # matches for which one look at each costs as much as a value's bitmap
_TABLE_MAX = 20_000  # codes up to here are counted in a table, twice as fast as by sorting


class Values:
    """The doc ids of each value of each column; of a histogram's column, of each band."""

    def __init__(self) -> None:
        self.doc_ids: dict[str, dict[int, BitMap]] = {name: {} for name in NAMES}

    @classmethod
    def load(cls, blocks: BlockFile) -> Self:
        loaded = cls()
        for name in NAMES:
            values = blocks.read(f"{name} values").tolist()
            found = blocks.bitmaps(f"{name} doc ids")
            loaded.doc_ids[name] = dict(zip(values, found, strict=True))
        return loaded

    def save(self, blocks: BlockWriter) -> None:
        for name, found in self.doc_ids.items():
            blocks.add(f"{name} values", np.array(list(found), dtype=np.int64))
            blocks.add_bitmaps(f"{name} doc ids", found.values())

    def add(self, columns: Columns, doc_ids: Column) -> None:
        """Enter some doc ids of the columns."""
        for name, found in self.doc_ids.items():
            for value, members in _members(name, columns[name][doc_ids], doc_ids):
                if value in found:
                    found[value] |= members
                else:
                    found[value] = members

    def moved(self, name: str, values: Column, doc_ids: Column) -> "Values":
        """Return these, but for some doc ids that have other values in one column.

        These themselves stay as they are; the other columns are those of both.
        """
        moving = bitmap(doc_ids)
        found = {value: members - moving for value, members in self.doc_ids[name].items()}
        for value, members in _members(name, values, doc_ids):
            found[value] = found.get(value, BitMap()) | members
        later = Values()
        later.doc_ids = {**self.doc_ids, name: found}
        return later

    def compress(self) -> None:
        for found in self.doc_ids.values():
            for doc_ids in found.values():
                doc_ids.run_optimize()


class ValueCounter:
    """Counts values among some matches; `MISSING` too, of a field that can be asked for it."""

    def __init__(self, matches: BitMap, values: Values, columns: Columns) -> None:
        self._matches, self._values, self._columns = matches, values, columns
        self._doc_ids: Column | None = None

    def counts(self, name: str) -> list[tuple[int, int]]:
        """Return each value that occurs with its count."""
        found = list(self._values.doc_ids[name].items())
        if name not in BITS and len(self._matches) <= GATHERED_PER_VALUE * len(found):
            return self._gathered(name)
        matches = self._matches
        counted = ((value, matches.intersection_cardinality(doc_ids)) for value, doc_ids in found)
        return [(value, count) for value, count in counted if count and _is_told(name, value)]

    def _gathered(self, name: str) -> list[tuple[int, int]]:
        if self._doc_ids is None:
            self._doc_ids = doc_ids_of(self._matches)
        codes = _coded(name, self._columns[name].take(self._doc_ids))
        values, counts = _occurring(codes)
        found = zip(values.tolist(), counts.tolist(), strict=True)
        return [(value, count) for value, count in found if _is_told(name, value)]


def _is_told(name: str, value: int) -> bool:
    return value != MISSING or name in ABSENT


def _members(name: str, values: Column, doc_ids: Column) -> list[tuple[int, BitMap]]:
    """Return the doc ids of each value; a bit's value is its place, from 1."""
    if name not in BITS:
        return grouped(_coded(name, values), doc_ids)
    return [(place + 1, bitmap(doc_ids[(values >> place) & 1 == 1])) for place in range(BITS[name])]


def _occurring(codes: Column) -> tuple[Column, Column]:
    """Return each code that occurs, and how often."""
    shifted = codes - np.int32(MISSING)
    if int(shifted.max(initial=0)) > _TABLE_MAX:
        return np.unique(codes, return_counts=True)
    table = np.bincount(shifted)
    occurring = np.flatnonzero(table)
    return occurring + MISSING, table[occurring]


def _coded(name: str, values: Column) -> Column:
    """Return values as they are counted: as themselves, or as the lower ends of their bands."""
    if name not in _BANDS:
        return values
    lows = _BANDS[name]
    bands = lows[np.searchsorted(lows, values, side="right") - 1]
    return np.where(values == MISSING, MISSING, bands)


_BANDS = {
    name: np.array(facet.bands, dtype=np.int32) for name, facet in FACETS.items() if facet.bands
}
