"""The broker as the outbox meets it: never for longer than about a second.

Connections of its own, with short timeouts, are kept from one message to the next. After a failure
nobody in this process tries again for a while: what is not sent is a row, and the clock sends it.
"""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from kombu import Connection, Producer

SECONDS_MAX = 1.0

# What each kind of transport calls its timeouts. LISTEN is for those who wait for messages.
_TIMEOUTS: dict[str, dict[str, Any]] = {
    "redis": {"socket_timeout": SECONDS_MAX, "socket_connect_timeout": SECONDS_MAX},
    "amqp": {"read_timeout": SECONDS_MAX, "write_timeout": SECONDS_MAX},
    "pgmq": {"pool_timeout": SECONDS_MAX, "pool_size": 2, "use_notify": False},
}


class ProducerPool:
    """Producers that nobody uses at the moment, of this process and the broker now configured."""

    def __init__(self) -> None:
        self._idle: deque[Producer] = deque()
        self._owner: tuple[int, str] | None = None

    @contextmanager
    def producer(self) -> Iterator[Producer]:
        """Yield a producer; one that fails is closed."""
        owner = (os.getpid(), str(current_app.conf.broker_url))
        if self._owner != owner:
            self._forget()
            self._owner = owner
        producer = self._pop() or _connected()
        try:
            yield producer
        except BaseException:
            _close(producer)
            raise
        self._idle.append(producer)

    def close(self) -> None:
        while producer := self._pop():
            _close(producer)

    def _pop(self) -> Producer | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _forget(self) -> None:
        """Leave connections that a fork has copied to the process whose they are."""
        if self._owner and self._owner[0] == os.getpid():
            self.close()
        self._idle = deque()


def short_connection() -> Connection:
    """Connect with short timeouts, once."""
    bare = current_app.connection_for_write(connect_timeout=SECONDS_MAX)
    timeouts = _TIMEOUTS.get(bare.transport.driver_type, {})
    bare.transport_options = {**(bare.transport_options or {}), **timeouts}
    connection: Connection = bare.ensure_connection(max_retries=0)
    return connection


def _connected() -> Producer:
    return current_app.amqp.Producer(short_connection().channel(), auto_declare=False)


def _close(producer: Producer) -> None:
    if producer.connection is not None:
        producer.connection.close()
