"""Rows of the database as cars in columns: adverts and asking prices alike.

Rows come as binary COPY of fixed width, so that a million of them are columns without a loop. The
texts of derivatives come apart, each once, by their hash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import TextChoices
from psycopg import Connection, sql

from listings.choices import BodyType, Drivetrain, Fuel, Transmission
from listings.pricing.value.cars import MISSING, CarTable, digests
from listings.pricing.value.specifications import Specification, specification_of
from marketplace.databases.binary_copy import row_type, rows_of
from marketplace.digests import digest

Columns: TypeAlias = Mapping[str, npt.NDArray[Any]]

DAYS_A_YEAR = 365.25
EPOCH = date(1970, 1, 1)
_COPY = sql.SQL("COPY (SELECT {} FROM {} WHERE {}) TO STDOUT (FORMAT binary)")
_TEXTS = sql.SQL("SELECT {}, min({}) FROM {} WHERE {} GROUP BY 1")
_PACKED = 7  # bytes of a bigint, whose sign is left alone
_SMALL_MAX = 126
_CHOICES: Mapping[str, type[TextChoices]] = {
    "fuel": Fuel,
    "transmission": Transmission,
    "body_type": BodyType,
    "drivetrain": Drivetrain,
}
_PLAIN = ("key", "dealer", "make", "model", "mileage", "listed_on")
_MEASURES = {"engine_cc": 1, "power_bhp": 1, "mpg": 10, "doors": 1, "owners": 1, "tax": 1}
"""Columns of numbers that may be unknown, and what they are sent in parts of."""


@dataclass(frozen=True)
class CarSource:
    """Where cars come from: a table and its joins, and the name that its rows have there.

    `car` is the text that tells a physical car from all others. `wide` are statements of SQL with
    the types that they are sent as; `small` are numbers from 0 to 126 or null, a byte each.
    """

    row: str
    source: str
    car: str
    wide: Mapping[str, tuple[str, str]]
    small: Mapping[str, str]

    def read(self, condition: sql.Composable) -> Columns:
        """Return columns of the rows by a condition; -1 stands for null."""
        packs, wide = self._packs(), {**self.wide, "identity": (identity_sql(self.car), ">i8")}
        sent = {**wide, **{name: (text, ">i8") for name, text in packs.items()}}
        select = ", ".join(text for text, _ in sent.values())
        parts: dict[str, list[npt.NDArray]] = {name: [] for name in (*wide, *self.small)}
        kind = row_type((name, kind) for name, (_, kind) in sent.items())
        copying = _COPY.format(sql.SQL(select), sql.SQL(self.source), condition)
        raw: Connection = connection.connection
        with raw.cursor() as cursor, cursor.copy(copying) as stream:
            for rows in rows_of(stream, kind):
                for name in wide:
                    parts[name].append(rows[name].astype(rows[name].dtype.newbyteorder("=")))
                packed = [rows[name].astype("<i8").view(np.uint8).reshape(-1, 8) for name in packs]
                for place, name in enumerate(self.small):
                    byte = packed[place // _PACKED][:, place % _PACKED]
                    parts[name].append(byte.astype(np.int8) - np.int8(1))
        return {name: np.concatenate(parts.pop(name)) for name in tuple(parts)}

    def cars(self, columns: Columns, condition: sql.Composable, as_of: date) -> CarTable:
        """Return those rows as cars, as old as on a day where `born` says when they were new."""
        texts, number = self._derivatives(columns["derivative"], condition)
        says = _Derivatives.of([specification_of(text) for text in texts])
        measures = {
            name: _unknown_as_nan(columns[name]) / parts
            for name, parts in _MEASURES.items()
            if name in columns
        }
        for name, said in says.measures.items():
            measures[name] = np.where(np.isnan(measures[name]), said[number], measures[name])
        choices = {name: columns[name] for name in _CHOICES}
        for name, code in says.choices.items():
            choices[name] = np.where(choices[name] == MISSING, code[number], choices[name])
        days = columns["born"].astype(np.float64)
        plain = {name: columns[name] for name in _PLAIN if name in columns}
        return CarTable.of(
            **plain,
            **measures,
            **choices,
            identity=columns["identity"].view(np.uint64),
            derivative=says.derivative[number],
            trim=says.trim[number],
            age_years=np.maximum((as_of - EPOCH).days - days, 0) / DAYS_A_YEAR,
            is_written_off=columns["is_written_off"] > 0,
            price=_unknown_as_nan(columns["price"]),
        )

    def _packs(self) -> dict[str, str]:
        texts = [
            f"(least(coalesce({text}, {MISSING}), {_SMALL_MAX}) + 1)::bigint"
            for text in self.small.values()
        ]
        packs = [texts[first : first + _PACKED] for first in range(0, len(texts), _PACKED)]
        return {
            f"pack {number}": " | ".join(f"({each} << {8 * at})" for at, each in enumerate(pack))
            for number, pack in enumerate(packs)
        }

    def _derivatives(
        self, hashes: npt.NDArray[np.integer], condition: sql.Composable
    ) -> tuple[list[str], npt.NDArray[np.integer]]:
        """Return the texts that there are, and which of them each row has."""
        text = sql.SQL(f"{self.row}.derivative")
        source = sql.SQL(self.source)
        statement = _TEXTS.format(sql.SQL(_text_hash(self.row)), text, source, condition)
        raw: Connection = connection.connection
        with raw.cursor() as cursor:
            texts: dict[int, str] = dict(cursor.execute(statement).fetchall())
        distinct, number = np.unique(hashes, return_inverse=True)
        return [texts.get(int(each), "") for each in distinct], number


@dataclass(frozen=True)
class _Derivatives:
    """What derivatives say, in columns: codes, and what fills fields that are not stated."""

    derivative: npt.NDArray[np.int32]
    trim: npt.NDArray[np.int32]
    measures: Mapping[str, npt.NDArray[np.float64]]
    choices: Mapping[str, npt.NDArray[np.int8]]

    @classmethod
    def of(cls, says: Sequence[Specification]) -> Self:
        return cls(
            derivative=_coded([each.key for each in says]),
            trim=_coded([each.trim for each in says]),
            measures={
                name: np.array([getattr(each, name) for each in says], np.float64)
                for name in ("engine_cc", "power_bhp", "doors")
            },
            choices={
                name: np.array(
                    [_code(_CHOICES[name], getattr(each, name)) for each in says], np.int8
                )
                for name in ("body_type", "drivetrain")
            },
        )


def shared_columns(row: str, *, day: str, born: str) -> dict[str, tuple[str, str]]:
    """Return the wide columns that all sources have; `day` is when the price was asked."""
    return {
        "model": (f"{row}.model_id::int4", ">i4"),
        "derivative": (_text_hash(row), ">i8"),
        "mileage": (f"{row}.mileage::int4", ">i4"),
        "engine_cc": (f"coalesce({row}.engine_cc, {MISSING})::int4", ">i4"),
        "power_bhp": (f"coalesce({row}.power_bhp, {MISSING})::int4", ">i4"),
        "mpg": (f"coalesce({row}.mpg * 10, {MISSING})::int4", ">i4"),
        "price": (f"coalesce({row}.price, {MISSING})::int4", ">i4"),
        "listed_on": (days(day), ">i4"),
        "born": (days(born), ">i4"),
    }


def small_columns(row: str) -> dict[str, str]:
    """Return the small columns that all sources have."""
    return {
        **{name: _choice(f"{row}.{name}", choices) for name, choices in _CHOICES.items()},
        "doors": f"{row}.doors",
        "owners": f"{row}.owners",
        "is_written_off": f"({row}.write_off IS NOT NULL)::int",
    }


def days(day: str) -> str:
    return f"(({day})::date - DATE '1970-01-01')::int4"


def identity_sql(car: str) -> str:
    """Return the SQL of a car's identity; it is seeded, so that nobody can try marks out."""
    return f"hashtextextended({car}, {int(digest('identity of a car', '')[:15], 16)})"


def _text_hash(row: str) -> str:
    return f"hashtextextended({row}.derivative, 0)"


def _choice(column: str, choices: type[TextChoices]) -> str:
    cases = " ".join(f"WHEN '{each}' THEN {code}" for code, each in enumerate(choices.values))
    return f"CASE {column} {cases} END"


def _code(choices: type[TextChoices], value: str) -> int:
    return choices.values.index(value) if value in choices.values else MISSING


def _coded(texts: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return a code for each text, the same in every process; -1 for none."""
    codes = (digests(list(texts)) >> np.uint64(33)).astype(np.int32)
    return np.where([bool(text) for text in texts], codes, np.int32(MISSING))


def _unknown_as_nan(column: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    return np.where(column < 0, np.nan, column.astype(np.float64))
