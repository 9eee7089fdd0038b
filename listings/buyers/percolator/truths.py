"""Which adverts agree with each of some searches: a bit each, packed into bytes.

Rows are searches.
"""

import numpy as np
import numpy.typing as npt

from listings.search.memory.columns import Column

Truths = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
WORD_BYTES = 8


def width_of(adverts: int) -> int:
    """Return how many bytes the truths of so many adverts take: whole words where many."""
    width = -(-adverts // 8)
    return width if width < WORD_BYTES else -(-width // WORD_BYTES) * WORD_BYTES


def packed(truths: Truths) -> Bits:
    """Pack rows of truths, whose number is one that fills bytes."""
    rows, width = truths.shape
    return np.packbits(truths.reshape(-1), bitorder="little").reshape(rows, width // 8)


def all_of(rows: int, adverts: int) -> Bits:
    """Return that so many adverts, more than one, agree with each row."""
    one = np.arange(8 * width_of(adverts)) < adverts
    return np.tile(np.packbits(one, bitorder="little"), (rows, 1))


def true_at(bits: Bits) -> tuple[Column, Column]:
    """Return the row and the place in it of each truth, row by row."""
    flat = bits.reshape(-1)
    at = np.flatnonzero(flat)
    truths = np.flatnonzero(np.unpackbits(flat[at], bitorder="little").view(np.bool_))
    byte = at[truths >> 3]
    rows = byte // bits.shape[1]
    return rows, ((byte - rows * bits.shape[1]) << 3) + (truths & 7)


def leave_first(bits: Bits, most: Column) -> None:
    """Leave no more bytes of each row than hold as many truths as it may have."""
    is_wide = bits.shape[1] % WORD_BYTES == 0
    words = bits.view(np.uint64) if is_wide else bits
    over = np.flatnonzero(np.bitwise_count(words).sum(axis=1, dtype=np.int32) > most)
    rows = bits[over]
    counts = np.bitwise_count(rows)
    before = np.cumsum(counts, axis=1, dtype=np.int32) - counts
    rows[before >= most[over, None]] = 0
    bits[over] = rows
