"""How much a feed may hold: what is beyond is an attack or a mistake."""

import io
import zlib
from typing import IO, Any

from dealers.feeds.readers.rows import UnreadableFeed

BYTES_MAX = 4 * 1024**3
"""Of one file, unpacked."""
RATIO_MAX = 250
"""Unpacked to packed. Stock as text packs 5 to 40 times; a bomb, a thousand."""
RATIO_COUNTS_FROM = 16 * 1024**2
LINE_CHARACTERS_MAX = 1024**2
COLUMNS_MAX = 2_000
HEADER_CHARACTERS_MAX = 200
DEPTH_MAX = 24
VALUE_BYTES_MAX = 4 * 1024**2
"""Of one value in JSON or XML, in the file."""

_BROKEN = (EOFError, OSError, zlib.error)


class BoundedStream(io.RawIOBase):
    """Passes on what `inner` unpacks, as long as that stays within bounds.

    `packed_bytes` is the size of the packed file; None where nothing is packed.
    Raises `UnreadableFeed` for a bomb, and for a file that ends before its end.
    """

    def __init__(self, inner: IO[bytes], packed_bytes: int | None) -> None:
        self._inner = inner
        self._read = 0
        self._bytes_max = BYTES_MAX
        if packed_bytes is not None:
            by_ratio = max(packed_bytes * RATIO_MAX, RATIO_COUNTS_FROM)
            self._bytes_max = min(BYTES_MAX, by_ratio)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._inner.read(len(buffer))
        except _BROKEN as error:
            message = "The packed file is damaged or cut off."
            raise UnreadableFeed("truncated", message) from error
        self._read += len(chunk)
        if self._read > self._bytes_max:
            message = "The file unpacks to far more than stock needs."
            raise UnreadableFeed("archive_bomb", message)
        buffer[: len(chunk)] = chunk
        return len(chunk)
