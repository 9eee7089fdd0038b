"""The API while its database is away, and after."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from psycopg_pool import ConnectionPool

from tests.marketplace.checkouts import end, first_line, processes_in, run, start, wait_until
from tests.marketplace.test_health import DJANGO, HOLD, free_port, granian

POOL_TIMEOUT_SECONDS = 5


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any


@pytest.mark.slow
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
        assert ask(f"{url}?q=x").status == 400

        database = start(open_checkout, *HOLD)
        first_line(database)
        wait_until(lambda: ask(url).status == 200)
    finally:
        end(web)
        end(database)


def ask(url: str) -> Answer:
    """Return the answer, with status 0 where nobody listens yet."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own server
            return Answer(answer.status, answer.headers, json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, json.load(error))
    except OSError:
        return Answer(0, {}, None)


@pytest.mark.django_db(transaction=True)
def test_a_request_waits_once_for_a_pool_that_gets_no_connection() -> None:
    with pool_without_a_server() as pool:
        answer = Client(raise_request_exception=False).get("/api/v1/makes/")
        connection.close()

    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert pool.get_stats()["requests_errors"] == 1


@contextmanager
def pool_without_a_server() -> Iterator[ConnectionPool]:
    """Let Django ask a pool for connections to a server that is not there."""
    pools = connection._connection_pools  # type: ignore[attr-defined]  # PostgreSQL's has it
    connection.close()
    original = connection.pool  # type: ignore[attr-defined]
    conninfo = f"postgresql://marketplace@127.0.0.1:{free_port()}/marketplace"
    with ConnectionPool(conninfo, min_size=1, max_size=1_000, timeout=0.2, open=True) as pool:
        pools["default"] = pool
        try:
            yield pool
        finally:
            pools["default"] = original
