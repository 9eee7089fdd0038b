"""Connections to checked addresses alone, on which every wait ends with the fetch's deadline."""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from marketplace.fetching.deadline import Deadline

CONNECT_SECONDS_MAX = 10.0


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to one of `addresses`, whatever host is asked for: no name is resolved again."""

    def __init__(self, addresses: tuple[str, ...], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = self._addresses
        for address in others:
            try:
                return self._connected(address, port)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port)

    def _connected(self, address: str, port: int) -> httpcore.NetworkStream:
        seconds = min(self._deadline.remaining(), CONNECT_SECONDS_MAX)
        return _Stream(self._sockets.connect_tcp(address, port, timeout=seconds), self._deadline)


class _Stream(httpcore.NetworkStream):
    """A stream whose every read and write has the time that is left of the whole.

    A timeout of its own for each read would let a server send one byte at a time for ever.
    """

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=self._deadline.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._deadline.remaining())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._deadline.remaining()
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=seconds)
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
