"""From NumPy's arrays of doc ids to bitmaps and back."""

from array import array

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from listings.search.memory.columns import Column

DocIds = npt.NDArray[np.uint32]


def bitmap(doc_ids: Column) -> BitMap:
    """Return the set of some doc ids, in whatever order they come."""
    ordered = np.sort(doc_ids.astype(np.uint32, copy=False))  # unsorted ones take ten times as long
    return BitMap(array("I", ordered.tobytes()))  # ten times as fast as from a NumPy array


def doc_ids_of(bitmap: BitMap) -> DocIds:
    """Return the doc ids of a set, ascending."""
    return np.asarray(bitmap.to_array(), dtype=np.uint32)


def grouped(values: Column, doc_ids: Column) -> list[tuple[int, BitMap]]:
    """Return the doc ids of each value; `values` are within 32 bits."""
    if not len(values):
        return []
    # One sort of both at once is twelve times as fast as a stable sort of the values' places.
    pairs = np.sort((values.astype(np.int64) << 32) | doc_ids)
    ordered = pairs.astype(np.uint32)
    pairs >>= 32
    starts = np.flatnonzero(np.r_[True, pairs[1:] != pairs[:-1]])
    ends = np.r_[starts[1:], len(pairs)]
    return [
        (value, BitMap(array("I", ordered[start:end].tobytes())))
        for value, start, end in zip(
            pairs[starts].tolist(), starts.tolist(), ends.tolist(), strict=True
        )
    ]
