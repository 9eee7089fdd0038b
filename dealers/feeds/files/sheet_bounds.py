"""Sheets with a stray cell far from the rest: their table is as large as that cell is far."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from dealers.feeds.files.rows import UnreadableFeed

CELLS_MAX = 10_000_000
"""Of a table with hardly a cell in it: a reader holds each cell, empty or not."""
BYTES_OF_CELL_MIN = 2
"""A sheet with fewer for each cell of its table is hardly filled in: a cell takes 15 or more."""

_PIECE = 1024**2
_TAG_MAX = 2_048
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_FILLED_IN = re.compile(
    rb'<(?:\w{1,20}:)?+c\s[^<>]{0,200}?r="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,200}+>\s*+'
    rb"<(?:\w{1,20}:)?+(?:v|is)\b"
)


class SheetExtent(NamedTuple):
    """The number of rows and columns up to the last one in use, and the cells that are there."""

    rows: int = 0
    columns: int = 0
    lowest: str = ""
    rightmost: str = ""

    @property
    def far_cells(self) -> str:
        return " and ".join(dict.fromkeys((self.lowest, self.rightmost)))


def refuse_far_cells(stream: BinaryIO) -> None:
    """Raise `UnreadableFeed` for a workbook of Excel with a table that a stray cell blows up."""
    stream.seek(0)
    if not is_zipfile(stream):
        return
    try:
        with ZipFile(stream) as archive:
            for part in archive.infolist():
                if _SHEET.fullmatch(part.filename):
                    _refuse(part, _extent(archive, part))
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        return  # whoever opens it says what is wrong


def _refuse(part: ZipInfo, extent: SheetExtent) -> None:
    cells = extent.rows * extent.columns
    if cells <= CELLS_MAX or cells * BYTES_OF_CELL_MIN <= part.file_size:
        return
    message = (
        f"A cell far from the table ({extent.far_cells}) makes the sheet too large to be read: "
        "empty it, or save the table as CSV."
    )
    raise UnreadableFeed("too_large", message)


def _extent(archive: ZipFile, part: ZipInfo) -> SheetExtent:
    extent = SheetExtent()
    for piece in _pieces(archive, part):
        for column, row in _FILLED_IN.findall(piece):
            rows, columns = int(row), _number(column)
            if rows > extent.rows:
                extent = extent._replace(rows=rows, lowest=f"{column.decode()}{rows}")
            if columns > extent.columns:
                extent = extent._replace(columns=columns, rightmost=f"{column.decode()}{rows}")
    return extent


def _pieces(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    """Yield the sheet in pieces, each with the end of the one before: a tag may be cut."""
    before = b""
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            yield before + piece
            before = piece[-_TAG_MAX:]


def _number(column: bytes) -> int:
    """Return the number of a column that letters name: A is 1, XFD is 16,384."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
