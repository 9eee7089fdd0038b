"""One bounded request to one address: no redirects, whatever the status, a little of the answer."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
import httpx

from marketplace.fetching.addresses import Resolver, Target, system_addresses, target
from marketplace.fetching.connection import PinnedBackend
from marketplace.fetching.deadline import Deadline
from marketplace.fetching.exchange import failures_told, parsed, tls
from marketplace.fetching.refusals import (
    FetchFailed,
)


@dataclass(frozen=True, slots=True)
class Replied:
    """What was answered: its status, whatever it is, and the beginning of its body."""

    status: int
    beginning: bytes


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    seconds_max: float,
    bytes_max: int = 4096,
    resolve: Resolver = system_addresses,
) -> Replied:
    """Return what an address answers; raises `FetchFailed` where nothing is.

    The same addresses are refused as in `fetch`. Of the answer no more than about `bytes_max` is
    read; that it goes on for ever, or breaks off, is no failure, for its status has arrived.
    """
    deadline = Deadline(seconds_max)
    place = target(parsed(url), resolve, deadline)
    sent = {"Content-Length": str(len(body)), **headers}
    return _asked("POST", place, sent, body, deadline, bytes_max)


def get(
    url: str,
    *,
    headers: Mapping[str, str],
    seconds_max: float,
    bytes_max: int,
    resolve: Resolver = system_addresses,
) -> Replied:
    """Return what an address answers to a GET with these headers, which go nowhere else.

    Bounded, refused and failing as `post`.
    """
    deadline = Deadline(seconds_max)
    place = target(parsed(url), resolve, deadline)
    return _asked("GET", place, headers, None, deadline, bytes_max)


def _asked(
    method: str,
    place: Target,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline: Deadline,
    bytes_max: int,
) -> Replied:
    asked = httpcore.URL(
        scheme=place.url.raw_scheme, host=place.host, port=place.port, target=place.url.raw_path
    )
    connection = httpcore.HTTPConnection(
        asked.origin, tls(), network_backend=PinnedBackend(place.addresses, deadline)
    )
    sent = {
        "Host": place.url.netloc.decode("ascii"),
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    with (
        connection,
        failures_told(place),
        connection.stream(method, asked, headers=list(sent.items()), content=body) as response,
    ):
        return Replied(response.status, _beginning(response, bytes_max))


def _beginning(response: httpcore.Response, bytes_max: int) -> bytes:
    read = b""
    with contextlib.suppress(
        FetchFailed, httpcore.NetworkError, httpcore.RemoteProtocolError, httpcore.TimeoutException
    ):
        for chunk in response.iter_stream():
            read += chunk[:bytes_max]
            if len(read) >= bytes_max:
                break
    return read[:bytes_max]


def host_of(url: str) -> tuple[str, str]:
    """Return an address's scheme and host; raises `FetchRefused` for what is no address."""
    read: httpx.URL = parsed(url)
    return read.scheme, read.netloc.decode("ascii")
