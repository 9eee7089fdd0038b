"""PostgreSQL as the broker: kombu's pgmq transport, made safe for processes that start together.

kombu creates the queue and its trigger anew with every declaration. That is DDL on a table in
use: of several processes that start at once, some die of a deadlock or of a duplicate trigger.
Here a queue that stands is left alone, and a lock lets one process at a time make what is missing.

All of it runs on the transport's own connections: Celery knows how to begin anew when those break.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from kombu.transport import TRANSPORT_ALIASES, pgmq

SCHEME = "pgmq"
MAKING_A_QUEUE = 0x6D6B7471  # an advisory lock of this project's own
FULL_SECONDS = 0.02  # asks nothing of the database
IDLE_SECONDS = 0.25

_HAS_TRIGGER = """
    SELECT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = to_regclass(%s)
        AND tgname = 'trigger_notify_queue_insert_listeners'
    )
"""


class JobChannel(pgmq.Channel):
    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        name = self._queue_name(queue)
        if not self._stands(name):
            with self._one_at_a_time():
                if not self._stands(name):
                    super()._new_queue(queue, **kwargs)
        self._listen(name)

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        name = queue_name or self._queue_name(queue)
        if not self._notifies(name):
            super()._maybe_enable_notify(queue, queue_name=name)
        self._listen(name)

    def _listen(self, name: str) -> None:
        if self.use_notify:
            self.connection._register_notify_queue(name)  # noqa: SLF001 - its own transport's

    def _stands(self, name: str) -> bool:
        is_there = "SELECT EXISTS (SELECT FROM pgmq.list_queues() WHERE queue_name = %s)"
        return self._is_so(is_there, name) and self._notifies(name)

    def _notifies(self, name: str) -> bool:
        return self._is_so(_HAS_TRIGGER, f"pgmq.q_{name}")

    def _is_so(self, question: str, name: str) -> bool:
        with self._connection() as connection:
            row = connection.execute(question, [name]).fetchone()
        return bool(row and row[0])

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with self._connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING_A_QUEUE])
            yield

    def _connection(self) -> AbstractContextManager[psycopg.Connection]:
        if self.pgmq.pool is None:
            raise psycopg.InterfaceError
        return self.pgmq.pool.connection()


class Transport(pgmq.Transport):
    Channel = JobChannel

    def establish_connection(self) -> Any:
        """Connect, or leave nothing behind: kombu would keep the threads of a pool in vain."""
        try:
            return super().establish_connection()
        except BaseException:
            client, self._pgmq_client = self._pgmq_client, None
            if client is not None and client.pool is not None:
                client.pool.close()
            raise

    @property
    def polling_interval(self) -> float:  # type: ignore[override]  # it depends on the moment
        """Seconds until it looks again: NOTIFY wakes it earlier, but the end of a task does not."""
        is_full = not all(channel.qos.can_consume() for channel in self.channels or ())
        return FULL_SECONDS if is_full else IDLE_SECONDS


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
