"""A replica of the public adverts in this process, kept fresh from the revisions."""

import os
import threading
import time
from enum import StrEnum
from pathlib import Path

import psycopg
import structlog
from django.db import InterfaceError, OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from listings.search.memory.follower import Follower
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.store import Snapshot
from marketplace.databases.read_routes import read_route, require_replayed
from marketplace.databases.standbys import standbys, wait_for_one

NAMES_SECONDS = 10
STANDBY_SECONDS = 2.0
CATCHING_UP_SECONDS = 0.01
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

    def __init__(self, *, every: float, age_max: float, folder: Path | None = None) -> None:
        """Read every so many seconds; a snapshot older than `age_max` seconds is not handed out.

        `folder` has the file to start from, where there is one.
        """
        self._every = every
        self._age_max = age_max
        self._folder = folder
        self._current: tuple[Snapshot, float] | None = None
        self._log_position = 0
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._owner = 0
        self._started_at = 0.0
        self._whole_at = 0.0
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
        require_replayed(self._log_position)  # or cards would be older than what was found
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

    def age(self) -> float | None:
        """Return the seconds since the database was last seen; None before the first time."""
        current = self._current
        return None if current is None else time.monotonic() - current[1]

    def catch_up(self, *, seconds: float) -> bool:
        """Wait for a reading that begins after this call and leaves nothing for the next one."""
        called = time.monotonic()
        while self.snapshot() is None or self._whole_at < called:
            if time.monotonic() - called > seconds:
                return False
            self._stopped.wait(CATCHING_UP_SECONDS)
        return True

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
                self._owner, self._current, self._whole_at = os.getpid(), None, 0.0
                self._started_at = time.monotonic()
                self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        follower = Follower(self._folder)
        names_read_at = 0.0
        wait_for_one(STANDBY_SECONDS)  # all adverts are read at first: rather there
        is_lost, avoided = False, set[str]()
        while not self._stopped.is_set():
            started = time.monotonic()
            try:
                with read_route(after=follower.log_position) as route:
                    if not avoided:
                        route.open()
                    avoided = route.used  # unless all goes well
                    if started - names_read_at > NAMES_SECONDS:
                        self.names, names_read_at = SlugIndex.load(), started
                    snapshot, self._log_position = follower.snapshot(), follower.log_position
                self._whole_at = started if follower.is_whole else self._whole_at
                self._current, is_lost, avoided = (snapshot, started), False, set()
            except DATABASE_AWAY as error:  # the next round goes on from here
                for alias in avoided:  # the next round is the primary's
                    standbys()[alias].distrust(str(error).strip())
                if not is_lost:  # told once, not twice a second
                    log.warning("replica_lost_the_database", error=str(error).strip())
                is_lost = True
            except Exception:  # whatever it was, the next round starts afresh
                log.exception("replica_round_failed")
                follower = Follower()
            finally:
                connections.close_all()
            self._stopped.wait(self._every)


# A fork waits for the lock, so that no child inherits it from a thread that it does not have.
_starting = threading.Lock()
os.register_at_fork(
    before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release
)
