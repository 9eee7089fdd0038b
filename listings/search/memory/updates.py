"""Reads of the database, each as of one moment of it."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from psycopg import Connection, Cursor, sql

from listings.models.conditions import LIVE_SQL
from listings.revisions import ReadMoment, one_moment
from listings.search.memory import branches, columns, ratings
from listings.search.memory.branches import Branches
from listings.search.memory.columns import TITLE_HASH, Column, Columns
from listings.search.memory.postings import Titles
from listings.search.memory.ratings import UnreadRatings
from marketplace.databases.read_routes import read_connection

BRANCHES = f"COPY ({branches.SELECT}) TO STDOUT (FORMAT binary)"
LIVE = sql.SQL(LIVE_SQL)
CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
REMOVED = sql.SQL("SELECT listing_id FROM listings_listingtombstone listing WHERE {}")
ROWS = sql.SQL(f"COPY ({columns.SELECT} WHERE {{}}) TO STDOUT (FORMAT binary)")
TITLES = sql.SQL(
    f"SELECT {TITLE_HASH}, title FROM listings_listing listing WHERE {{}} GROUP BY title"  # noqa: S608 - names of ours
)


@dataclasses.dataclass(frozen=True)
class ReplicaUpdate:
    """Rows as of one moment of the database, and its clock in microseconds since 1970.

    `is_whole` tells whether they are all there is, or what differs from the moment before: then
    `removed` are the ids of deleted adverts, and `ratings` some that are new of any advert, of
    which `unread` are left for the next time. `titles` are those of the rows.
    """

    rows: Columns
    titles: Titles
    removed: Column
    branches: Branches
    moment: ReadMoment
    clock: int
    is_whole: bool
    ratings: Columns = dataclasses.field(default_factory=ratings.none)
    unread: tuple[UnreadRatings, ...] = ()


def read_update(
    before: ReadMoment | None,
    branches_before: Branches | None = None,
    unread: tuple[UnreadRatings, ...] = (),
) -> ReplicaUpdate:
    """Read what committed since a moment; all live adverts where the data is another since.

    The branches of the moment before are right while no advert has changed: triggers give the live
    adverts of a changed branch a new revision. `unread` are the ratings that were left then.
    """
    with one_moment(after=0 if before is None else before.log_position) as moment:
        is_whole = before is None or not moment.remembers(before.snapshot, before.incarnation)
        ranges = [] if before is None or is_whole else before.snapshot.unseen_until(moment.snapshot)
        condition = LIVE if is_whole else _revision_in(ranges)
        raw: Connection = read_connection().connection
        with raw.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # no visitor waits for this
            clock = _number(cursor, CLOCK)
            removed = [id_ for (id_,) in cursor.execute(REMOVED.format(_revision_in(ranges)))]
            with cursor.copy(ROWS.format(condition)) as stream:
                rows = columns.read(stream)
            titles = Titles(cursor.execute(TITLES.format(condition)) if len(rows["id"]) else ())
            left = () if is_whole else (*unread, *(UnreadRatings(*each) for each in ranges))
            rated, left = ratings.read_some(cursor, left)
            places = None if is_whole or len(rows["id"]) else branches_before
            if places is None:
                with cursor.copy(BRANCHES) as stream:
                    places = branches.read(stream)
    gone = np.array(removed, dtype=np.int64)
    return ReplicaUpdate(rows, titles, gone, places, moment, clock, is_whole, rated, left)


def read_adverts(ids: Sequence[int]) -> ReplicaUpdate:
    """Read those of some adverts that are there, whatever their status, and all branches."""
    condition = sql.SQL("listing.id = ANY({})").format(sql.Literal(list(ids)))
    with one_moment() as moment:
        raw: Connection = read_connection().connection
        with raw.cursor() as cursor:
            clock = _number(cursor, CLOCK)
            with cursor.copy(ROWS.format(condition)) as stream:
                rows = columns.read(stream)
            titles = Titles(cursor.execute(TITLES.format(condition)) if len(rows["id"]) else ())
            with cursor.copy(BRANCHES) as stream:
                places = branches.read(stream)
    nothing = np.zeros(0, dtype=np.int64)
    return ReplicaUpdate(rows, titles, nothing, places, moment, clock, is_whole=False)


def _number(cursor: Cursor, statement: str) -> int:
    (number,) = cursor.execute(statement).fetchone() or (0,)
    return int(number)


def _revision_in(ranges: list[tuple[int, int]]) -> sql.Composable:
    bounds = sql.SQL("listing.revision >= {}::text::xid8 AND listing.revision < {}::text::xid8")
    each = [bounds.format(sql.Literal(str(low)), sql.Literal(str(high))) for low, high in ranges]
    return sql.SQL(" OR ").join(each) if each else sql.SQL("false")
