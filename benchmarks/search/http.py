"""Requests per second of one granian process, ours and the plain way's."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.report import Report
from benchmarks.search.questions import KINDS, Parameters, searches

NO_STATIC = "ignore:No directory at:UserWarning"
SCRIPT = Path(__file__).with_name("load.lua")
APPLICATION = "marketplace.wsgi:application"
GRANIAN = (
    *("--interface", "wsgi", "--host", "127.0.0.1"),
    *("--no-access-log", "--no-log", "--workers-kill-timeout", "10"),
)
_GRANIAN_COMMAND = (sys.executable, "-m", "granian", *GRANIAN)
CONNECTIONS = 4
HAS_WRK = shutil.which("wrk") is not None
SEARCHES = 30_000  # more than a run asks: nothing is answered because it was asked before
SECONDS = 8
PLAIN_SECONDS = 30
START_SECONDS = 120
BOUND_AT = 1_000_000
PAGES_PER_SECOND = 400
TIMES_PLAIN = 100


@dataclass(frozen=True)
class Way:
    name: str
    settings: str
    path: str
    facets: dict[str, str]
    is_ours: bool = False


OURS = Way(
    "memory",
    "marketplace.settings",
    "/api/v1/listings/",
    {"facets": "all", "count": "exact"},
    is_ours=True,
)
PLAIN = Way("plain", "benchmarks.plain.settings", "/plain/", {"facets": "all"})


@dataclass(frozen=True)
class Load:
    requests: int
    seconds: float
    failed: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def measure(report: Report, listings: int, warm_up: float) -> None:
    """`warm_up` is how long a replica takes to load, in seconds."""
    client = "wrk" if HAS_WRK else "asyncio, a client of our own"
    report.title(
        f"HTTP at {listings:,} adverts: one granian process, {CONNECTIONS} connections by {client}"
    )
    ours = _measure_way(report, OURS, SECONDS, 3 * warm_up + 3)
    plain = _measure_way(report, PLAIN, PLAIN_SECONDS, 0)
    is_bound = listings == BOUND_AT
    report.figure(
        "page without facets, mixed, memory",
        ours["mixed", False].rate,
        "requests/s",
        at_least=PAGES_PER_SECOND if is_bound else None,
    )
    for (mix, has_facets), load in ours.items():
        what = "count and all facets" if has_facets else "page without facets"
        bound = TIMES_PLAIN if is_bound and has_facets and mix == "mixed" else None
        ratio = load.rate / plain[mix, has_facets].rate
        report.figure(f"{what}, {mix}, against plain", ratio, "times", at_least=bound)


def _measure_way(
    report: Report, way: Way, seconds: float, warm_up: float
) -> dict[tuple[str, bool], Load]:
    broad, narrow = (searches(kind, SEARCHES) for kind in KINDS)
    both = [search for pair in zip(broad, narrow, strict=True) for search in pair]
    found: dict[tuple[str, bool], Load] = {}
    with served(way) as port:
        get(port, path(way, broad[0], has_facets=False))
        time.sleep(warm_up)
        for has_facets in (False, True):
            for mix, chosen in (("mixed", both), ("broad", broad), ("narrow", narrow)):
                paths = [path(way, search, has_facets=has_facets) for search in chosen]
                done = found[mix, has_facets] = load(port, paths, seconds)
                _print(report, f"{way.name}, {mix}", done, has_facets=has_facets)
    return found


def _print(report: Report, name: str, load: Load, *, has_facets: bool) -> None:
    what = "count and all facets" if has_facets else "page without facets"
    if load.failed:
        raise RuntimeError(f"{name}, {what}: {load.failed} requests failed")
    report.say(
        f"  {f'{name}, {what}':<50}{load.rate:>12,.1f} requests/s"
        f"{1000 * load.p50:>12,.2f} ms p50{1000 * load.p95:>12,.2f} ms p95"
    )


def path(way: Way, search: Parameters, *, has_facets: bool) -> str:
    parameters = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in search.items()
    }
    parameters |= {"ordering": "price"} | (way.facets if has_facets else {})
    return f"{way.path}?{urlencode(parameters)}"


def load(
    port: int,
    paths: list[str],
    seconds: float,
    connections: int = CONNECTIONS,
    *,
    by_wrk: bool = HAS_WRK,
) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        done = subprocess.run(
            _wrk(port, connections, seconds)
            if by_wrk
            else _client(port, connections, seconds, file.name),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "BENCH_PATHS": file.name},
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    return Load(**json.loads(line.removeprefix("RESULT ")))


def _wrk(port: int, connections: int, seconds: float) -> list[str]:
    size = ["-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "120s"]
    return ["wrk", *size, "-s", str(SCRIPT), f"http://127.0.0.1:{port}/"]


def _client(port: int, connections: int, seconds: float, paths: str) -> list[str]:
    module = [sys.executable, "-m", "benchmarks.search.client"]
    return [*module, str(port), str(connections), str(seconds), paths]


@contextmanager
def served(way: Way, workers: int = 1) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = subprocess.Popen(
        [*_GRANIAN_COMMAND, "--workers", str(workers), "--port", str(port), APPLICATION],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": way.settings, "PYTHONWARNINGS": NO_STATIC},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            get(port, "/healthz")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server did not start")


def get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as answer:
        return bytes(answer.read())
