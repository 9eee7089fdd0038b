"""`/healthz` and `/readyz` tell the truth, and recover by themselves."""

import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from listings.search.engines import engine
from listings.search.memory import MemoryEngine
from tests.marketplace.checkouts import PATIENCE_SECONDS, end, first_line, run, start, wait_until

RUN = ("marketplace.embedded", "run", "--cluster", "test", "--")
HOLD = (*RUN, "sh", "-c", "echo $DATABASE_URL; exec sleep 600")
DJANGO = {"DJANGO_SETTINGS_MODULE": "marketplace.settings"}

_held: list[socket.socket] = []


def test_the_process_answers_without_a_database() -> None:
    answer = Client().get("/healthz", headers={"host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_migrated_database_is_ready(client: Client) -> None:
    answer = client.get("/readyz", headers={"host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "replica": "off", "storage": "ok"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_database_behind_its_migrations_is_not_ready_until_migrated(client: Client) -> None:
    latest = MigrationRecorder.Migration.objects.filter(app="marketplace").latest("name")
    latest.delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"
    assert answer.json()["code"] == "migrations_pending"
    MigrationRecorder.Migration.objects.create(app="marketplace", name=latest.name)
    assert client.get("/readyz").status_code == 200


@pytest.fixture
def in_memory(settings: Settings) -> Iterator[None]:
    """Have this process search in memory, as a web process that has just started."""
    settings.SEARCH_ENGINE = "memory"
    engine.cache_clear()
    yield
    memory = engine()
    assert isinstance(memory, MemoryEngine)
    memory.replica.stop()
    engine.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_process_is_ready_when_its_replica_has_loaded(client: Client, in_memory: None) -> None:
    with connection.copy().cursor() as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE listings_listing")  # nobody can read it
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "replica_loading")
        assert answer["Retry-After"] == "5"
        other.execute("ROLLBACK")
        other.connection.close()

    wait_until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/readyz").json() == {"status": "ok", "replica": "loaded", "storage": "ok"}


@pytest.mark.django_db(transaction=True)
def test_no_process_waits_for_ever(client: Client, in_memory: None, settings: Settings) -> None:
    settings.REPLICA_LOADING_SECONDS_MAX = 0.0
    with connection.copy().cursor() as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE listings_listing")
        answer = client.get("/readyz")
        other.execute("ROLLBACK")
        other.connection.close()

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "replica": "behind", "storage": "ok"},
    )


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_lost_database_is_a_503_and_its_return_is_noticed(open_checkout: Path) -> None:
    database = start(open_checkout, *HOLD)
    url = first_line(database)
    variables = {"DATABASE_URL": url, "DATABASE_POOL_TIMEOUT": "1", "DEBUG": "true"}
    variables |= {"SECRET_KEY": "for-this-test"}
    migrated, output = run(open_checkout, "django", "migrate", **variables, **DJANGO)
    assert migrated == 0, output
    port = free_port()
    web = start(open_checkout, *granian(port), **variables)
    try:
        wait_until(lambda: status(port) == 200, seconds=180)
        assert replica_of(port) == "loaded", "it loads as the process starts, not at a search"

        end(database, signal.SIGKILL)
        wait_until(lambda: status(port) == 503)

        database = start(open_checkout, *HOLD)
        assert first_line(database) == url
        wait_until(lambda: status(port) == 200)
    finally:
        end(web)
        end(database)


def granian(port: int) -> tuple[str, ...]:
    serving = ("granian", "--interface", "wsgi", "--port", str(port))
    return (*serving, "--workers-kill-timeout", "10", "marketplace.wsgi:application")


def free_port() -> int:
    """Return a port that nobody listens at, nor gets by chance before the server listens there.

    Ports from 32768 on are given to whoever asks for any. Of two tests that look at the same time
    one gets the port: its process holds the number for UDP until it ends.
    """
    for port in range(20_000, 30_000):
        held = socket.socket(type=socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        _held.append(held)
        return port
    raise OSError("no port is free")


def replica_of(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        return str(json.load(answer)["replica"])


def status(port: int) -> int:
    try:
        address = f"http://127.0.0.1:{port}/readyz"
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0
