"""Django's backend for PostgreSQL, with a share of the pool that writes cannot take.

Writes that wait for one row hold a connection each. Without a bound they hold all there are, and
visitors who only read are refused. Django looks for `DatabaseWrapper` in a module of this name.
"""

import threading
import time
from collections import Counter
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout

from marketplace.databases.failures import ConnectionsExhausted

_held: Counter[str] = Counter()  # connections that this process has out, by the pool's alias
_counting = threading.Lock()
_writes: dict[int, threading.BoundedSemaphore] = {}
FIRST_PAUSE_SECONDS = 0.05  # then twice as long each time


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection; `is_for_writes` takes it from the share of the writes."""

    is_for_writes = False
    _share: threading.BoundedSemaphore | None = None
    _is_counted = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.pool:
            return super().get_new_connection(conn_params)
        self._take_share()
        try:
            connection = self._get_working_connection(conn_params)
        except PoolTimeout as error:
            self._give_back()
            # Otherwise some are missing because the server is away.
            if _held[self.alias] >= self.pool.max_size:
                raise ConnectionsExhausted("Every connection of the pool is in use.") from error
            raise
        except BaseException:
            self._give_back()
            raise
        self._count(1)
        return connection

    def _get_working_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection of the pool that answers; raise what the server says if none does.

        After a restart of the server or a failover every idle connection is dead. The pool's own
        check takes one after the other, waits twice as long before each, and has not got through
        four of them in five seconds. Here all the idle ones are replaced once the first is dead;
        they are not asked, for a server that hangs behind a proxy would let each wait.
        """
        give_up_at = time.monotonic() + self.pool.timeout
        pause = FIRST_PAUSE_SECONDS
        while True:
            connection = super().get_new_connection(conn_params)
            try:
                ConnectionPool.check_connection(connection)
            except OperationalError:
                self.pool.putconn(connection)  # which replaces it
                if time.monotonic() + pause > give_up_at:
                    raise
                self.pool.drain()
                time.sleep(pause)
                pause *= 2
            except BaseException:
                self.pool.putconn(connection)
                raise
            else:
                return connection

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._count(-1)
            self._give_back()

    def _take_share(self) -> None:
        if not self.is_for_writes or self._share:
            return
        options = self.settings_dict["OPTIONS"]["pool"]
        share = _share_of(options["max_size"])
        if not share.acquire(timeout=options["timeout"]):
            raise ConnectionsExhausted("Every connection for writes is in use.")
        self._share = share

    def _give_back(self) -> None:
        share, self._share = self._share, None
        if share:
            share.release()

    def _count(self, change: int) -> None:
        if self._is_counted == (change > 0):
            return
        self._is_counted = change > 0
        with _counting:
            _held[self.alias] += change


def _share_of(pool_size: int) -> threading.BoundedSemaphore:
    """Return the places of writes: half the pool, and at least one."""
    return _writes.setdefault(pool_size, threading.BoundedSemaphore(max(1, pool_size // 2)))
