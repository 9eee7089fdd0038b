"""CSV in any dialect: how it separates, quotes and begins is seen from its first lines."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dealers.feeds.files.limits import LINE_CHARACTERS_MAX
from dealers.feeds.files.rows import BlankRows, Fault, SourceRow, UnreadableFeed, named

DELIMITERS = (",", ";", "\t", "|")
_ROWS_LOOKED_AT = 60
# A quote that is opened and never closed swallows rows until the record is given up.
_RECORD_LINES_MAX = 500
_RECOVERIES_MAX = 1_000
# The end of a whole file may have a short row; the end of a file of full rows may not.
_FULL_ROWS_BEFORE_A_CUT = 20


def separated_rows(text: io.TextIOWrapper, sample: str) -> Iterator[SourceRow]:
    """Yield the rows after the header. Raises `UnreadableFeed`."""
    dialect = _dialect_of(sample)
    lines = _Lines(text)
    for _ in range(dialect.skipped):
        next(lines, None)
    yield from _Table(lines, dialect).rows()


def headers_of(sample: str) -> tuple[str, ...]:
    """Return the headers that a file's beginning shows."""
    dialect = _dialect_of(sample)
    lines = list(io.StringIO(sample, newline=""))[dialect.skipped :]
    try:
        return named(next(iter(_rows_of(lines, dialect)), []))
    except csv.Error:
        return ()


class _Dialect(NamedTuple):
    """`skipped` is the number of lines before the header: a title, or Excel's "sep=;"."""

    delimiter: str
    escape: str | None
    skipped: int


class _Lines:
    """The file's lines, which can be given back; `taken` are those since it was last cleared."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._read = text.readline
        self._returned: deque[str] = deque()
        self.number = 0
        self.is_at_end = False
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._read(LINE_CHARACTERS_MAX)
        if not line:
            self.is_at_end = True
            raise StopIteration
        self.number += 1
        if len(line) == LINE_CHARACTERS_MAX:
            message = "A line is too long for a row."
            raise UnreadableFeed("too_large", message, line=self.number)
        if len(self.taken) == _RECORD_LINES_MAX:
            self._returned.appendleft(line)
            self.number -= 1
            raise csv.Error("a record of too many lines")
        if "\0" in line:
            line = line.replace("\0", "")
        self.taken.append(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)
        self.is_at_end = self.is_at_end and not lines


class _Table:
    def __init__(self, lines: _Lines, dialect: _Dialect) -> None:
        self._lines = lines
        self._dialect = dialect
        self._reader = iter(_rows_of(lines, dialect))
        self._recoveries = 0
        self._width = 0
        self._full_rows = 0
        self._short_rows = 0
        self._blank_rows = BlankRows()

    def rows(self) -> Iterator[SourceRow]:
        header = self._header()
        headers = named(header)
        width = self._width = len(headers)
        lines, taken = self._lines, self._lines.taken
        while (cells := self._next()) is not None:
            line = lines.number - len(taken) + 1
            if len(cells) == width:
                if not cells[0].strip() and self._is_blank(cells):
                    continue
                if cells != header:
                    self._full_rows += 1
                    yield SourceRow(line, dict(zip(headers, cells, strict=True)))
            elif not self._is_blank(cells):
                yield self._ragged(line, headers, cells)

    def _header(self) -> list[str]:
        while (cells := self._next()) is not None:
            if not self._is_blank(cells):
                while not cells[-1].strip():
                    cells.pop()
                return cells
        raise UnreadableFeed("empty_file", "The file is empty.")

    def _is_blank(self, cells: list[str]) -> bool:
        if any(map(str.strip, cells)):
            self._blank_rows.end()
            return False
        self._blank_rows.add(self._lines.number)
        return True

    def _next(self) -> list[str] | None:
        """Return the next record's cells, None after the last one."""
        taken = self._lines.taken
        taken.clear()
        try:
            cells = next(self._reader, None)
        except csv.Error:
            cells = []
        if cells is None or (cells and len(taken) == 1 and taken[0][-1] in "\r\n"):
            return cells
        return cells if self._is_sound(cells) else self._recovered()

    def _is_sound(self, cells: list[str]) -> bool:
        """Whether this is one record, in which no quote was left open."""
        taken = self._lines.taken
        if not cells:
            return len(taken) == 1 and not taken[0].strip()
        if self._width and len(cells) != self._width:
            return len(taken) == 1
        try:
            next(iter(_rows_of(taken, self._dialect, strict=True)))
        except csv.Error as error:
            if len(taken) == 1:
                return "unexpected end" not in str(error)
            return bool(self._width) and len(self._alone(taken[0])) != self._width
        return True

    def _recovered(self) -> list[str]:
        """Return the first line's cells, and give the others back to be read as rows."""
        self._recoveries += 1
        if self._recoveries > _RECOVERIES_MAX:
            message = "Too many rows have quotation marks that are not closed."
            raise UnreadableFeed("malformed", message, line=self._lines.number)
        self._refuse_a_cut_end()
        taken = self._lines.taken
        cells = self._alone(taken[0])
        last = next((line for line in reversed(taken) if line.strip()), "")
        are_rows = len(cells) == len(self._alone(last)) == self._width
        if self._lines.is_at_end and self._width and not are_rows:
            raise self._cut_off()
        self._lines.give_back(taken[1:])
        del taken[1:]
        return cells

    def _alone(self, line: str) -> list[str]:
        """Return the cells of one line that leaves a quote open, by the reading that fits."""
        delimiter = self._dialect.delimiter
        bare = csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE)
        readings = []
        for reader in (_rows_of([line], self._dialect), bare):
            try:
                readings.append(next(iter(reader), []))
            except csv.Error:
                continue
        fitting = [cells for cells in readings if len(cells) == self._width]
        if not readings:
            return [*([""] * self._width), "unreadable"]
        return [cell.strip('"\r\n') for cell in (fitting or readings)[0]]

    def _ragged(self, line: int, headers: tuple[str, ...], cells: list[str]) -> SourceRow:
        row = dict(zip(headers, cells, strict=False))
        if len(cells) > len(headers):
            extra = any(map(str.strip, cells[len(headers) :]))
            return SourceRow(line, row, Fault.SHIFTED if extra else Fault.NONE)
        self._refuse_a_cut_end()
        self._short_rows += 1
        return SourceRow(line, row, Fault.SHORT)

    def _refuse_a_cut_end(self) -> None:
        """Refuse a file whose last row breaks off although all before it were full."""
        taken = self._lines.taken
        is_last = bool(taken) and not taken[-1].endswith(("\n", "\r"))
        if is_last and not self._short_rows and self._full_rows >= _FULL_ROWS_BEFORE_A_CUT:
            raise self._cut_off()

    def _cut_off(self) -> UnreadableFeed:
        message = "The file breaks off in the middle of a row."
        return UnreadableFeed("truncated", message, line=self._lines.number)


