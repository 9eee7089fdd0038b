"""One bounded GET, with the redirects it leads to."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from types import TracebackType
from typing import BinaryIO, Self

import httpcore
import httpx
from django.conf import settings

from marketplace.fetching import body
from marketplace.fetching.addresses import Resolver, Target, system_addresses, target
from marketplace.fetching.answers import refuse_failure, refuse_type
from marketplace.fetching.connection import PinnedBackend
from marketplace.fetching.deadline import Deadline
from marketplace.fetching.refusals import (
    FetchRefused,
    FetchTooManyRedirects,
    FetchTooSlow,
    FetchUnreachable,
    FetchUnreadable,
)

REDIRECTS_MAX = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may cost, and what it may bring.

    `bytes_max` counts the body packed and unpacked, `seconds_max` everything from the first name
    resolved to the last byte. `content_types` are such as "image/jpeg" or "image/*"; none: any.
    """

    bytes_max: int
    seconds_max: float
    content_types: Sequence[str] = ()
    accept: str = "*/*"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `body` is a temporary file at its start, and leaving the context removes it."""

    url: str
    body: BinaryIO
    is_not_modified: bool
    size: int
    digest: str
    content_type: str
    etag: str
    last_modified: str

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.body.close()


def fetch(
    url: str,
    *,
    limits: Limits,
    etag: str = "",
    last_modified: str = "",
    resolve: Resolver = system_addresses,
) -> Fetched:
    """Return what an address answers; raises `FetchFailed`.

    The name is resolved once, every address it has must be public, and the connection is made to
    one of those very addresses; all of it again for each redirect. TLS is checked for the name.
    """
    deadline = Deadline(limits.seconds_max)
    asked = parsed(url)
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    conditions = {name: value for name, value in known.items() if value}
    for _ in range(REDIRECTS_MAX + 1):
        place = target(asked, resolve, deadline)
        with _asked(place, {**_headers(place, limits), **conditions}, deadline) as response:
            if response.status in _REDIRECTS:
                asked = _next(asked, httpx.Headers(response.headers))
                continue
            return _read(response, place, limits, is_conditional=bool(conditions))
    raise FetchTooManyRedirects(f"More than {REDIRECTS_MAX} redirects.")


def parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError):
        raise FetchRefused("This is not an address.") from None


def _next(asked: httpx.URL, headers: httpx.Headers) -> httpx.URL:
    try:
        return asked.join(headers.get("location", "")).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise FetchUnreadable("The answer leads to no address.") from None


def _headers(place: Target, limits: Limits) -> dict[str, str]:
    return {
        "Host": place.url.netloc.decode("ascii"),
        "User-Agent": f"used-car-marketplace (+{settings.PUBLIC_URL})",
        "Accept": limits.accept,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


@contextmanager
def _asked(
    place: Target, headers: dict[str, str], deadline: Deadline
) -> Iterator[httpcore.Response]:
    url = httpcore.URL(
        scheme=place.url.raw_scheme, host=place.host, port=place.port, target=place.url.raw_path
    )
    connection = httpcore.HTTPConnection(
        url.origin, tls(), network_backend=PinnedBackend(place.addresses, deadline)
    )
    with (
        failures_told(place),
        connection,
        connection.stream("GET", url, headers=list(headers.items())) as response,
    ):
        yield response


@contextmanager
def failures_told(place: Target) -> Iterator[None]:
    """Raise what goes wrong with a connection in words that name the host alone."""
    try:
        yield
    except httpcore.TimeoutException:
        raise FetchTooSlow(f"{place.host} did not answer in time.") from None
    except (httpcore.NetworkError, httpcore.RemoteProtocolError, ssl.SSLError):
        raise FetchUnreachable(f"{place.host} cannot be reached.") from None
    except httpcore.LocalProtocolError:
        raise FetchUnreadable(f"{place.host} cannot be asked for this.") from None


def _read(
    response: httpcore.Response, place: Target, limits: Limits, *, is_conditional: bool
) -> Fetched:
    headers = httpx.Headers(response.headers)
    is_not_modified = response.status == 304 and is_conditional
    file: BinaryIO = BytesIO()
    size, digest = 0, ""
    if not is_not_modified:
        refuse_failure(response.status, headers, place.host)
        refuse_type(headers, limits.content_types)
        if int(_decimal(headers.get("content-length", ""))) > limits.bytes_max:
            raise body.too_large(limits.bytes_max)
        encoding = headers.get("content-encoding", "").strip().lower()
        file, size, digest = body.stored(response.iter_stream(), encoding, limits.bytes_max)
    return Fetched(
        url=str(place.url),
        body=file,
        is_not_modified=is_not_modified,
        size=size,
        digest=digest,
        content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )


def _decimal(value: str) -> str:
    return value if value.isdecimal() and len(value) < 20 else "0"


@cache
def tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
