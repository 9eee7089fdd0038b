"""The API while its database is away, and after."""

import json
import signal
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.marketplace.checkouts import end, first_line, processes_in, run, start, wait_until
from tests.marketplace.test_health import DJANGO, HOLD, free_port, granian

pytestmark = pytest.mark.slow

POOL_TIMEOUT_SECONDS = 5


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any
    seconds: float


def test_requests_are_refused_at_once_and_served_again_when_it_is_back(
    open_checkout: Path,
) -> None:
    database = start(open_checkout, *HOLD)
    variables = {
        "DATABASE_URL": first_line(database),
        "DATABASE_POOL_TIMEOUT": str(POOL_TIMEOUT_SECONDS),
        "DEBUG": "true",
        "SECRET_KEY": "for-this-test",
    }
    migrated, output = run(open_checkout, "django", "migrate", **variables, **DJANGO)
    assert migrated == 0, output
    url = f"http://127.0.0.1:{(port := free_port())}/api/v1/makes/"
    web = start(open_checkout, *granian(port), **variables)
    try:
        wait_until(lambda: ask(url).status == 200)  # the pool now holds a connection

        end(database, signal.SIGKILL)
        wait_until(lambda: not any("bin/postgres" in line for line in processes_in(open_checkout)))
        away = ask(url)
        assert away.status == 503
        assert away.headers["Content-Type"] == "application/problem+json"
        assert away.headers["Retry-After"] == "5"
        assert (away.body["status"], away.body["code"]) == (503, "database_away")
        assert away.seconds < 2 * POOL_TIMEOUT_SECONDS, "it waited for the pool once"
        assert ask(f"{url}?q=x").status == 400

        database = start(open_checkout, *HOLD)
        first_line(database)
        wait_until(lambda: ask(url).status == 200)
    finally:
        end(web)
        end(database)


def ask(url: str) -> Answer:
    """Return the answer, with status 0 where nobody listens yet."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own server
            read = Answer(answer.status, answer.headers, json.load(answer), 0)
    except urllib.error.HTTPError as error:
        with error:
            read = Answer(error.code, error.headers, json.load(error), 0)
    except OSError:
        read = Answer(0, {}, None, 0)
    read.seconds = time.monotonic() - began
    return read
