"""A real web process on the test's database, and what it answers."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from marketplace.rate_limits import RATE_LIMITS
from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.test_health import free_port, granian, status
from tests.marketplace.test_worker import database_url


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long; status 0 where the connection was lost on the way."""

    status: int
    headers: Any
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Web:
    """Where a web process listens."""

    port: int

    def ask(
        self, path: str, *, accept: str = "*/*", post: object = None, key: str = "", once: str = ""
    ) -> Answer:
        """Ask as a program does, with JSON."""
        headers = {"Accept": accept, "Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if once:
            headers["Idempotency-Key"] = once
        return self._exchange(path, None if post is None else json.dumps(post).encode(), headers)

    def send(self, path: str, content: bytes, key: str) -> Answer:
        """Send a file of stock."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
        return self._exchange(path, content, headers)

    def submit(self, path: str, fields: dict[str, object], cookies: dict[str, str]) -> Answer:
        """Send a form as a browser does; a cookie holds the token that goes with it."""
        headers = {
            "Accept": "text/html",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        }
        return self._exchange(path, urlencode(fields).encode(), headers)

    def _exchange(self, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        address = f"http://127.0.0.1:{self.port}{path}"
        asked = urllib.request.Request(address, body, headers)
        began = time.monotonic()

        def answered(code: int, headers: Any, content: bytes) -> Answer:
            return Answer(code, headers, content, time.monotonic() - began)

        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
                return answered(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return answered(error.code, error.headers, error.read())
        except OSError:
            return answered(0, {}, b"")


@contextmanager
def serving(**variables: str) -> Iterator[Web]:
    """Run granian with these settings, and no limits of requests, until the block ends."""
    own = {
        "DATABASE_URL": database_url(),
        "DEBUG": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "SEARCH_ENGINE": "postgres",
        **{limit.setting: "0" for limit in RATE_LIMITS.values()},
    }
    port = free_port()
    process = start(ROOT, *granian(port), **{**own, **variables})
    try:
        wait_until(lambda: status(port) == 200)
        yield Web(port)
    finally:
        end(process)
