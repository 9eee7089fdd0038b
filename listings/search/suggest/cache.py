"""Keeping an index of the database in a process, never far behind."""

import os
import threading
import time
from collections.abc import Callable

import structlog
from django.db import connection

from listings.search.suggest.index import Index

IDLE_SECONDS = 600.0

log = structlog.get_logger(__name__)


class IndexCache:
    """Hands out the index; all wait for a process's first.

    A thread builds the next every so often, until nobody has asked for `IDLE_SECONDS`. Whoever
    finds an index older than `age_max` seconds builds another, and is told where the database is
    away; those who ask meanwhile are handed the old one.
    """

    def __init__(
        self, build: Callable[[Index | None], Index], *, every: float, age_max: float
    ) -> None:
        """`build` takes the index before, if there is one."""
        self._build = build
        self._every = every
        self._age_max = age_max
        self._current: tuple[Index, float] | None = None
        self._asked_at = 0.0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopped = threading.Event()
        os.register_at_fork(after_in_child=self._after_fork)

    def index(self) -> Index:
        self._asked_at = time.monotonic()
        index = self._usable()
        return index if index is not None and self._is_running() else self._renewed()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _renewed(self) -> Index:
        """Let one caller build the index; until it has, others are handed the old one."""
        old = self._current
        if not self._starting.acquire(blocking=old is None) and old is not None:
            return old[0]
        try:
            index = self._usable() or self._rebuild()
            if not self._is_running():
                self._thread = threading.Thread(target=self._run, name="suggestions", daemon=True)
                self._thread.start()
            return index
        finally:
            self._starting.release()

    def _is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _usable(self) -> Index | None:
        if self._current is None:
            return None
        index, read_at = self._current
        return index if time.monotonic() - read_at <= self._age_max else None

    def _rebuild(self) -> Index:
        started = time.monotonic()
        index = self._build(self._current and self._current[0])
        self._current = index, started
        return index

    def _run(self) -> None:
        while time.monotonic() - self._asked_at < IDLE_SECONDS:
            is_whole = self._current is not None and self._current[0].is_whole
            if self._stopped.wait(self._every if is_whole else 0):
                return
            try:
                self._rebuild()
            except Exception:  # whatever it was, the next round may do
                log.exception("suggestions_not_rebuilt")
                self._stopped.wait(self._every)
            finally:
                connection.close()

    def _after_fork(self) -> None:
        """Start anew: whoever held the lock is not in the forked process, nor is the thread."""
        self._starting = threading.Lock()
        self._thread = None
