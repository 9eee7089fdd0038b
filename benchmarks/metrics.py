"""What counting for `/metrics` costs those who ask: requests with and without it, in turn.

Seconds are those of the processor in the thread that answers. What is told is the median of many
differences, each of four runs of the same requests one right after the other: without, with, with,
without, or the other way round, so that what comes later costs neither more.
"""

import random
import statistics
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.test import Client, override_settings

from benchmarks import pages
from benchmarks.blocks import warm_search
from benchmarks.report import Report

REQUESTS = 50
BOUND_PERCENT = 3
TOKEN = "a-token-of-the-benchmark-that-is-long-enough"  # noqa: S105 - of nothing
ROUTES = {"a search": "/api/v1/listings/", "the smallest answer": "/robots.txt"}


def measure(report: Report, pairs: int) -> None:
    _share_files()
    report.title(f"Counting requests: {pairs} pairs of {REQUESTS} requests, with and without")
    with warm_search():
        clients = {is_counting: _client(is_counting=is_counting) for is_counting in (False, True)}
        for name, path in ROUTES.items():
            without, more = _pairs(clients, _runs(path, pairs))
            each = 1e6 / REQUESTS
            report.figure(f"{name}, without", each * statistics.median(without), "us a request")
            report.figure(f"{name}, more with", each * statistics.median(more), "us a request")
            share = 100 * statistics.median(more) / statistics.median(without)
            bound = BOUND_PERCENT if path.startswith("/api/") else None
            report.figure(f"{name}, more with", share, "%", bound)


def _share_files() -> None:
    """Count into files, as the web processes of a server do, and not into memory alone."""
    from marketplace.metrics.folder import share_folder  # noqa: PLC0415 - after the settings

    share_folder()
    from prometheus_client import values  # noqa: PLC0415 - reads the folder's name once

    if values.ValueClass is values.MutexValue:
        raise RuntimeError("The library was imported before the folder had a name.")


def _client(*, is_counting: bool) -> Client:
    """Return a client whose handler has the middleware that counts, or is without it."""
    client = Client()
    with override_settings(METRICS_TOKEN=TOKEN if is_counting else ""):
        client.get("/robots.txt")
    return client


def _runs(path: str, pairs: int) -> list[list[str]]:
    chance = random.Random(42)  # noqa: S311 - the same searches each time
    searches: list[Any] = list(pages.SEARCHES.values())
    return [
        [
            f"{path}?{urlencode(sorted(chance.choice(searches)(chance).items()))}"
            if path.startswith("/api/")
            else path
            for _ in range(REQUESTS)
        ]
        for _ in range(pairs)
    ]


def _pairs(
    clients: dict[bool, Client], runs: Sequence[list[str]]
) -> tuple[list[float], list[float]]:
    """Return the seconds of each run without counting, and how many more it took with it."""
    without, more = [], []
    for place, addresses in enumerate(runs):
        first = place % 2 == 0
        seconds = {False: 0.0, True: 0.0}
        _busy_seconds(clients[first], addresses)  # whoever is first would find nothing kept
        for kind in (first, not first, not first, first):
            seconds[kind] += _busy_seconds(clients[kind], addresses) / 2
        without.append(seconds[False])
        more.append(seconds[True] - seconds[False])
    return without, more


def _busy_seconds(client: Client, addresses: Sequence[str]) -> float:
    started = time.thread_time()
    for address in addresses:
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} for {address}")
    return time.thread_time() - started
