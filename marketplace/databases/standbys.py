"""The standbys that public reads go to: how far each has come, and which of them may answer.

A thread for each looks twice a second at the primary and then at its standby. What the primary had
written when it was looked at, and the standby has replayed, tells how old the standby's answers are
by this process's clock alone: also while nothing is written, and while nothing arrives.
"""

import itertools
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from marketplace.databases.configuration import STANDBY_PREFIX
from marketplace.databases.standby_connection import SILENCE_SECONDS_MAX, note_answer

PROBE_SECONDS = 0.5
REMEMBERED = 240  # looks at the primary

# Places in the log of writes are numbers of bytes. The timeline that a standby follows is that of
# its stream: what it has replayed lies before any fork that it does not know of yet.
TIMELINE = """
    CASE WHEN pg_is_in_recovery()
        THEN (
            SELECT upper(lpad(to_hex(received_tli), 8, '0'))
            FROM pg_stat_wal_receiver WHERE status = 'streaming'
        )
        ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8)
    END
"""
REPLAYED = """
    CASE WHEN pg_is_in_recovery()
        THEN pg_last_wal_replay_lsn()
        ELSE pg_current_wal_insert_lsn()
    END - '0/0'::pg_lsn
"""
# A standby shows a commit before it counts it as replayed, but replays only what it has received.
SHOWN_UP_TO = """
    CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn() - '0/0'::pg_lsn
        WHEN pg_last_wal_receive_lsn() >= pg_last_wal_replay_lsn()
        THEN pg_last_wal_receive_lsn() - '0/0'::pg_lsn
        ELSE pg_last_wal_replay_lsn() - '0/0'::pg_lsn + 1
    END
"""
_LOOK = f"""
    SELECT pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()),
        {TIMELINE}, {REPLAYED}
"""  # noqa: S608 - texts of ours

log = structlog.get_logger(__name__)


class ServerState(NamedTuple):
    """What a server said of itself; `replayed` is how far it has come in the log of writes."""

    is_standby: bool
    system: int
    timeline: str | None
    replayed: int


@dataclass(frozen=True)
class StandbyProgress:
    """How a standby stands: its lag in seconds, None while that is not known, and what is wrong."""

    replayed: int = 0
    lag: float | None = None
    trouble: str = "It was not looked at yet."
    seen_at: float = 0.0


class Standby:
    """Watches one standby from this process."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._progress = StandbyProgress()
        self._written: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)
        self._owner = 0
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def progress(self) -> StandbyProgress:
        """Return what is known; the first call in a process, also after a fork, starts looking."""
        if self._owner != os.getpid():
            self._start()
        progress = self._progress
        if progress.lag is not None and time.monotonic() > progress.seen_at + SILENCE_SECONDS_MAX:
            return StandbyProgress(progress.replayed, None, "It does not answer.")
        return progress

    def distrust(self, reason: str) -> None:
        """Leave it alone until it was looked at again."""
        self._progress = StandbyProgress(self._progress.replayed, None, reason)

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> StandbyProgress:
        """Look at the primary and at the standby, and return how the standby stands."""
        at = time.monotonic()
        primary = _look_at(DEFAULT_DB_ALIAS)
        self._written.append((at, primary.replayed))
        standby = _look_at(self.alias)
        note_answer(self.alias)
        trouble = _trouble(primary, standby)
        lag = None if trouble else self._lag(standby.replayed)
        if not trouble and lag is None:
            trouble = "It has not caught up since this process looks at it."
        elif lag is not None and lag > settings.DATABASE_REPLICA_LAG_MAX_SECONDS:
            trouble = f"It is {lag:.1f} seconds behind."
        return StandbyProgress(standby.replayed, lag, trouble, at)

    def _lag(self, replayed: int) -> float | None:
        """Return how long ago the primary had written no more than that."""
        now = time.monotonic()
        return next((now - at for at, place in reversed(self._written) if place <= replayed), None)

    def _start(self) -> None:
        with _starting:
            if self._owner == os.getpid():
                return
            self._owner, self._progress = os.getpid(), StandbyProgress()
            self._written.clear()
            self._thread = threading.Thread(target=self._run, name=self.alias, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            before = self._progress
            try:
                self._progress = self.look()
            except (DatabaseError, InterfaceError) as error:
                reason = str(error).strip().partition("\n")[0]
                self._progress = StandbyProgress(before.replayed, None, reason)
            except Exception:  # whatever it was, the next look may do
                log.exception("standby_not_looked_at", standby=self.alias)
                self.distrust("It could not be looked at.")
            finally:
                connections.close_all()
            if bool(before.trouble) != bool(self._progress.trouble):
                log.info("standby", standby=self.alias, trouble=self._progress.trouble or None)
            self._stopped.wait(PROBE_SECONDS)


@cache
def standbys() -> dict[str, Standby]:
    """Return those that the settings name, by their alias."""
    return {
        alias: Standby(alias) for alias in settings.DATABASES if alias.startswith(STANDBY_PREFIX)
    }


def choose(after: int = 0) -> str | None:
    """Return a standby that may answer and is past a place in the log, each in its turn."""
    fit = [alias for alias in standbys() if may_answer(alias, after)]
    return fit[next(_turn) % len(fit)] if fit else None


def wait_for_one(seconds: float) -> None:
    """Wait until a standby may answer, for so long at most and not at all where there is none."""
    deadline = time.monotonic() + seconds
    while standbys() and choose() is None and time.monotonic() < deadline:
        time.sleep(0.05)


def may_answer(alias: str, after: int = 0) -> bool:
    progress = standbys()[alias].progress()
    return not progress.trouble and progress.replayed >= after


def _look_at(alias: str) -> ServerState:
    with connections[alias].cursor() as cursor:
        cursor.execute(_LOOK)
        is_standby, system, timeline, replayed = cursor.fetchone()
    return ServerState(is_standby, system, timeline, int(replayed or 0))


def _trouble(primary: ServerState, standby: ServerState) -> str:
    if not standby.is_standby:
        return "It is no standby: it takes writes of its own."
    if standby.system != primary.system:
        return "It is the standby of another server."
    if standby.timeline is None:
        return "It does not stream, or this role is no member of pg_read_all_stats."
    if standby.timeline != primary.timeline:
        return "It follows another primary."
    return ""


_turn = itertools.count()
# A fork waits for the lock, so that no child inherits it from a thread that it does not have.
_starting = threading.Lock()
os.register_at_fork(
    before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release
)
