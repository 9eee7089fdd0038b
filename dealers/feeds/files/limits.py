"""How much a feed may hold: what is beyond is an attack or a mistake."""

import io
import zlib
from typing import IO, Any

from dealers.feeds.files.rows import UnreadableFeed

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

FILES_MAX = 500
"""Of rows, in one archive; pictures beside them do not count."""
BLANK_ROWS_MAX = 10_000
"""On end: they cost nearly nothing to send, packed."""
COMPANION_COLUMNS_MAX = 250
"""That the second file of a pair adds to a row."""

_BROKEN = (EOFError, OSError, zlib.error)


class Allowance:
    """How many bytes may still be unpacked of so many; of any number where nothing is packed."""

    def __init__(self, packed_bytes: int | None) -> None:
        self.left = BYTES_MAX
        if packed_bytes is not None:
            self.left = min(BYTES_MAX, max(packed_bytes * RATIO_MAX, RATIO_COUNTS_FROM))


class BlankRows:
    """Counts rows on end that hold nothing."""

    def __init__(self) -> None:
        self._count = 0

    def end(self) -> None:
        self._count = 0

    def add(self, line: int) -> None:
        """Raises `UnreadableFeed` for more than any export writes."""
        self._count += 1
        if self._count > BLANK_ROWS_MAX:
            message = f"There are more than {BLANK_ROWS_MAX:,} blank rows on end."
            raise UnreadableFeed("malformed", message, line=line)


class BoundedStream(io.RawIOBase):
    """Passes on what `inner` unpacks, as long as that is within each of its allowances.

    Raises `UnreadableFeed` for a bomb, and for a file that ends before its end.
    """

    def __init__(self, inner: IO[bytes], *allowances: Allowance) -> None:
        self._inner = inner
        self._allowances = allowances

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._inner.read(len(buffer))
        except _BROKEN as error:
            message = "The packed file is damaged or cut off."
            raise UnreadableFeed("truncated", message) from error
        for each in self._allowances:
            each.left -= len(chunk)
        if min(each.left for each in self._allowances) < 0:
            message = "The file unpacks to far more than stock needs."
            raise UnreadableFeed("archive_bomb", message)
        buffer[: len(chunk)] = chunk
        return len(chunk)
