"""Brokers that fail in the ways a network does, and the outbox pointed at one of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from celery import current_app

from marketplace.outbox import publisher


class SilentBroker:
    """Takes every connection and never says a word."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.callers: list[socket.socket] = []
        self.thread = threading.Thread(target=self._accept)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                self.callers.append(self.listener.accept()[0])
            except OSError:
                return

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        for caller in self.callers:
            caller.close()


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def broker_at(url: str, **options: object) -> Iterator[None]:
    """Have this process send its messages there, as if it had never sent any before."""
    conf = current_app.conf
    before = {"broker_url": conf.broker_url, "broker_transport_options": {}}
    conf.update(broker_url=url, broker_transport_options=options)
    publisher.breaker.reset()
    try:
        yield
    finally:
        publisher.pool.close()
        publisher.breaker.reset()
        conf.update(**before)
