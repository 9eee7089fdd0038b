"""The image's web process behind the documented proxy, and what its processes take."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import override_settings

from benchmarks.database import value
from benchmarks.load.arrivals import Arrival
from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_health import free_port
from tests.marketplace.test_image import fetch, image_command
from tests.marketplace.test_nginx import proxied

READY_SECONDS = 300
CONNECTIONS = 64
TICKS = os.sysconf("SC_CLK_TCK")
LISTINGS = "/api/v1/listings/"
_OWN, _ENDED = (
    (11, 12),
    (13, 14),
)  # where processor time stands: its own, and of children that ended


@dataclass(frozen=True)
class Web:
    """A web process of two workers, and the port of the proxy in front of it."""

    process: subprocess.Popen[bytes]
    port: int
    behind: int  # the port of the web process itself

    def workers(self) -> set[int]:
        """Return the processes of its workers."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return {int(pid) for children in tasks for pid in children.read_text().split()}

    def processor(self) -> float:
        """Return the seconds of a processor that those that run have taken so far."""
        return sum(_processor(pid) for pid in (self.process.pid, *self.workers()))

    def is_loaded(self) -> bool:
        """Ask often enough that each worker has most likely answered."""
        answers = [fetch(self.behind, "/readyz") for _ in range(20)]
        return all(status == 200 and b'"loaded"' in body for status, body, _ in answers)

    def replace_workers(self) -> float:
        """Have each worker replaced in turn; return the seconds until the last of them is gone."""
        before, started = self.workers(), time.monotonic()
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: not self.workers() & before, seconds=READY_SECONDS)
        return time.monotonic() - started


@contextmanager
def served(**variables: str) -> Iterator[Web]:
    """Write a snapshot, start the web process from it and a proxy; yield them ready."""
    with tempfile.TemporaryDirectory() as folder:
        with override_settings(SEARCH_SNAPSHOT_FOLDER=folder):
            call_command("write_search_snapshots", "--once")
        port = free_port()
        own = {"SEARCH_SNAPSHOT_FOLDER": folder, "TRUSTED_PROXIES": "1", **variables}
        process = subprocess.Popen(
            [sys.executable, "-m", *image_command(port)],
            env={**os.environ, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            proxy_folder = Path(folder) / "proxy"
            proxy_folder.mkdir()
            with proxied(proxy_folder, port) as proxy:
                web = Web(process, proxy, port)
                wait_until(web.is_loaded, seconds=READY_SECONDS)
                yield web
        finally:
            process.terminate()
            process.wait(timeout=60)


@contextmanager
def arriving(
    port: int,
    requests: list[dict[str, Any]],
    *,
    rate: float,
    seconds: float,
    connections: int = CONNECTIONS,
) -> Iterator[list[Arrival]]:
    """Let requests arrive while the block runs; the list has them all when it has ended."""
    found: list[Arrival] = []
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(request) + "\n" for request in requests)
        file.flush()
        numbers = [str(each) for each in (port, rate, seconds, connections)]
        command = [sys.executable, "-m", "benchmarks.load.arrivals", *numbers, file.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None  # noqa: S101 - it is a pipe
            yield found
            found += [Arrival(**json.loads(line)) for line in client.stdout]
        if client.returncode:
            raise RuntimeError("The client failed.")


def percentile(seconds: list[float], share: float) -> float:
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def headers(key: str) -> Mapping[str, str]:
    """Return what a dealer's system sends along."""
    return {"Authorization": f"Bearer {key}"}


def database_processor() -> float:
    """Return the seconds of a processor that PostgreSQL has taken, itself and its backends.

    Raises `RuntimeError` where it runs on another machine.
    """
    backend = Path(f"/proc/{value('SELECT pg_backend_pid()')}")
    if not backend.exists() or "postgres" not in (backend / "comm").read_text():
        raise RuntimeError("PostgreSQL runs on another machine.")
    server = int(_words(int(backend.name))[1])
    tasks = Path(f"/proc/{server}/task").glob("*/children")
    backends = [int(pid) for children in tasks for pid in children.read_text().split()]
    return _processor(server, *_ENDED) + sum(_processor(pid) for pid in backends)


def _processor(pid: int, *places: int) -> float:
    """Return the seconds of a processor that a process has taken, without its children."""
    try:
        words = _words(pid)
    except FileNotFoundError:
        return 0.0
    return sum(int(words[place]) for place in (*_OWN, *places)) / TICKS


def _words(pid: int) -> list[str]:
    """Return the fields behind the command of proc_pid_stat(5), from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
