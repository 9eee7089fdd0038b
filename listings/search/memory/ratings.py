"""Ratings, which are read, kept and changed apart from the adverts that they are of.

A refit rates very many adverts anew at once, of which nothing else changes. Their rows stay where
they are: the columns and the bitmaps of ratings alone are copied, changed and put in place of those
before, which whoever reads them keeps. Rating a million adverts anew takes no new store, and as a
round reads but so many ratings, adverts stay fresh meanwhile.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from psycopg import Cursor, sql

from listings.models.value import RATED_SQL
from listings.search.memory.columns import MISSING, STORED, Column
from marketplace.databases.binary_copy import rows_of

READ_MAX = 100_000
"""So many ratings are read in a round; the others in the next ones."""
RATED = ("price_rating", "price_ratio")
"""The columns of a rating; both are missing where an advert has none that holds."""

_SQL = {column.name: column.sql for column in STORED}
_HELD = [f"(CASE WHEN {RATED_SQL} THEN {_SQL[name]} ELSE {MISSING} END)::int2" for name in RATED]
_SELECT = (
    f"SELECT {', '.join(['listing.id', 'value.revision', *_HELD])} FROM ("  # noqa: S608 - names of ours
    "SELECT * FROM listings_listingvalue value WHERE {}"
    " ORDER BY value.revision, value.listing_id LIMIT {}"  # before adverts are joined to them
    ") AS value JOIN listings_listing listing ON listing.id = value.listing_id"
)
SELECTED = sql.SQL(f"COPY ({_SELECT}) TO STDOUT (FORMAT binary)")
_NAMES = (("id", ">i8"), ("revision", ">i8"), *((name, ">i2") for name in RATED))
_ROW = np.dtype(
    [("fields", ">i2")]
    + [part for name, sent in _NAMES for part in ((f"{name} width", ">i4"), (name, sent))]
)


def read(stream: Iterable[bytes | bytearray | memoryview]) -> dict[str, Column]:
    """Turn a binary COPY of `SELECTED` into columns, in the order of their revisions and ids."""
    rows = np.concatenate(list(rows_of(stream, _ROW)))
    rows = rows[np.lexsort((rows["id"], rows["revision"]))]
    kept = {column.name: column.kept for column in STORED}
    return {name: rows[name].astype(kept[name]) for name, _ in _NAMES}


def none() -> dict[str, Column]:
    """Return no rating."""
    return {name: np.zeros(0, dtype=np.int64) for name, _ in _NAMES}


class UnreadRatings(NamedTuple):
    """Revisions from one to below another whose ratings are to be read, after a rating of them."""

    low: int
    high: int
    after: tuple[int, int] = (0, 0)

    @property
    def condition(self) -> sql.Composable:
        revision, id_ = self.after
        return sql.SQL(
            "value.revision >= {}::text::xid8 AND value.revision < {}::text::xid8"
            " AND (value.revision, value.listing_id) > ({}::text::xid8, {})"
        ).format(*(sql.Literal(str(each)) for each in (self.low, self.high, revision)), id_)


def read_some(
    cursor: Cursor, unread: Sequence[UnreadRatings]
) -> tuple[dict[str, Column], tuple[UnreadRatings, ...]]:
    """Return at most `READ_MAX` ratings as they are now, and what is left to be read."""
    parts, room, left = [none()], READ_MAX, list(unread)
    while left and room:
        statement = SELECTED.format(left[0].condition, sql.Literal(room))
        with cursor.copy(statement) as stream:
            rows = read(stream)
        parts.append(rows)
        span = left.pop(0)
        if len(rows["id"]) == room:
            left.insert(0, span._replace(after=(int(rows["revision"][-1]), int(rows["id"][-1]))))
        room -= len(rows["id"])
    return {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}, tuple(left)
