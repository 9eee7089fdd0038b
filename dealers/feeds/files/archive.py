"""The files inside what was sent: plain, gzip or zip, told apart by their content alone.

Nothing is ever written to disk, and no name inside an archive is used as a path.
"""

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import IO, Any, BinaryIO, NamedTuple, cast

from dealers.feeds.files.limits import BYTES_MAX, FILES_MAX, RATIO_COUNTS_FROM, RATIO_MAX
from dealers.feeds.files.rows import UnreadableFeed
from dealers.feeds.files.spreadsheet import sheets

HEAD_BYTES = 64 * 1024
_BUFFER_BYTES = 256 * 1024
_ENTRIES_MAX = 5_000
_DIRECTORY_BYTES_MAX = 2 * 1024**2
_NAME_CHARACTERS_MAX = 255
_LOCAL_HEADER_BYTES = 30

_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_OTHER_ARCHIVES = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\x00",
    b"BZh",
    b"\x28\xb5\x2f\xfd",
)
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"%PDF")
_OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNSAFE_NAME = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\x00")
_OWN_FILES = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_BROKEN_STREAM = (EOFError, OSError, zlib.error)
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)


class Opened(NamedTuple):
    """One file: its name inside an archive ("" outside of one), its beginning and all of it."""

    name: str
    head: bytes
    stream: BinaryIO


class _Allowance:
    """How many bytes may still be unpacked of so many; of any number where nothing is packed."""

    def __init__(self, packed_bytes: int | None) -> None:
        self.left = BYTES_MAX
        if packed_bytes is not None:
            self.left = min(BYTES_MAX, max(packed_bytes * RATIO_MAX, RATIO_COUNTS_FROM))


