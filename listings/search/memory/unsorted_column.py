"""A column of small numbers whose order is not kept: it is worked out for each question."""

import numpy as np
from pyroaring import BitMap

from listings.search.engine import SeekPosition
from listings.search.memory.bitmaps import bitmap, doc_ids_of
from listings.search.memory.columns import MISSING, Column
from listings.search.ordering import Direction


class UnsortedColumn:
    """A column that is looked at whole, which takes milliseconds for a million adverts.

    The order of doc ids and bitmaps of them would take six times the room of the column itself.
    """

    gather_max = 4_096

    def __init__(self, column: Column) -> None:
        self._column = column

    def walk(self, direction: Direction, seek: SeekPosition | None) -> None:
        return None

    def nearest(
        self, matches: BitMap, direction: Direction, seek: SeekPosition | None, count: int
    ) -> BitMap:
        """Return those matches among which the first `count` beyond `seek` are."""
        is_upwards = direction.is_descending == (seek is not None and seek.is_backwards)
        value = seek.position.values[0] if seek is not None else None
        if seek is not None and value is None:
            return matches
        doc_ids = doc_ids_of(matches)
        values = self._column[doc_ids]
        beyond = values > MISSING
        if value is not None:
            beyond &= values >= value if is_upwards else values <= value
            count += int(np.count_nonzero(values == value))
        doc_ids, values = doc_ids[beyond], values[beyond]
        if len(values) < count:
            return matches  # those without a value are needed too
        if is_upwards:
            return bitmap(doc_ids[values <= np.partition(values, count - 1)[count - 1]])
        return bitmap(doc_ids[values >= np.partition(values, -count)[-count]])
