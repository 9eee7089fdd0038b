"""What counting an advert's audience costs those who read: requests with and without it, in turn.

Seconds are those of the processor in the thread that answers, and with counting also those that
writing the sums takes in this process, once for each few requests. What is told is the median of
many differences, each of two runs of the same requests one right after the other.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlencode

from django.test import Client, override_settings

from benchmarks import pages
from benchmarks.blocks import warm_search
from benchmarks.report import Report

PAIRS = 40
REQUESTS = 50
"""Requests of a run, and so many share a writing: as where a process answers ten a second."""
BOUND_PERCENT = 3
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
"""Nothing was collected: names of files are as they are."""
DOORS = {
    "API": ("/api/v1/listings/", "listings.api.views.count_seen"),
    "results page": ("/cars/", "listings.pages.results.count_seen"),
}


def measure(report: Report) -> None:
    report.title(f"Counting what is seen: {PAIRS} pairs of {REQUESTS} requests, with and without")
    with warm_search(), override_settings(AUDIENCE_SECONDS=0, STORAGES=STORAGES):
        for name, (path, counting) in DOORS.items():
            _measure_door(report, name, path, counting)


def _measure_door(report: Report, name: str, path: str, counting: str) -> None:
    from listings.buyers.audience import counter  # noqa: PLC0415 - its models need settings

    chance = random.Random(42)  # noqa: S311 - the same searches each time
    client = Client(headers={"User-Agent": AGENT})
    runs = [_addresses(path, chance) for _ in range(PAIRS)]
    _busy_seconds(client, runs[0], counter.flush)
    without, more, writing = [], [], []
    for place, addresses in enumerate(runs):
        seconds = {}
        for is_counting in (place % 2 == 0, place % 2 == 1):
            with _counting(counting, is_on=is_counting):
                seconds[is_counting] = _busy_seconds(client, addresses, counter.flush)
        (asking, _), (counted, written) = seconds[False], seconds[True]
        without.append(asking)
        more.append(counted + written - asking)
        writing.append(written)
    each = 1e6 * statistics.median(without) / REQUESTS
    report.figure(f"{name}, without", each, "us a request")
    report.figure(f"{name}, writing", 1e6 * statistics.median(writing) / REQUESTS, "us a request")
    share = 100 * statistics.median(more) / statistics.median(without)
    report.figure(f"{name}, counting and writing", share, "%", BOUND_PERCENT)


def _addresses(path: str, chance: random.Random) -> list[str]:
    searches = list(pages.SEARCHES.values())
    return [
        f"{path}?{urlencode(sorted(chance.choice(searches)(chance).items()))}"
        for _ in range(REQUESTS)
    ]


@contextmanager
def _counting(function: str, *, is_on: bool) -> Iterator[None]:
    if is_on:
        yield
        return
    with patch(function, lambda *_: None):
        yield


def _busy_seconds(
    client: Client, addresses: Sequence[str], write: Callable[[], object]
) -> tuple[float, float]:
    """Return the processor's seconds of asking, and of writing what was counted."""
    started = time.thread_time()
    for address in addresses:
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} for {address}")
    asked = time.thread_time()
    write()
    return asked - started, time.thread_time() - asked
