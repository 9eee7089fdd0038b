"""A file of any size is read in little memory."""

import gzip
import io
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dealers.feeds.files import read_rows

MEGABYTE = 1024**2
HELD_MAX = 8 * MEGABYTE
ROWS = 25_000
STATM = Path("/proc/self/statm")

ROW = "{n},AB17CDE,Ford,Focus,{n},41000,2017,Petrol,Five doors and one owner {n}\n"
HEADER = "id,vrm,make,model,price,mileage,year,fuel,comments\n"


class Pieces(io.RawIOBase):
    """A file that is made up while it is read: it can only go back to its start."""

    def __init__(self, kind: str, rows: int = ROWS) -> None:
        self._kind, self._rows = kind, rows
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            return 100 * MEGABYTE
        self._pieces = _pieces(self._kind, self._rows)
        self._left = b""
        return 0

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def _pieces(kind: str, rows: int) -> Iterator[bytes]:
    if kind == "gzip":
        packer = zlib.compressobj(wbits=31)
        for piece in _pieces("csv", rows):
            yield packer.compress(piece)
        yield packer.flush()
        return
    start, row, between, end = {
        "csv": (HEADER, ROW, "", ""),
        "json": (
            '{"vehicles": [',
            '{{"id": {n}, "make": "Ford", "price": "{n}", "a": "b"}}',
            ",",
            "]}",
        ),
        "json_lines": ("", '{{"id": {n}, "make": "Ford", "price": "{n}", "a": "b"}}\n', "", ""),
        "xml": (
            "<cars>",
            "<car><id>{n}</id><make>Ford</make><price>{n}</price></car>",
            "",
            "</cars>",
        ),
    }[kind]
    yield start.encode()
    for first in range(0, rows, 500):
        texts = (row.format(n=number) for number in range(first, first + 500))
        yield ((between if first else "") + between.join(texts)).encode()
    yield end.encode()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "json", "json_lines", "gzip"])
def test_only_a_part_of_a_file_is_held(kind: str) -> None:
    stream = io.BufferedReader(Pieces(kind))
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_rows(stream))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == ROWS
    assert peak < HELD_MAX


@pytest.mark.skipif(not STATM.exists(), reason="only Linux tells how much memory is held")
def test_elements_are_let_go_once_they_are_read() -> None:
    """libxml2 holds its elements where tracemalloc does not look."""
    pages_before, pages_most = _pages_held(), 0
    for count, _ in enumerate(read_rows(io.BufferedReader(Pieces("xml", 100_000))), start=1):
        if count % 5_000 == 0:
            pages_most = max(pages_most, _pages_held())
    assert count == 100_000
    assert (pages_most - pages_before) * 4096 < 3 * HELD_MAX


def _pages_held() -> int:
    return int(STATM.read_text().split()[1])


def test_a_file_that_unpacks_to_far_more_is_held_no_longer_than_its_bound() -> None:
    bomb = gzip.compress(HEADER.encode() + b"x" * (64 * MEGABYTE))
    tracemalloc.start()
    try:
        with pytest.raises(Exception, match=r"."):
            list(read_rows(io.BytesIO(bomb)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < HELD_MAX
