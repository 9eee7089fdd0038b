"""A real web process on the test's database, and what it answers."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.test_health import free_port, granian, status
from tests.marketplace.test_worker import database_url


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the connection was lost on the way."""

    status: int
    headers: Any
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Web:
    """Where a web process listens."""

    port: int

    def ask(
        self,
        path: str,
        *,
        accept: str = "*/*",
        post: object = None,
        key: str = "",
    ) -> Answer:
        headers = {"Accept": accept, "Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        body = None if post is None else json.dumps(post).encode()
        address = f"http://127.0.0.1:{self.port}{path}"
        asked = urllib.request.Request(address, body, headers)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())
        except OSError:
            return Answer(0, {}, b"")


@contextmanager
def serving(**variables: str) -> Iterator[Web]:
    """Run granian with these settings until the block ends."""
    own = {
        "DATABASE_URL": database_url(),
        "DEBUG": "true",
        "SECRET_KEY": "for-this-test",
        "SEARCH_ENGINE": "postgres",
        "API_REQUESTS_PER_MINUTE": "0",
        "API_KEY_REQUESTS_PER_MINUTE": "0",
    }
    port = free_port()
    process = start(ROOT, *granian(port), **{**own, **variables})
    try:
        wait_until(lambda: status(port) == 200)
        yield Web(port)
    finally:
        end(process)
