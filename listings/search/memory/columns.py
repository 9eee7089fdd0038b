"""What the replica keeps of each advert: whole numbers, in the binary form that COPY streams.

No column is ever missing, so a row of `COPY … (FORMAT binary)` has a fixed width, and a million
rows become NumPy columns without a loop.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from listings.choices import Status
from listings.search.criteria import FIELDS
from listings.search.fields import Choice, Definition, Flag, Numbers, Origin, Radius, Slugs, Words
from listings.search.ordering import SORT_KEYS

Column: TypeAlias = npt.NDArray[np.integer]
Columns: TypeAlias = Mapping[str, Column]

MISSING = -1
"""No value: no column of an advert is ever negative."""

HEADER_BYTES = 19  # the signature, flags and an empty extension of a binary COPY
TRAILER_BYTES = 2


@dataclasses.dataclass(frozen=True)
class Stored:
    """A column of the replica, the SQL that yields it and the type it is kept in."""

    name: str
    sql: str
    dtype: type[np.signedinteger]


def _sql(name: str, definition: Definition) -> str:
    column = f"listing.{definition.column}"
    if isinstance(definition, Choice):
        values = ", ".join(f"'{value}'" for value in definition.choices.values)
        return f"array_position(ARRAY[{values}], {column}::text)"
    if isinstance(definition, Slugs):
        return f"{column}_id"
    if isinstance(definition, Flag):
        return "coalesce(listing.previous_price > listing.price, false)::int"
    return column


def _microseconds(column: str) -> str:
    return f"extract(epoch FROM listing.{column}) * 1000000"


def _dtype(name: str) -> type[np.signedinteger]:
    if name in ("id", "revision", *_TIMES):
        return np.int64
    is_small = isinstance(FIELDS.get(name), Choice | Flag | Numbers) or name == "shown"
    return np.int8 if is_small else np.int32


_TIMES = {"published_at": _microseconds("published_at"), "expires_at": _microseconds("expires_at")}
STORED = tuple(
    Stored(
        name,
        f"coalesce(({sql})::bigint, {MISSING})",
        _dtype(name),
    )
    for name, sql in {
        "id": "listing.id",
        "shown": f"(listing.status = '{Status.LIVE}' AND dealer.is_active)::int",
        "branch": "listing.branch_id",
        **{
            name: _sql(name, field)
            for name, field in FIELDS.items()
            if field.column not in _TIMES and not isinstance(field, Words | Origin | Radius)
        },
        **{
            key.column: f"listing.{key.column}"
            for key in SORT_KEYS.values()
            if key.column not in _TIMES and key.needs is None
        },
        **_TIMES,
        "revision": "listing.revision::text",
    }.items()
)
SELECT = (
    f"SELECT {', '.join(column.sql for column in STORED)} FROM listings_listing listing"  # noqa: S608 - names of ours
    " JOIN dealers_dealer dealer ON dealer.id = listing.dealer_id"
)

_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for column in STORED
        for part in ((f"{column.name} width", ">i4"), (column.name, ">i8"))
    ]
)


def read(stream: Iterable[bytes | bytearray | memoryview]) -> dict[str, Column]:
    """Turn a binary COPY of `SELECT` into columns."""
    raw = b"".join(stream)
    rows = np.frombuffer(raw[HEADER_BYTES:-TRAILER_BYTES], dtype=_ROW)
    return {column.name: rows[column.name].astype(column.dtype) for column in STORED}
