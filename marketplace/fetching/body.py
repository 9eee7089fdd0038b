"""An answer's body, written to a file as it arrives, unpacked and counted."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from marketplace.fetching.refusals import FetchTooLarge, FetchUnreachable, FetchUnreadable

MEMORY_BYTES_MAX = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def stored(chunks: Iterable[bytes], encoding: str, bytes_max: int) -> tuple[BinaryIO, int, str]:
    """Return the body as a file at its start, its size and its SHA-256; raises `FetchFailed`.

    `bytes_max` bounds what arrives and what comes out of it.
    """
    file = cast("BinaryIO", SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX))  # noqa: SIM115 - the caller's
    try:
        size, digest = 0, hashlib.sha256()
        for piece in _unpacked(_counted(chunks, bytes_max), encoding):
            size += len(piece)
            if size > bytes_max:
                raise too_large(bytes_max)
            digest.update(piece)
            file.write(piece)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, size, digest.hexdigest()


def too_large(bytes_max: int) -> FetchTooLarge:
    return FetchTooLarge(f"The answer has more than {bytes_max:,} bytes.")


def _counted(chunks: Iterable[bytes], bytes_max: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > bytes_max:
            raise too_large(bytes_max)
        yield chunk


def _unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    match encoding:
        case "" | "identity":
            return iter(chunks)
        case "gzip" | "x-gzip":
            return _gunzipped(chunks)
        case _:
            raise FetchUnreadable("The answer is packed in a way that was not asked for.")


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip, of one member or more, a bounded piece at a time."""
    member = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if member.eof:
                    member = zlib.decompressobj(_GZIP)
                yield member.decompress(rest, _PIECE_BYTES)
                rest = member.unused_data if member.eof else member.unconsumed_tail
        while not member.eof and (piece := member.decompress(b"", _PIECE_BYTES)):
            yield piece
    except zlib.error:
        raise FetchUnreadable("The answer is not packed as it says.") from None
    if not member.eof:
        raise FetchUnreachable("The answer was cut off.")
