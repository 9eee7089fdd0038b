"""PostgreSQL restarts beneath a worker and a beat whose broker it is, and both go on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.own_postgres import OwnPostgres, own_postgres
from tests.marketplace.test_worker import WORKER, celery, is_alive

pytestmark = [pytest.mark.timeout(500), pytest.mark.slow]
SECONDS = 200
"""Celery waits for up to half a minute before it connects again."""
WEB = """
import sys, django
django.setup()
from django.db import close_old_connections
from marketplace.outbox import enqueue
from tests.marketplace.jobs import add_make
for name in sys.stdin:
    close_old_connections()
    enqueue(add_make, name.strip())
    print(name, end="", flush=True)
"""
"""Enqueues what it is told, as a web process does for as long as it lives."""
PIDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> {own}"


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


class Jobs:
    """A worker and a beat of the server's, and a process that enqueues."""

    def __init__(self, server: OwnPostgres, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def enqueue(self, name: str) -> None:
        web = self.processes["web"]
        assert web.stdin is not None
        assert web.stdout is not None
        web.stdin.write(f"{name}\n".encode())
        web.stdin.flush()
        assert web.stdout.readline().strip() == name.encode()

    def has_made(self, name: str) -> bool:
        found = "SELECT EXISTS (SELECT FROM listings_make WHERE slug = %s)"
        return self.server.execute(found, name) == [(True,)]

    def do(self, name: str) -> None:
        self.enqueue(name)
        self.wait_for(name)

    def wait_for(self, name: str) -> None:
        wait_until(lambda: self.has_made(name) or self.died(), seconds=SECONDS)
        self.assert_alive()

    def wait_for_beat(self) -> None:
        """Wait for a message that beat sends from now on."""
        (self.folder / "beat.heartbeat").unlink(missing_ok=True)
        wait_until(lambda: is_alive("beat", self.folder) or self.died(), seconds=SECONDS)
        self.assert_alive()

    def died(self) -> bool:
        return any(process.poll() is not None for process in self.processes.values())

    def assert_alive(self) -> None:
        assert not self.died(), (self.folder / "celery.log").read_text()[-3000:]


@pytest.fixture
def jobs(server: OwnPostgres, tmp_path: Path) -> Iterator[Jobs]:
    running = Jobs(server, tmp_path)
    beat = ("-A", "marketplace.celery", "beat", "--pidfile=")
    with ExitStack() as stack:
        for name, command in (("worker", WORKER), ("beat", beat)):
            process = celery(*command, heartbeats=tmp_path, DATABASE_URL=server.url)
            running.processes[name] = stack.enter_context(process)
        running.processes["web"] = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", WEB],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": server.url},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )
        yield running


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_worker_and_beat_outlive_restarts(mode: str, server: OwnPostgres, jobs: Jobs) -> None:
    jobs.do(f"{mode}-first")
    for number in range(3):
        jobs.enqueue(f"{mode}-{number}-before")
        server.stop(mode)
        server.start()
        jobs.enqueue(f"{mode}-{number}-after")
        jobs.wait_for(f"{mode}-{number}-before")
        jobs.wait_for(f"{mode}-{number}-after")
    jobs.wait_for_beat()


def test_a_restart_that_takes_its_time_is_outlived(server: OwnPostgres, jobs: Jobs) -> None:
    jobs.do("patient-first")
    server.stop("fast")
    log = jobs.folder / "celery.log"
    wait_until(lambda: "connection to broker lost" in log.read_text().lower() or jobs.died())
    server.start()

    jobs.do("patient-second")
    jobs.wait_for_beat()


def test_each_connection_may_be_lost_alone(server: OwnPostgres, jobs: Jobs) -> None:
    jobs.do("alone-first")
    pids = server.execute(PIDS.format(own="pg_backend_pid()"))
    assert len(pids) >= 3  # the worker's LISTEN, and the pools of worker and beat
    for number, (pid,) in enumerate(pids):
        server.execute("SELECT pg_terminate_backend(%s)", pid)
        jobs.do(f"alone-{number}")
    jobs.wait_for_beat()
