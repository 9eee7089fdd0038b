"""What one process and two answer over HTTP: new and known pages, narrow ones and all facets."""

import time
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from benchmarks.report import Report
from benchmarks.search.http import (
    BOUND_AT,
    HAS_WRK,
    OURS,
    PLAIN,
    PLAIN_SECONDS,
    SEARCHES,
    TIMES_PLAIN,
    Load,
    get,
    load,
    path,
    served,
)
from benchmarks.search.questions import KINDS, searches

SECONDS = 4.0
WARM = 150  # different pages that are asked for over and over
FACETS = 2  # the place of the load with all facets
FIRST = 20  # asked of each process before, whose threads and connections are new
NEW = 10_000  # for each kind of load: more than a run asks, so that no page is asked for twice


@dataclass(frozen=True)
class Case:
    """A load, and the bounds at a million adverts: requests a second and milliseconds of p99."""

    name: str
    paths: list[str]
    rate_min: float
    p99_max: float | None = None
    connections: int = 4


def measure(report: Report, listings: int) -> None:
    """Measure each load for some seconds; the adverts should have photos."""
    cases = list(_cases())
    report.title(f"HTTP at {listings:,} adverts: distinct searches, {SECONDS:g} s each")
    is_bound = listings == BOUND_AT
    for workers in (1, 2):
        with served(OURS, workers) as port:
            _wait_until_loaded(port, workers)
            for first in cases[0].paths[-FIRST * workers :]:
                get(port, first)
            found = [_measure(report, port, case, SECONDS, workers)[0] for case in cases]
        if workers == 1:
            for case, done in zip(cases, found, strict=True):
                _judge(report, case, done, is_bound=is_bound)
            _judge_plain(report, found[FACETS], is_bound=is_bound)


def _cases() -> Iterator[Case]:
    """Yield the loads: those of new pages first, as a page that was shown is known."""
    broad, narrow = (searches(kind, SEARCHES) for kind in KINDS)
    mixed = list(chain.from_iterable(zip(broad, narrow, strict=True)))
    new = [path(OURS, search, has_facets=False) for search in mixed]
    known = new[:WARM]
    yield Case("mixed, new", new[WARM:NEW], 800, 15)
    yield Case("narrow, new", [path(OURS, each, has_facets=False) for each in narrow[NEW:]], 600)
    yield Case(
        "all facets, mixed",
        [path(OURS, search, has_facets=True) for search in mixed[NEW : 2 * NEW]],
        450,
        20,
    )
    yield Case("mixed, known", known, 1_200, 10)
    yield Case("mixed, known, 32 connections", known, 1_000, connections=32)


def _clients() -> tuple[bool, ...]:
    """Return whether each client is wrk: it, where it is installed, and the one of our own."""
    return (True, False) if HAS_WRK else (False,)


def _measure(report: Report, port: int, case: Case, seconds: float, workers: int) -> list[Load]:
    """Give each client its share of the paths, so that none finds what another had asked for."""
    clients, rates = _clients(), []
    name = f"{case.name}, {workers} process{'es' if workers > 1 else ''}"
    for place, by_wrk in enumerate(clients):
        paths = case.paths[place :: len(clients)]
        found = load(port, paths, seconds, case.connections, by_wrk=by_wrk)
        if found.failed:
            raise RuntimeError(f"{name}: {found.failed} requests failed")
        report.say(
            f"  {name:<46}{'wrk' if by_wrk else 'asyncio':<8}{found.rate:>10,.1f} requests/s"
            f"{1000 * found.p50:>10,.2f} ms p50{1000 * found.p99:>10,.2f} ms p99"
        )
        rates.append(found)
    return rates


def _judge(report: Report, case: Case, found: Load, *, is_bound: bool) -> None:
    rate_min = case.rate_min if is_bound else None
    report.figure(case.name, found.rate, "requests/s", at_least=rate_min)
    if case.p99_max is not None:
        report.figure(
            f"{case.name}: p99", 1000 * found.p99, "ms", case.p99_max if is_bound else None
        )


def _judge_plain(report: Report, ours: Load, *, is_bound: bool) -> None:
    """Compare with the plain way, which has fewer facets to count."""
    paths = [path(PLAIN, each, has_facets=True) for kind in KINDS for each in searches(kind, 50)]
    with served(PLAIN) as port:
        plain = load(port, paths, PLAIN_SECONDS)
    if plain.failed:
        raise RuntimeError(f"the plain way: {plain.failed} requests failed")
    report.figure(
        "all facets against plain",
        ours.rate / plain.rate,
        "times",
        at_least=TIMES_PLAIN if is_bound else None,
    )


def _wait_until_loaded(port: int, workers: int) -> None:
    """Wait until every worker says so several times in a row: nobody knows which one answers."""
    told = 0
    while told < 10 * workers:
        told = told + 1 if _is_loaded(port) else 0
        time.sleep(0.05)


def _is_loaded(port: int) -> bool:
    try:
        return b'"loaded"' in get(port, "/readyz")
    except urllib.error.HTTPError:  # not ready
        return False
