"""A replica of the public adverts in this process, kept fresh from the revisions."""

import dataclasses
import os
import threading
import time

import numpy as np
import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import Connection, sql

from listings.revisions import Moment, one_moment
from listings.search.memory import branches, columns
from listings.search.memory.branches import Branches
from listings.search.memory.columns import Column, Columns
from listings.search.memory.names import Names
from listings.search.memory.store import Store, View

NAMES_SECONDS = 10

log = structlog.get_logger(__name__)

BRANCHES = f"COPY ({branches.SELECT}) TO STDOUT (FORMAT binary)"
LIVE = sql.SQL("listing.status = 'live'")


@dataclasses.dataclass(frozen=True)
class Reading:
    """Rows as of one moment of the database, and its clock in microseconds since 1970.

    `is_whole` tells whether they are all there is, or what differs from the moment before: then
    `removed` are the ids of deleted adverts.
    """

    rows: Columns
    removed: Column
    branches: Branches
    moment: Moment
    clock: int
    is_whole: bool


def read(before: Moment | None, branches_before: Branches | None = None) -> Reading:
    """Read what committed since a moment; all live adverts where the data is another since.

    The branches of the moment before are right while no advert has changed: triggers give the live
    adverts of a changed branch a new revision.
    """
    with one_moment() as moment:
        is_whole = before is None or before.incarnation != moment.incarnation
        ranges = [] if before is None or is_whole else before.snapshot.unseen_until(moment.snapshot)
        condition = LIVE if is_whole else _revision_in(ranges)
        raw: Connection = connection.connection
        with raw.cursor() as cursor:
            cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
            (clock,) = cursor.fetchone() or (0,)
            cursor.execute(
                sql.SQL("SELECT listing_id FROM listings_listingtombstone listing WHERE {}").format(
                    _revision_in(ranges)
                )
            )
            removed = np.array([id_ for (id_,) in cursor], dtype=np.int64)
            copy = sql.SQL("COPY ({} WHERE {}) TO STDOUT (FORMAT binary)").format(
                sql.SQL(columns.SELECT), condition
            )
            with cursor.copy(copy) as stream:
                rows = columns.read(stream)
            places = None if is_whole or len(rows["id"]) else branches_before
            if places is None:
                with cursor.copy(BRANCHES) as stream:
                    places = branches.read(stream)
    return Reading(rows, removed, places, moment, clock, is_whole)


def _revision_in(ranges: list[tuple[int, int]]) -> sql.Composable:
    bounds = sql.SQL("listing.revision >= {}::text::xid8 AND listing.revision < {}::text::xid8")
    each = [bounds.format(sql.Literal(str(low)), sql.Literal(str(high))) for low, high in ranges]
    return sql.SQL(" OR ").join(each) if each else sql.SQL("false")


class Replica:
    """Owns the thread that reads; `view` never waits for it."""

    def __init__(self, *, every: float, age_max: float) -> None:
        """Read every so many seconds; a view older than `age_max` seconds is not handed out."""
        self._every = every
        self._age_max = age_max
        self._current: tuple[View, float] | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopped = threading.Event()
        self._owner = 0
        self.names: Names | None = None

    def view(self) -> tuple[View, int] | None:
        """Return the latest view and the database's clock now; None while there is none to trust.

        The first call in a process, also after a fork, starts the thread.
        """
        self._ensure_running()
        current = self._current
        if current is None:
            return None
        view, read_at = current
        age = time.monotonic() - read_at
        return (view, view.as_of + int(age * 1_000_000)) if age <= self._age_max else None

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _ensure_running(self) -> None:
        if self._owner == os.getpid():
            return
        with self._starting:
            if self._owner != os.getpid():
                if self._owner:
                    # A forked pool has lost its threads and shares its sockets with the parent.
                    DatabaseWrapper._connection_pools.clear()  # type: ignore[attr-defined]  # noqa: SLF001 - Django offers no other way
                self._owner, self._current = os.getpid(), None
                self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        store: Store | None = None
        moment: Moment | None = None
        places: Branches | None = None
        names_read_at = 0.0
        while not self._stopped.is_set():
            started = time.monotonic()
            try:
                if started - names_read_at > NAMES_SECONDS:
                    self.names, names_read_at = Names.load(), started
                reading = read(moment, places)
                if store is None or reading.is_whole:
                    store = Store(reading.rows)
                else:
                    store = store.add(reading.rows, reading.removed)
                moment, places = reading.moment, reading.branches
                self._current = (store.view(reading.clock, reading.branches), started)
            except (OperationalError, InterfaceError) as error:  # the next round goes on from here
                log.warning("replica_lost_the_database", error=str(error).strip())
            except Exception:  # whatever it was, the next round starts afresh
                log.exception("replica_round_failed")
                store = moment = None
            finally:
                connection.close()
            self._stopped.wait(self._every)
