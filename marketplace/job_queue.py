"""PostgreSQL as the broker: kombu's pgmq transport, made safe for processes that start together.

kombu creates the queue and its trigger anew with every declaration. That is DDL on a table in
use: of several processes that start at once, some die of a deadlock or of a duplicate trigger.
Here a queue that stands is left alone, and a lock lets one process at a time make what is missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from kombu.transport import TRANSPORT_ALIASES, pgmq

SCHEME = "pgmq"
MAKING_A_QUEUE = 0x6D6B7471  # an advisory lock of this project's own


class Channel(pgmq.Channel):
    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        name = self._queue_name(queue)
        if not _stands(name):
            with _one_at_a_time():
                if not _stands(name):
                    super()._new_queue(queue, **kwargs)
        self._listen(name)

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        name = queue_name or self._queue_name(queue)
        if not _notifies(name):
            super()._maybe_enable_notify(queue, queue_name=name)
        self._listen(name)

    def _listen(self, name: str) -> None:
        if self.use_notify:
            self.connection._register_notify_queue(name)  # noqa: SLF001 - its own transport's


class Transport(pgmq.Transport):
    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def _stands(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pgmq.list_queues() WHERE queue_name = %s)", [name]
        )
        return bool(cursor.fetchone()[0]) and _notifies(name)


def _notifies(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(%s)"
            " AND tgname = 'trigger_notify_queue_insert_listeners')",
            [f"pgmq.q_{name}"],
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING_A_QUEUE])
        yield
