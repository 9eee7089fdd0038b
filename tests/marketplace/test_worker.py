"""A real worker and a real beat, over the broker that PostgreSQL itself is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Task
from django.db import connection
from django.test import override_settings
from pgmq.base import PGMQConfig
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from listings.models import Make
from marketplace.celery import app, broker, conninfo
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.jobs import add_make, add_make_slowly_at_first

VISIBILITY_SECONDS = 3
WORKER = ("-A", "tests.marketplace.jobs", "worker", "--concurrency", "1", "--without-gossip")


def send(task: Task[..., None], *arguments: object) -> None:
    """Send with a connection of this test's own, to its database, that does not stay open."""
    url, options = broker()["broker_url"], broker()["broker_transport_options"]
    with app.connection_for_write(url, transport_options=options) as own:
        app.send_task(task.name, args=arguments, connection=own)


@contextmanager
def celery(
    *arguments: str, heartbeats: Path, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    variables = {
        "DATABASE_URL": database_url(),
        "CELERY_VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
        "HEARTBEAT_FOLDER": str(heartbeats),
        **variables,
    }
    with (
        (heartbeats / "celery.log").open("a") as log,
        subprocess.Popen(
            [sys.executable, "-m", "celery", *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=log,
            stderr=log,
            process_group=0,
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    return os.environ["DATABASE_URL"].replace("/marketplace?", f"/{name}?")


def is_alive(name: str, heartbeats: Path) -> bool:
    check = subprocess.run(
        [sys.executable, "-m", "marketplace.heartbeat", name],
        cwd=ROOT,
        env={**os.environ, "HEARTBEAT_FOLDER": str(heartbeats)},
        capture_output=True,
        check=False,
    )
    return check.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_a_task_sent_through_postgresql(tmp_path: Path) -> None:
    assert not is_alive("worker", tmp_path)
    with celery(*WORKER, heartbeats=tmp_path):
        send(add_make, "lagonda")

        wait_until(Make.objects.filter(slug="lagonda").exists)
        wait_until(lambda: is_alive("worker", tmp_path))
        wait_until(lambda: not queued_tasks())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_task_of_a_killed_worker_comes_back(tmp_path: Path) -> None:
    send(add_make_slowly_at_first, "alvis")
    with celery(*WORKER, heartbeats=tmp_path) as worker:
        wait_until(Make.objects.filter(slug="alvis").exists)
        os.killpg(worker.pid, signal.SIGKILL)

    with celery(*WORKER, heartbeats=tmp_path):
        wait_until(Make.objects.filter(slug="alvis-again").exists)
        wait_until(lambda: not queued_tasks())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_beat_sends_every_entry_when_it_starts(tmp_path: Path) -> None:
    with celery("-A", "marketplace.celery", "beat", "--pidfile=", heartbeats=tmp_path):
        wait_until(lambda: queued_tasks() == set(app.conf.beat_schedule))
        wait_until(lambda: is_alive("beat", tmp_path))


def test_the_worker_knows_every_task_that_beat_sends() -> None:
    app.loader.import_default_modules()

    assert set(app.conf.beat_schedule) <= set(app.tasks)


def queued_tasks() -> set[str]:
    """Return the names of the tasks that wait, in whichever queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta')")
        if cursor.fetchone() == (None,):
            return set()
        cursor.execute("SELECT queue_name FROM pgmq.list_queues()")
        waiting: set[str] = set()
        for (queue,) in cursor.fetchall():
            statement = sql.SQL("SELECT message->'headers'->>'task' FROM pgmq.{}")
            cursor.execute(statement.format(sql.Identifier(f"q_{queue}")))
            waiting |= {name for (name,) in cursor.fetchall()}
        return waiting


def test_a_quiet_process_is_reported_as_such(tmp_path: Path) -> None:
    sign = tmp_path / "worker.heartbeat"
    sign.touch()
    assert is_alive("worker", tmp_path)

    a_minute_ago = sign.stat().st_mtime - 61
    os.utime(sign, (a_minute_ago, a_minute_ago))

    assert not is_alive("worker", tmp_path)


def test_the_broker_gets_the_whole_address_of_the_database() -> None:
    given = {
        "HOST": "db.example.com",
        "PORT": "5433",
        "NAME": "cars",
        "USER": "o'brien",
        "PASSWORD": r"a b\c'd=e",
    }
    original = dict(connection.settings_dict)
    try:
        connection.settings_dict.update({**given, "OPTIONS": {"sslmode": "verify-full"}})
        pasted = conninfo_to_dict(PGMQConfig(conn_string=conninfo()).dsn)
    finally:
        connection.settings_dict.update(original)

    assert {key: pasted[key] for key in ("host", "port", "dbname", "user", "password")} == {
        "host": "db.example.com",
        "port": "5433",
        "dbname": "cars",
        "user": "o'brien",
        "password": r"a b\c'd=e",
    }
    assert pasted["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (
            "redis://valkey:6379/0",
            {"socket_connect_timeout": 5, "socket_timeout": 10, "visibility_timeout": 900},
        ),
        ("amqp://rabbit//", {"confirm_publish": True}),
    ],
)
def test_another_broker_is_chosen_by_its_address(url: str, options: dict[str, object]) -> None:
    with override_settings(CELERY_BROKER_URL=url):
        chosen = broker()

    assert chosen == {"broker_url": url, "broker_transport_options": options}
