"""Spreadsheets, of Excel and of others, as the text of their tables: a line for each row.

Of several sheets those are read that have the header of the largest: they are one table in parts.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from dealers.feeds.files.limits import COLUMNS_MAX
from dealers.feeds.files.rows import UnreadableFeed
from dealers.feeds.files.sheet_bounds import refuse_far_cells

_PIECE = 256 * 1024
_TITLE_ROWS_MAX = 10
_HEADER_CELLS_MIN = 3
_LINE_BREAK = "\x85"
"""Stands in cells for a line's end, so that a row is a line; whoever reads prose knows it."""

Cell = int | float | str | bool | time | date | datetime | timedelta


class Sheet(NamedTuple):
    """A sheet's name, which is empty where it is the only one, and its rows as a file."""

    name: str
    stream: BinaryIO


def sheets(stream: BinaryIO) -> Iterator[Sheet]:
    """Yield the sheets with rows. Raises `UnreadableFeed` for what cannot be opened."""
    refuse_far_cells(stream)
    stream.seek(0)
    try:
        with load_workbook(stream) as workbook:
            chosen = _of_one_table(list(_visible(workbook)))
            for sheet in chosen:
                name = sheet.name if len(chosen) > 1 else ""
                yield Sheet(name, io.BufferedReader(_SheetText(sheet), _PIECE))
    except PasswordError as error:
        message = "The spreadsheet is locked by a password."
        raise UnreadableFeed("encrypted_archive", message) from error
    except CalamineError as error:
        message = "This spreadsheet cannot be opened: save it as xlsx, or as CSV."
        raise UnreadableFeed("spreadsheet", message) from error


def _visible(workbook: CalamineWorkbook) -> Iterator[CalamineSheet]:
    for index, known in enumerate(workbook.sheets_metadata):
        is_shown = known.visible == SheetVisibleEnum.Visible
        if is_shown and known.typ == SheetTypeEnum.WorkSheet:
            sheet = workbook.get_sheet_by_index(index)
            if sheet.total_width > COLUMNS_MAX:
                message = f"There are more than {COLUMNS_MAX} columns."
                raise UnreadableFeed("too_many_columns", message)
            if sheet.total_height:
                yield sheet


def _of_one_table(found: list[CalamineSheet]) -> list[CalamineSheet]:
    if not found:
        raise UnreadableFeed("empty_file", "The spreadsheet has no rows.")
    header = _header(max(found, key=lambda sheet: sheet.height))
    return [sheet for sheet in found if _header(sheet) == header]


def _header(sheet: CalamineSheet) -> list[str]:
    """Return the first row that is no title, as it is compared."""
    for row in sheet.to_python(nrows=_TITLE_ROWS_MAX):
        cells = [text for cell in row if (text := _text(cell).strip().lower())]
        if len(cells) >= _HEADER_CELLS_MIN:
            return cells
    return []


class _SheetText(io.RawIOBase):
    """The rows of a sheet as a file of tabs, from its first row on, whether it is empty or not."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._rows = sheet.iter_rows()
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, delimiter="\t", lineterminator="\n")
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._left) < len(buffer) and (row := next(self._rows, None)) is not None:
            self._writer.writerow(map(_text, row))
            if self._text.tell() >= len(buffer):
                self._take()
        self._take()
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size

    def _take(self) -> None:
        self._left += self._text.getvalue().encode("utf-8", "replace")
        self._text.seek(0)
        self._text.truncate()


def _text(cell: Cell) -> str:
    """Return a cell as it would be typed: whole numbers without a point, days without a time."""
    if isinstance(cell, str):
        return _LINE_BREAK.join(cell.splitlines()).replace("\t", " ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    return str(cell)
