"""Tables of asking prices as CSV files: read into cars, without a database."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from listings.pricing.value.car_csv import BadCarTable, CarLines, Row, day_of, number_of
from listings.pricing.value.cars import MISSING, CarTable, digests
from listings.pricing.value.specifications import specification_of

REQUIRED = ("make", "model", "year", "mileage", "price", "transmission", "fuelType", "engineSize")
"""The columns that a file must have; `price` only where the market is learnt from it."""

_NUMBERS = ("year", "price", "mileage", "tax", "mpg", "engineSize", "doors", "power_bhp", "owners")
_CHOICES = {"fuel": "fuelType", "transmission": "transmission"}
_NO = frozenset({"", "no", "none", "false", "0", "not recorded"})
_FAULTS_SHOWN = 20
_CODES_MAX = 120
_FIRST_YEAR = 1900
_A_CURRENT_YEAR = 0.001  # a year that at least so many of the cars have is no slip


class BadCarFile(Exception):
    """A file that can not be read as it stands; each fault names its line."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        shown = list(faults[:_FAULTS_SHOWN])
        if len(faults) > _FAULTS_SHOWN:
            shown.append(f"and {len(faults) - _FAULTS_SHOWN:,} more")
        super().__init__("\n".join(f"{path}: {fault}" for fault in shown))