class _BoundedStream(io.RawIOBase):
    """Passes on what `inner` unpacks, as long as that is within each of its allowances.

    Raises `UnreadableFeed` for a bomb, and for a file that ends before its end.
    """

    def __init__(self, inner: IO[bytes], *allowances: _Allowance) -> None:
        self._inner = inner
        self._allowances = allowances

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._inner.read(len(buffer))
        except _BROKEN_STREAM as error:
            message = "The packed file is damaged or cut off."
            raise UnreadableFeed("truncated", message) from error
        for each in self._allowances:
            each.left -= len(chunk)
        if min(each.left for each in self._allowances) < 0:
            message = "The file unpacks to far more than stock needs."
            raise UnreadableFeed("archive_bomb", message)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def opened(stream: BinaryIO, *, only: Collection[str] | None = None) -> Iterator[Opened]:
    """Yield the files that hold rows, in the archive's order, each to be read before the next.

    `only` names the files of an archive that are wanted.

    Raises `UnreadableFeed` for what is empty, unsafe, damaged or no text.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        yield from _zipped(stream, only)
        return
    if head.startswith(_OLD_SPREADSHEET):
        yield from _sheets(stream, only)
        return
    stream.seek(0)
    if head.startswith(_GZIP):
        yield _unpacked("", _gunzipped(stream), _Allowance(_size(stream)))
        return
    _refuse_binary(head)
    yield Opened("", head, _bounded(stream, _Allowance(None)))


def _gunzipped(stream: BinaryIO) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb"))


def _size(stream: BinaryIO) -> int:
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(here)
    return size


def _bounded(stream: IO[bytes], *allowances: _Allowance) -> io.BufferedReader:
    return io.BufferedReader(_BoundedStream(stream, *allowances), _BUFFER_BYTES)


def _unpacked(name: str, stream: IO[bytes], *allowances: _Allowance) -> Opened:
    bounded = _bounded(stream, *allowances)
    head = bounded.peek(HEAD_BYTES)[:HEAD_BYTES]
    if head.startswith((_GZIP, _ZIP)):
        message = "An archive inside an archive is not opened."
        raise UnreadableFeed("nested_archive", message)
    _refuse_binary(head)
    return Opened(name, head, bounded)


def _refuse_binary(head: bytes) -> None:
    if not head.strip():
        raise UnreadableFeed("empty_file", "The file is empty.")
    if head.startswith(_OTHER_ARCHIVES):
        message = "Of archives, only gzip and zip are opened."
        raise UnreadableFeed("unknown_archive", message)
    if head.startswith(_PICTURES):
        raise UnreadableFeed("not_text", "This is a picture or a document, not a file of rows.")


def _sheets(stream: BinaryIO, only: Collection[str] | None) -> Iterator[Opened]:
    for sheet in sheets(stream):
        if only is None or sheet.name in only:
            yield _unpacked(sheet.name, cast("IO[bytes]", sheet.stream), _Allowance(None))


def _zipped(stream: BinaryIO, only: Collection[str] | None) -> Iterator[Opened]:
    try:
        _refuse_long_directory(stream)
        with zipfile.ZipFile(stream) as archive:
            together = _Allowance(_size(stream))  # however many files share the same bytes
            if _is_spreadsheet(archive, together):
                yield from _sheets(stream, only)
                return
            count = 0
            for entry in _entries(archive):
                count += 1
                if count > FILES_MAX:
                    raise _too_many_files()
                if only is not None and entry.filename not in only:
                    continue
                with archive.open(entry) as unpacked:
                    own = _Allowance(entry.compress_size)
                    yield _unpacked(entry.filename, unpacked, own, together)
    except _BROKEN_ZIP as error:
        raise UnreadableFeed("truncated", "The zip file is damaged or cut off.") from error
    if not count:
        raise UnreadableFeed("empty_file", "There is no file with rows in the archive.")


def _is_spreadsheet(archive: zipfile.ZipFile, allowance: _Allowance) -> bool:
    """Whether this is a workbook of Excel or OpenDocument; raises `UnreadableFeed` for a bomb."""
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names and not {"mimetype", "content.xml"} <= names:
        return False
    if sum(entry.file_size for entry in archive.infolist()) > allowance.left:
        raise UnreadableFeed("archive_bomb", "The file unpacks to far more than stock needs.")
    return True


def _refuse_long_directory(stream: BinaryIO) -> None:
    """Refuse a list of files that is long enough to fill the memory, before it is read."""
    size = _size(stream)
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    at = tail.rfind(_EMPTY_ZIP)
    if at < 0 or len(tail) - at < _END_OF_DIRECTORY.size:
        raise UnreadableFeed("truncated", "The zip file is damaged or cut off.")
    _, _, _, _, entries, directory_bytes, _, _ = _END_OF_DIRECTORY.unpack_from(tail, at)
    is_zip64 = tail[max(0, at - 20) : at].startswith(b"PK\x06\x07")
    if is_zip64 or entries > _ENTRIES_MAX or directory_bytes > _DIRECTORY_BYTES_MAX:
        raise _too_many_files()


def _too_many_files() -> UnreadableFeed:
    return UnreadableFeed("too_large", "There are too many files in the archive.")


def _entries(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(names) < len(entries):
        raise UnreadableFeed("unsafe_archive", "Two files in the archive have the same name.")
    for entry in entries:
        _refuse_unsafe(entry)
    _refuse_overlapping(entries)
    for entry in entries:
        if entry.is_dir() or _OWN_FILES.search(entry.filename):
            continue
        with archive.open(entry) as unpacked:
            head = unpacked.read(16)
        if head.strip() and not head.startswith(_PICTURES):
            yield entry


def _refuse_overlapping(entries: Collection[zipfile.ZipInfo]) -> None:
    """Refuse files that are the same bytes of the archive, as only bombs have them."""
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < end:
            message = "Files in the archive overlap."
            raise UnreadableFeed("unsafe_archive", message)
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise UnreadableFeed("encrypted_archive", "The archive is locked by a password.")
    too_long = len(entry.filename) > _NAME_CHARACTERS_MAX
    if too_long or _UNSAFE_NAME.search(entry.orig_filename):
        raise UnreadableFeed("unsafe_archive", "A file in the archive has a name that is a path.")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFeed("unsafe_archive", "The archive holds what is not a plain file.")