def _rows_of(
    lines: Iterable[str], dialect: _Dialect, *, strict: bool = False
) -> Iterable[list[str]]:
    return csv.reader(lines, delimiter=dialect.delimiter, escapechar=dialect.escape, strict=strict)


def _dialect_of(sample: str) -> _Dialect:
    """Return the dialect in which most of the sample's rows have as many cells as its header."""
    lines = list(io.StringIO(sample, newline=""))
    said = _said(lines)
    candidates = [
        _Dialect(delimiter, escape, 0)
        for delimiter in ([said] if said else DELIMITERS)
        for escape in ((None, "\\") if '\\"' in sample else (None,))
    ]
    lines = lines[1:] if said else lines
    best = max(candidates, key=lambda dialect: _fit(lines, dialect))
    return best._replace(skipped=(1 if said else 0) + _titles(lines, best))


def _said(lines: Sequence[str]) -> str | None:
    first = lines[0].strip().strip('"').lower() if lines else ""
    said = lines[0].strip().strip('"')[4:5] if first.startswith("sep=") else ""
    return "\t" if first == "sep=" else said if said in DELIMITERS else None


def _fit(lines: Sequence[str], dialect: _Dialect) -> float:
    """Return how well the sample reads: many columns, and rows that have as many as the header."""
    rows = _sampled(lines[_titles(lines, dialect) :], dialect)
    if not rows or len(rows[0]) == 1:
        return 0
    width = len(rows[0])
    agreeing = sum(len(row) == width for row in rows)
    return width * (0.2 + agreeing / len(rows))


def _titles(lines: Sequence[str], dialect: _Dialect) -> int:
    """Return how many lines come before the header: blank ones, and a title of one cell."""
    rows = [next(iter(_sampled([line], dialect)), []) for line in lines[:10]]
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    skipped = 0
    while skipped + 1 < len(filled) and filled[skipped] <= 1 and max(filled[skipped + 1 :]) >= 3:
        skipped += 1
    return skipped


def _sampled(lines: Sequence[str], dialect: _Dialect) -> list[list[str]]:
    rows = []
    try:
        for row in _rows_of(lines, dialect):
            if row:
                rows.append(row)
            if len(rows) == _ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass
    return rows
