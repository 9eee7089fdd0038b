"""What the replica keeps of each advert: whole numbers, in the binary form that COPY streams.

No column is ever missing, so a row of `COPY … (FORMAT binary)` has a fixed width, and a million
rows become NumPy columns without a loop.
"""

import dataclasses
import secrets
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from django.db.models import PositiveSmallIntegerField

from listings.models import Listing
from listings.models.conditions import SHOWN_SQL
from listings.models.value import RATED_SQL
from listings.search.criteria import FIELDS
from listings.search.fields import (
    AllOf,
    Choice,
    FilterField,
    Flag,
    Numbers,
    Origin,
    Radius,
    RatedAs,
    Slugs,
    Wishes,
    Words,
)
from listings.search.ordering import SORT_KEYS
from marketplace.databases.binary_copy import row_type, rows_of

Column: TypeAlias = npt.NDArray[np.integer]
Columns: TypeAlias = Mapping[str, Column]

MISSING = -1
"""No value: no column of an advert is ever negative."""

ABSENT = {name: field.absent for name, field in FIELDS.items() if field.absent is not None}
"""What adverts whose column has `MISSING` are asked for by."""
CODES: Mapping[str, Mapping[str, int]] = {
    name: {value: code for code, value in enumerate(field.choices.values, start=1)}
    | ({ABSENT[name]: MISSING} if name in ABSENT else {})
    for name, field in FIELDS.items()
    if isinstance(field, Choice)
}
"""The number of each value of a field, as the columns have it."""

TITLE_HASH = f"hashtextextended(listing.title, {secrets.randbits(62)})"
"""Stands for a title; nobody can write a title that has another's, as the seed is a secret."""

EPOCH_2000 = 946_684_800_000_000  # PostgreSQL counts microseconds from 2000, we from 1970


@dataclasses.dataclass(frozen=True)
class Stored:
    """A column of the replica: the SQL that yields it, and the types it is sent and kept in.

    `sent` is empty for a column that is sent as one byte of several, as each field of a row costs
    the server and the stream more than its bits.
    """

    name: str
    sql: str
    sent: str
    kept: type[np.signedinteger]
    offset: int = 0


def _whole(name: str, column: str) -> Stored:
    field = Listing._meta.get_field(column)
    is_small = isinstance(field, PositiveSmallIntegerField)
    sql = f"coalesce(listing.{column}, {MISSING})::int{2 if is_small else 4}"
    return Stored(name, sql, ">i2" if is_small else ">i4", np.int16 if is_small else np.int32)


def _row(name: str, column: str) -> Stored:
    """The database refuses an id beyond 32 bits, so that none is ever taken for another."""
    return Stored(name, f"listing.{column}_id::int4", ">i4", np.int32)


def _time(column: str) -> Stored:
    sql = f"coalesce(listing.{column}, '2000-01-01Z'::timestamptz)"
    return Stored(column, sql, ">i8", np.int64, EPOCH_2000)


def _small(name: str, sql: str) -> Stored:
    return Stored(name, sql, "", np.int8)


def _stored(name: str, field: FilterField) -> Stored:
    if isinstance(field, AllOf):
        return Stored(name, f"coalesce(listing.{field.column}, 0)", ">i8", np.int64)
    if isinstance(field, Choice):
        codes = ((value, code) for value, code in CODES[name].items() if code != MISSING)
        cases = " ".join(f"WHEN '{value}' THEN {code}" for value, code in codes)
        row = "value" if isinstance(field, RatedAs) else "listing"
        return _small(name, f"CASE {row}.{field.column} {cases} ELSE {MISSING} END")
    if isinstance(field, Slugs):
        return _row(name, field.column)
    if isinstance(field, Numbers):
        return _small(name, f"coalesce(listing.{field.column}, {MISSING})")
    if isinstance(field, Flag):
        return _small(name, f"(listing.{field.column} IS NOT NULL)::int")
    return _whole(name, field.column)


_TIMES = ("published_at", "expires_at")
STORED = (
    Stored("id", "listing.id", ">i8", np.int64),
    _small("shown", f"({SHOWN_SQL})::int"),
    _row("branch", "branch"),
    *(
        _stored(name, field)
        for name, field in FIELDS.items()
        if field.column not in _TIMES and not isinstance(field, Words | Wishes | Origin | Radius)
    ),
    *(
        _whole(key.column, key.column)
        for key in SORT_KEYS.values()
        if key.column not in (*_TIMES, *FIELDS) and key.needs is None and not key.is_rated
    ),
    Stored("price_ratio", f"coalesce(value.ratio, {MISSING})::int2", ">i2", np.int16),
    *map(_time, _TIMES),
    Stored("revision", "coalesce(listing.revision, '0')", ">i8", np.int64),
)
TITLE = Stored("title", TITLE_HASH, ">i8", np.int64)
_ALONE = (*(column for column in STORED if column.sent), TITLE)
_SMALL = [column for column in STORED if not column.sent]
_BYTES = 7  # of a bigint, whose sign is left alone
_PACKS = [_SMALL[first : first + _BYTES] for first in range(0, len(_SMALL), _BYTES)]


def _packed(columns: list[Stored]) -> str:
    return " | ".join(
        f"((({column.sql}) - ({MISSING}))::bigint << {8 * place})"
        for place, column in enumerate(columns)
    )


SELECT = (
    f"SELECT {', '.join([*(column.sql for column in _ALONE), *map(_packed, _PACKS)])}"  # noqa: S608 - names of ours
    " FROM listings_listing listing JOIN dealers_dealer dealer ON dealer.id = listing.dealer_id"
    f" LEFT JOIN listings_listingvalue value ON {RATED_SQL}"
)
_FIELDS = [
    *((column.name, column.sent) for column in _ALONE),
    *((f"pack {number}", ">i8") for number in range(len(_PACKS))),
]
_ROW = row_type(_FIELDS)


def read(stream: Iterable[bytes | bytearray | memoryview]) -> dict[str, Column]:
    """Turn a binary COPY of `SELECT` into columns."""
    parts: dict[str, list[Column]] = {column.name: [] for column in (*STORED, TITLE)}
    for rows in rows_of(stream, _ROW):
        for column in _ALONE:
            values = rows[column.name] + column.offset if column.offset else rows[column.name]
            parts[column.name].append(values.astype(column.kept))
        for number, columns in enumerate(_PACKS):
            numbers = rows[f"pack {number}"].astype("<i8").view(np.int8).reshape(-1, 8)
            for place, column in enumerate(columns):
                parts[column.name].append(numbers[:, place] + np.int8(MISSING))
    return {name: np.concatenate(parts.pop(name)) for name in tuple(parts)}
