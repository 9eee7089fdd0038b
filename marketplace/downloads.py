"""Files written for one reader: whole before their first byte is sent."""

import gzip
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import IO, cast

from django.db import connection
from django.http import StreamingHttpResponse

MEMORY_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024


def whole_file(
    pieces: Iterable[str], *, content_type: str, name: str = ""
) -> StreamingHttpResponse:
    """Return a download of all pieces, or raise what went wrong with one of them.

    The server ends an answer that breaks off like one that is complete. So the file is written
    first, compressed as the folder of temporary files may be memory, and sent with its length: one
    that is broken off after all is short of it. Whoever reads slowly holds no connection to the
    database.
    """
    file = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - the response closes it
    kept = cast("IO[bytes]", file)
    try:
        length = _write(kept, pieces)
    except BaseException:
        kept.close()
        raise
    response = StreamingHttpResponse(_Pieces(kept), content_type=content_type)
    response["Content-Length"] = str(length)
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _write(kept: IO[bytes], pieces: Iterable[str]) -> int:
    with gzip.GzipFile(fileobj=kept, mode="wb", compresslevel=1) as packed:
        length = sum(packed.write(piece.encode()) for piece in pieces)
    kept.seek(0)
    return length


class _Pieces:
    """What is sent, in pieces of bytes; Django closes it with the response."""

    def __init__(self, kept: IO[bytes]) -> None:
        self._kept = kept
        # A server closes every answer; a test may let one go that it has not read.
        self.close = weakref.finalize(self, kept.close)

    def __iter__(self) -> Iterator[bytes]:
        if not connection.in_atomic_block:
            connection.close()
        with gzip.GzipFile(fileobj=self._kept, mode="rb") as packed:
            while piece := packed.read(PIECE_BYTES):
                yield piece
