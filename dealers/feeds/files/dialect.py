"""How a CSV file separates, quotes and begins, seen from its first lines."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
_ROWS_LOOKED_AT = 60


class Dialect(NamedTuple):
    """`skipped` is the number of lines before the header: a title, or Excel's "sep=;"."""

    delimiter: str
    escape: str | None
    skipped: int


def rows_of(
    lines: Iterable[str], dialect: Dialect, *, strict: bool = False
) -> "Iterable[list[str]]":
    return csv.reader(lines, delimiter=dialect.delimiter, escapechar=dialect.escape, strict=strict)


def dialect_of(sample: str) -> Dialect:
    """Return the dialect in which most of the sample's rows have as many cells as its header."""
    lines = list(io.StringIO(sample, newline=""))
    said = _said(lines)
    candidates = [
        Dialect(delimiter, escape, 0)
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


def _fit(lines: Sequence[str], dialect: Dialect) -> float:
    """Return how well the sample reads: many columns, and rows that have as many as the header."""
    rows = _sampled(lines[_titles(lines, dialect) :], dialect)
    if not rows or len(rows[0]) == 1:
        return 0
    width = len(rows[0])
    agreeing = sum(len(row) == width for row in rows)
    return width * (0.2 + agreeing / len(rows))


def _titles(lines: Sequence[str], dialect: Dialect) -> int:
    """Return how many lines come before the header: blank ones, and a title of one cell."""
    rows = [next(iter(_sampled([line], dialect)), []) for line in lines[:10]]
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    skipped = 0
    while skipped + 1 < len(filled) and filled[skipped] <= 1 and max(filled[skipped + 1 :]) >= 3:
        skipped += 1
    return skipped


def _sampled(lines: Sequence[str], dialect: Dialect) -> list[list[str]]:
    rows = []
    try:
        for row in rows_of(lines, dialect):
            if row:
                rows.append(row)
            if len(rows) == _ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass
    return rows
