"""A replica of the public adverts in this process, kept fresh from the revisions."""

import ctypes
import gc
import os
import threading
import time
from enum import StrEnum

import psycopg
import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from listings.revisions import ReadMoment
from listings.search.memory.branches import Branches
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.store import Snapshot, Store
from listings.search.memory.updates import read_update

NAMES_SECONDS = 10
# `COPY` goes past Django, and so do its errors.
DATABASE_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError)

log = structlog.get_logger(__name__)


class ReplicaStatus(StrEnum):
    """What a process can search with; all but `LOADED` leave the answers to PostgreSQL."""

    OFF = "off"
    LOADING = "loading"
    LOADED = "loaded"
    BEHIND = "behind"


class Replica:
    """Owns the thread that reads; `snapshot` never waits for it."""

    def __init__(self, *, every: float, age_max: float) -> None:
        """Read every so many seconds; a snapshot older than `age_max` seconds is not handed out."""
        self._every = every
        self._age_max = age_max
        self._current: tuple[Snapshot, float] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._owner = 0
        self._started_at = 0.0
        self.names: SlugIndex | None = None

    def snapshot(self) -> tuple[Snapshot, int] | None:
        """Return the latest snapshot and the database's clock; None while there is none to trust.

        The first call in a process, also after a fork, starts the thread.
        """
        self._ensure_running()
        current = self._current
        if current is None:
            return None
        snapshot, read_at = current
        age = time.monotonic() - read_at
        return (snapshot, snapshot.as_of + int(age * 1_000_000)) if age <= self._age_max else None

    def status(self, *, loading_seconds_max: float) -> ReplicaStatus:
        """Return how it stands; what has not loaded within so many seconds counts as behind."""
        if self.snapshot() is not None:
            return ReplicaStatus.LOADED
        seconds = time.monotonic() - self._started_at
        if self._current is None and seconds < loading_seconds_max:
            return ReplicaStatus.LOADING
        return ReplicaStatus.BEHIND

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _ensure_running(self) -> None:
        if self._owner == os.getpid():
            return
        with _starting:
            if self._owner != os.getpid():
                if self._owner:
                    # A forked pool has lost its threads and shares its sockets with the parent.
                    DatabaseWrapper._connection_pools.clear()  # type: ignore[attr-defined]  # noqa: SLF001 - Django offers no other way
                self._owner, self._current = os.getpid(), None
                self._started_at = time.monotonic()
                self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        follower = _Follower()
        names_read_at = 0.0
        is_lost = False
        while not self._stopped.is_set():
            started = time.monotonic()
            try:
                if started - names_read_at > NAMES_SECONDS:
                    self.names, names_read_at = SlugIndex.load(), started
                self._current = (follower.snapshot(), started)
                is_lost = False
            except DATABASE_AWAY as error:  # the next round goes on from here
                if not is_lost:  # told once, not twice a second
                    log.warning("replica_lost_the_database", error=str(error).strip())
                is_lost = True
            except Exception:  # whatever it was, the next round starts afresh
                log.exception("replica_round_failed")
                follower = _Follower()
            finally:
                connection.close()
            self._stopped.wait(self._every)


class _Follower:
    """The rows that were read so far, and the moment they are of."""

    def __init__(self) -> None:
        self._store: Store | None = None
        self._moment: ReadMoment | None = None
        self._branches: Branches | None = None

    def snapshot(self) -> Snapshot:
        """Read what is new, and return the snapshot of now."""
        update = read_update(self._moment, self._branches)
        before = self._store
        if before is None or update.is_whole:
            self._store = Store(update.rows, update.titles)
        else:
            self._store = before.add(update.rows, update.titles, update.removed)
        self._moment, self._branches = update.moment, update.branches
        snapshot = self._store.snapshot(update.clock, update.branches)
        if self._store is not before:
            del update
            _return_memory()
            _leave_to_itself()
        return snapshot


def _return_memory() -> None:
    """Give what building a store needed back to the system; only glibc keeps it otherwise."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _leave_to_itself() -> None:
    """Have garbage looked for in none of what stands now, which would stop requests for 0.1 s."""
    gc.collect()
    gc.freeze()


# A fork waits for the lock, so that no child inherits it from a thread that it does not have.
_starting = threading.Lock()
os.register_at_fork(
    before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release
)