@dataclass(frozen=True)
class CarFile:
    """The rows of a file as they stand, and the names of its columns."""

    path: Path
    columns: tuple[str, ...]
    rows: list[Row]

    @classmethod
    def read(cls, path: Path, *, is_priced: bool) -> Self:
        """Read a whole file. Raises `BadCarFile` with all that is wrong with it."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                lines = CarLines.read(
                    file, [name for name in REQUIRED if is_priced or name != "price"]
                )
                rows, faults = _rows(lines)
        except UnicodeDecodeError as error:
            raise BadCarFile(path, [f"not UTF-8: {error.reason}"]) from error
        except BadCarTable as error:
            raise BadCarFile(path, [str(error)]) from error
        except OSError as error:
            raise BadCarFile(path, [error.strerror or str(error)]) from error
        if faults:
            raise BadCarFile(path, faults)
        return cls(path, lines.columns, rows)


@dataclass(frozen=True)
class CarFileCoder:
    """Turns rows into cars; made of the file that the market is learnt from.

    The year of the table is the latest that is no slip: ages count from it, or from the day a car
    was listed where that is stated.
    """

    year: float
    codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Self:
        years, counts = np.unique([_number(row, "year") for row in rows], return_counts=True)
        is_current = np.isfinite(years) & (counts >= _A_CURRENT_YEAR * len(rows))
        codes = {
            column: {text: code for code, text in enumerate(_texts(rows, column)[:_CODES_MAX])}
            for column in ("fuelType", "transmission", "body_type", "drivetrain")
        }
        return cls(float(years[is_current].max(initial=0)), codes)

    def cars(self, rows: Sequence[Row]) -> CarTable:
        """Return the cars, in the order of the rows; rows of the same content are one car."""
        says = [specification_of(row.get("derivative", "")) for row in rows]
        content = [_content(row) for row in rows]
        price = _numbers(rows, "price")
        order = np.lexsort((price, np.array(content, dtype=object).astype(str)))
        key = np.empty(len(rows), np.int64)
        key[order] = np.arange(len(rows))
        columns: dict[str, npt.ArrayLike] = {
            "key": key,
            "identity": digests(content),
            "make": _digested([_text(row, "make") for row in rows]),
            "model": _digested([f"{_text(row, 'make')}|{_text(row, 'model')}" for row in rows]),
            "derivative": _digested([each.key for each in says]),
            "trim": _digested([each.trim for each in says]),
            "age_years": self._ages(rows),
            "mileage": _numbers(rows, "mileage"),
            "fuel": self._coded("fuelType", [_text(row, "fuelType") for row in rows]),
            "transmission": self._coded("transmission", [_text(r, "transmission") for r in rows]),
            "engine_cc": _filled(_engine_sizes(rows), [each.engine_cc for each in says]),
            "doors": _filled(_numbers(rows, "doors"), [each.doors for each in says]),
            "power_bhp": _filled(_numbers(rows, "power_bhp"), [each.power_bhp for each in says]),
            "owners": _numbers(rows, "owners"),
            "mpg": _numbers(rows, "mpg"),
            "tax": _numbers(rows, "tax"),
            "is_written_off": [_text(row, "write_off") not in _NO for row in rows],
            "price": np.where(price > 0, price, np.nan),
            "listed_on": [_day(row) for row in rows],
        }
        for name in ("body_type", "drivetrain"):
            stated = [
                _text(row, name) or getattr(each, name)
                for row, each in zip(rows, says, strict=True)
            ]
            columns[name] = self._coded(name, stated)
        return CarTable.of(**columns)

    def _ages(self, rows: Sequence[Row]) -> np.ndarray:
        year, day = _numbers(rows, "year"), np.array([_day(row) for row in rows])
        now = np.where(np.isfinite(day), 1970 + day / 365.25, self.year + 0.5)
        age = now - year - 0.5
        is_plausible = (year >= _FIRST_YEAR) & (age > -2)
        return np.where(is_plausible, np.maximum(age, 0), np.nan)

    def _coded(self, column: str, texts: Sequence[str]) -> list[int]:
        codes = self.codes[column]
        return [codes.get(text, MISSING) for text in texts]


def _rows(lines: CarLines) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    faults: list[str] = []
    for line in lines:
        found = [line.fault] if line.fault else _faults(line.cells)
        faults += [f"line {line.number}: {fault}" for fault in found]
        rows.append(line.cells)
    return rows, faults


def _faults(row: Row) -> Iterator[str]:
    for name in ("make", "model"):
        if not row[name].strip():
            yield f"{name} is empty"
    for name in _NUMBERS:
        if _is_faulty(_number, row, name):
            yield f"{name} is no number: {row[name][:40]!r}"
    if _is_faulty(lambda row, _: _day(row), row, "listed_on"):
        yield f"listed_on is no date: {row['listed_on'][:40]!r}"


def _is_faulty(read: Callable[[Row, str], float], row: Row, name: str) -> bool:
    try:
        return read(row, name) < 0
    except ValueError:
        return True


def _number(row: Row, name: str) -> float:
    return number_of(row.get(name, ""))


def _numbers(rows: Sequence[Row], name: str) -> np.ndarray:
    return np.array([_number(row, name) for row in rows], np.float64)


def _engine_sizes(rows: Sequence[Row]) -> np.ndarray:
    """Return cubic centimetres; a size is stated in litres or in cc, and 0 is not known."""
    size = _numbers(rows, "engineSize")
    size = np.where(size >= 50, size, size * 1_000)
    return np.where(size > 0, size, np.nan)


def _day(row: Row) -> float:
    day = day_of(row.get("listed_on", ""))
    return math.nan if day is None else float((day - date(1970, 1, 1)).days)


def _text(row: Row, name: str) -> str:
    return " ".join(row.get(name, "").casefold().split())


def _texts(rows: Sequence[Row], column: str) -> list[str]:
    stated = {_text(row, column) for row in rows}
    if column in {"body_type", "drivetrain"}:
        derivatives = {row.get("derivative", "") for row in rows}
        stated |= {getattr(specification_of(text), column) for text in derivatives}
    return sorted(stated - {""})


def _content(row: Row) -> str:
    """Return all that a row says but the price: rows that say the same are one car."""
    numbers = [str(_number(row, name)) for name in _NUMBERS if name != "price"]
    names = ("make", "model", "derivative", "fuelType", "transmission", "body_type", "write_off")
    return "|".join([*(_text(row, name) for name in names), *numbers, _text(row, "listed_on")])


def _digested(texts: Sequence[str]) -> np.ndarray:
    """Return a code of 31 bits for each text, -1 for none."""
    codes = (digests(list(texts)) >> np.uint64(33)).astype(np.int64)
    return np.where(np.array([not text for text in texts]), MISSING, codes)


def _filled(stated: np.ndarray, said: Sequence[float | None]) -> np.ndarray:
    """Return what a column states, and where it is silent what the derivative says."""
    other = np.array([math.nan if each is None else each for each in said], np.float64)
    return np.where(np.isfinite(stated), stated, other)
