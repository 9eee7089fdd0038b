"""Rows of fixed width between arrays of NumPy and `COPY … (FORMAT binary)`, without a loop."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # the signature, flags and an empty extension
TRAILER = b"\xff\xff"
CHUNK_BYTES = 4_000_000
CHUNK_ROWS = 20_000


def row_type(columns: Iterable[tuple[str, str]]) -> np.dtype:
    """Return the type of a row of these columns: names, and NumPy's big-endian types."""
    sized = (part for name, kind in columns for part in ((f"{name} width", ">i4"), (name, kind)))
    return np.dtype([("fields", ">i2"), *sized])


def rows_of(
    stream: Iterable[bytes | bytearray | memoryview], row: np.dtype
) -> Iterator[npt.NDArray[np.void]]:
    """Yield the rows of a binary COPY, some thousands at a time, at least once.

    What the pieces of the stream are is kept no longer than needed: it is more than the columns.
    """
    buffer, start = bytearray(), len(HEADER)
    for piece in stream:
        buffer += piece
        if len(buffer) >= CHUNK_BYTES:
            count = (len(buffer) - start) // row.itemsize
            yield np.frombuffer(buffer, row, count, start)
            buffer, start = buffer[start + count * row.itemsize :], 0
    count = (len(buffer) - start - len(TRAILER)) // row.itemsize
    yield np.frombuffer(buffer, row, count, start)


def copied(columns: Mapping[str, npt.NDArray]) -> Iterator[bytes]:
    """Yield what `COPY … FROM STDIN (FORMAT binary)` takes; the types are those of its table."""
    kind = row_type((name, each.dtype.newbyteorder(">").str) for name, each in columns.items())
    yield HEADER
    for start in range(0, len(next(iter(columns.values()))), CHUNK_ROWS):
        chosen = {name: each[start : start + CHUNK_ROWS] for name, each in columns.items()}
        rows = np.zeros(len(next(iter(chosen.values()))), kind)
        rows["fields"] = len(columns)
        for name, each in chosen.items():
            rows[f"{name} width"] = each.dtype.itemsize
            rows[name] = each
        yield rows.tobytes()
    yield TRAILER
