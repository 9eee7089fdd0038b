"""A file of named blocks, each with a checksum: arrays that processes map, and share by that.

The index stands at the end, so that a file is written in one go and one that was cut has none. What
is written to a mapped array stays with the process: its page is copied first.
"""

import dataclasses
import errno
import json
import mmap
import os
import struct
import zlib
from collections.abc import Collection, Mapping
from typing import IO, Any, Self

import numpy as np
from pyroaring import BitMap

from listings.search.memory.columns import Column

SIGNATURE = b"\x89BLOCKS\n"
ALIGNMENT = 4_096
PIECE_BYTES = 1_000_000
BYTES_FREE_MIN = 256 * 1024 * 1024
"""So much of a disk is left to others; photographs and the database may be on it."""
_TAIL = struct.Struct("<QI8s")  # the index's bytes, its checksum, and the signature


class UnusableFileError(Exception):
    """A file is not what was written, or not for this process; the text says why."""


@dataclasses.dataclass(frozen=True)
class _Block:
    """Where an array stands, and the values it has room for behind its own."""

    kind: str
    count: int
    offset: int
    room: int
    checksum: int

    @property
    def length(self) -> int:
        return self.count * np.dtype(self.kind).itemsize


class BlockWriter:
    """Writes blocks one after the other; without `finish` it is no file that can be read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._blocks: dict[str, _Block] = {}
        self._end = 0

    def add(self, name: str, values: Column, room: int = 0) -> None:
        """Write an array, with room for so many more values, which take no place on the disk.

        Raises `OSError` where the disk would be full.
        """
        content = np.ascontiguousarray(values).view(np.uint8).data
        self._write(content)
        kind = values.dtype
        self._blocks[name] = _Block(kind.str, len(values), self._end, room, zlib.crc32(content))
        end = self._end + (len(values) + room) * kind.itemsize
        self._end = -(-end // ALIGNMENT) * ALIGNMENT

    def add_bitmaps(self, name: str, bitmaps: Collection[BitMap]) -> None:
        written = [bitmap.serialize() for bitmap in bitmaps]
        self.add(f"{name} ends", np.cumsum([len(each) for each in written], dtype=np.int64))
        self.add(name, np.frombuffer(b"".join(written), dtype=np.uint8))

    def finish(self, details: Mapping[str, Any]) -> None:
        """Write the index, and beside it some details of what the blocks are."""
        blocks = {name: dataclasses.astuple(block) for name, block in self._blocks.items()}
        index = json.dumps({"details": details, "blocks": blocks}).encode()
        self._write(index + _TAIL.pack(len(index), zlib.crc32(index), SIGNATURE))

    def _write(self, content: bytes | memoryview) -> None:
        disk = os.fstatvfs(self._file.fileno())
        if disk.f_bavail * disk.f_frsize - len(content) < BYTES_FREE_MIN:
            raise OSError(errno.ENOSPC, "the disk is nearly full")
        self._file.seek(self._end)
        self._file.write(content)


class BlockFile:
    """A file of blocks as it was when it was opened; every block is checked when it is fetched.

    Raises `UnusableFileError`. It is read before it is mapped: a disk that fails is an `OSError`
    then, and would be the end of the process later.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        size = file.seek(0, 2)
        if size < _TAIL.size:
            raise UnusableFileError("it was cut")
        file.seek(size - _TAIL.size)
        length, checksum, signature = _TAIL.unpack(file.read(_TAIL.size))
        if signature != SIGNATURE or length > size - _TAIL.size:
            raise UnusableFileError("it was cut")
        file.seek(size - _TAIL.size - length)
        index = file.read(length)
        if zlib.crc32(index) != checksum:
            raise UnusableFileError("its index is damaged")
        found = json.loads(index)
        self.details: Mapping[str, Any] = found["details"]
        self._blocks = {name: _Block(*block) for name, block in found["blocks"].items()}
        self._map: mmap.mmap | None = None

    def check(self) -> Self:
        """Read every block, and keep none."""
        for name, block in self._blocks.items():
            self._check(name, block)
        return self

    def mapped(self, name: str) -> Column:
        """Return an array with its room, of which pages are read when they are looked at."""
        block = self._blocks[name]
        self._check(name, block)
        if self._map is None:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_COPY)
        return np.frombuffer(self._map, block.kind, block.count + block.room, block.offset)

    def count(self, name: str) -> int:
        """Return how many values an array has, without its room."""
        return self._blocks[name].count

    def read(self, name: str) -> Column:
        """Return an array that is the process's own."""
        block = self._blocks[name]
        self._file.seek(block.offset)
        content = self._file.read(block.length)
        if len(content) < block.length or zlib.crc32(content) != block.checksum:
            raise UnusableFileError(f"{name} is damaged")
        return np.frombuffer(content, block.kind)

    def bitmaps(self, name: str) -> list[BitMap]:
        content = self.read(name).tobytes()
        ends = self.read(f"{name} ends").tolist()
        starts = [0, *ends][:-1]
        return [
            BitMap.deserialize(content[start:end]) for start, end in zip(starts, ends, strict=True)
        ]

    def _check(self, name: str, block: _Block) -> None:
        piece = bytearray(PIECE_BYTES)
        view, left, checksum = memoryview(piece), block.length, 0
        self._file.seek(block.offset)
        while left:
            read = self._file.readinto(view[: min(left, PIECE_BYTES)])  # type: ignore[attr-defined]
            if not read:
                raise UnusableFileError("it was cut")
            checksum, left = zlib.crc32(view[:read], checksum), left - read
        if checksum != block.checksum:
            raise UnusableFileError(f"{name} is damaged")
