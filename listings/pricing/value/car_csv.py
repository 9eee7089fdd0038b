"""CSV tables of cars, read line by line: what columns are called, and what a cell says."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self, TypeAlias

Row: TypeAlias = Mapping[str, str]

LINES_MAX = 5_000_000
CELL_LENGTH_MAX = 2_000

_SPELLINGS = {"tax(£)": "tax"}
_COLUMNS = (
    *("make", "model", "derivative", "year", "price", "mileage", "fuelType", "fuel"),
    *("transmission", "engineSize", "engine_cc", "tax", "mpg", "doors", "body_type"),
    *("drivetrain", "power_bhp", "owners", "write_off", "listed_on"),
)
_NAMES = {name.casefold(): name for name in _COLUMNS} | _SPELLINGS
_NUMBER_MAX = 1e9


class BadCarTable(Exception):
    """A table that cannot be read on from a line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")


@dataclass(frozen=True)
class CarLine:
    """A line and its cells as they stand; where `fault` says that it is none, it has no cells."""

    number: int
    cells: Row
    fault: str = ""


class CsvReader(Protocol):
    """What `csv.reader` returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True)
class CarLines:
    """The lines of a table, in the order of the file and read as they are asked for.

    Columns that are known have our names in whatever letter case they stand; iterating raises
    `BadCarTable` where the text is no CSV or too long.
    """

    columns: tuple[str, ...]
    reader: CsvReader

    @classmethod
    def read(cls, text: Iterable[str], needed: Sequence[str]) -> Self:
        """Read the first line. Raises `BadCarTable` where it lacks columns or has one twice."""
        reader = csv.reader(text, strict=True)
        try:
            columns = tuple(_named(name) for name in next(reader, []))
        except csv.Error as error:
            raise BadCarTable(reader.line_num, f"{error}") from None
        if missing := [name for name in needed if name not in columns]:
            raise BadCarTable(1, f"no column {', '.join(missing)}")
        if twice := sorted({name for name in columns if columns.count(name) > 1}):
            raise BadCarTable(1, f"the column {', '.join(twice)} stands twice")
        return cls(columns, reader)

    def __iter__(self) -> Iterator[CarLine]:
        try:
            for cells in self.reader:
                number = self.reader.line_num
                if number > LINES_MAX:
                    raise BadCarTable(number, f"a table has {LINES_MAX:,} lines at most")
                if cells:
                    yield self._line(number, cells)
        except csv.Error as error:
            raise BadCarTable(self.reader.line_num, f"{error}") from None

    def _line(self, number: int, cells: list[str]) -> CarLine:
        if len(cells) != len(self.columns):
            return CarLine(number, {}, f"{len(cells)} cells, not {len(self.columns)}")
        for name, cell in zip(self.columns, cells, strict=True):
            if len(cell) > CELL_LENGTH_MAX:
                fault = f"{name[:40]} has more than {CELL_LENGTH_MAX:,} characters"
                return CarLine(number, {}, fault)
        return CarLine(number, dict(zip(self.columns, cells, strict=True)))


def number_of(text: str) -> float:
    """Return the number in a cell, NaN for a blank one. Raises ValueError."""
    stripped = text.strip()
    if not stripped:
        return math.nan
    number = float(stripped.replace(",", "").removeprefix("£"))
    if not abs(number) < _NUMBER_MAX:  # so that NaN is refused too
        raise ValueError(text)
    return number


def day_of(text: str) -> date | None:
    """Return the day in a cell, which may go on with a time; None for a blank one.

    Raises ValueError.
    """
    stripped = text.strip()
    if stripped[10:11] not in ("", "T", " "):
        raise ValueError(text)
    return date.fromisoformat(stripped[:10]) if stripped else None


def _named(name: str) -> str:
    stripped = name.strip()
    return _NAMES.get(stripped.casefold(), stripped)
