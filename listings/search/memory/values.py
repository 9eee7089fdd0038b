"""Which slots hold each value, and how many of some slots do."""

import numpy as np
from pyroaring import BitMap

from listings.search.criteria import FIELDS
from listings.search.facets import FACETS
from listings.search.fields import Days, Origin, Radius, Span, Words
from listings.search.memory.bitmaps import grouped, slots_of
from listings.search.memory.columns import MISSING, Column, Columns

NAMES = {
    "branch",
    *FACETS,
    *(
        name
        for name, field in FIELDS.items()
        if not isinstance(field, Span | Days | Words | Origin | Radius)
    ),
}
GATHERED_PER_VALUE = 200  # matches for which one look at each costs as much as a value's bitmap
_TABLE_MAX = 20_000  # codes up to here are counted in a table, twice as fast as by sorting


class Values:
    """The slots of each value of each column; of a histogram's column, of each band."""

    def __init__(self) -> None:
        self.slots: dict[str, dict[int, BitMap]] = {name: {} for name in NAMES}

    def add(self, columns: Columns, slots: Column) -> None:
        """Enter some slots of the columns."""
        for name, found in self.slots.items():
            for value, members in grouped(_coded(name, columns[name][slots]), slots):
                if value in found:
                    found[value] |= members
                else:
                    found[value] = members

    def compress(self) -> None:
        for found in self.slots.values():
            for slots in found.values():
                slots.run_optimize()


class Tally:
    """Counts values among some matches."""

    def __init__(self, matches: BitMap, values: Values, columns: Columns) -> None:
        self._matches, self._values, self._columns = matches, values, columns
        self._slots: Column | None = None

    def counts(self, name: str) -> list[tuple[int, int]]:
        """Return each value that occurs with its count."""
        found = list(self._values.slots[name].items())
        if len(self._matches) <= GATHERED_PER_VALUE * len(found):
            return self._gathered(name)
        matches = self._matches
        counted = ((value, matches.intersection_cardinality(slots)) for value, slots in found)
        return [(value, count) for value, count in counted if count and value != MISSING]

    def _gathered(self, name: str) -> list[tuple[int, int]]:
        if self._slots is None:
            self._slots = slots_of(self._matches)
        codes = _coded(name, self._columns[name][self._slots])
        values, counts = _occurring(codes)
        found = zip(values.tolist(), counts.tolist(), strict=True)
        return [(value, count) for value, count in found if value != MISSING]


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
