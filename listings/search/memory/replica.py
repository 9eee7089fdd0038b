"""A replica of the public adverts in this process, kept fresh from the revisions."""

import dataclasses
import os
import threading
import time

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import Connection, sql

from listings.search.memory import columns
from listings.search.memory.columns import Columns
from listings.search.memory.names import Names
from listings.search.memory.store import Store, View

NAMES_SECONDS = 10

log = structlog.get_logger(__name__)

CHANGED = sql.SQL(
    " WHERE listing.revision >= pg_snapshot_xmin({before}::pg_snapshot)"
    " AND NOT pg_visible_in_snapshot(listing.revision, {before}::pg_snapshot)"
)
SHOWN = sql.SQL(" WHERE listing.status = 'live'")


@dataclasses.dataclass(frozen=True)
class Reading:
    """Rows as of one snapshot of the database, and its clock in microseconds since 1970."""

    rows: Columns
    snapshot: str
    clock: int


def read(before: str | None) -> Reading:
    """Read what committed since a snapshot, or all live adverts.

    A row's revision is the transaction that wrote it, so a row is new exactly if the earlier
    snapshot could not see that transaction, however long it ran.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(
                "SELECT pg_current_snapshot()::text,"
                " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
            )
            snapshot, clock = cursor.fetchone()
        which = SHOWN if before is None else CHANGED.format(before=sql.Literal(before))
        raw: Connection = connection.connection
        with raw.cursor() as cursor:
            copy = sql.SQL("COPY ({}{}) TO STDOUT (FORMAT binary)").format(
                sql.SQL(columns.SELECT), which
            )
            with cursor.copy(copy) as stream:
                return Reading(columns.read(stream), snapshot, clock)


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
                    DatabaseWrapper._connection_pools.clear()  # type: ignore[attr-defined]  # noqa: SLF001
                self._owner, self._current = os.getpid(), None
                self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        store: Store | None = None
        snapshot: str | None = None
        names_read_at = 0.0
        while not self._stopped.is_set():
            started = time.monotonic()
            try:
                if started - names_read_at > NAMES_SECONDS:
                    self.names, names_read_at = Names.load(), started
                reading = read(snapshot)
                store = Store(reading.rows) if store is None else store.add(reading.rows)
                snapshot = reading.snapshot
                self._current = (store.view(reading.clock), started)
            except (OperationalError, InterfaceError) as error:  # the next round goes on from here
                log.warning("replica_lost_the_database", error=str(error).strip())
            except Exception:  # whatever it was, the next round starts afresh
                log.exception("replica_round_failed")
                store = snapshot = None
            finally:
                connection.close()
            self._stopped.wait(self._every)
