"""Workers that are replaced one after the other while buyers go on asking."""

import time
from typing import Any

from benchmarks.load.service import Web, arriving, percentile, served
from benchmarks.report import Report
from benchmarks.search.http import OURS, path
from benchmarks.search.questions import KINDS, searches

RATE = 20.0
REQUESTS = 5_000
QUIET_SECONDS = 20.0
SECONDS = 100.0
TOLD = 5  # of the requests that failed
START_SECONDS = 1.0  # what the client takes to start, about
P99_MS = 100


def measure(report: Report, listings: int) -> None:
    report.title(f"A rolling restart among {listings:,} adverts, {RATE:g} new searches a second")
    with served() as web:
        report.say(f"  {len(web.workers())} workers behind nginx, each restarted from a snapshot")
        _measure(report, web)


def _measure(report: Report, web: Web) -> None:
    started = time.monotonic()
    with arriving(web.port, _asked(), rate=RATE, seconds=SECONDS) as arrivals:
        time.sleep(QUIET_SECONDS)
        begun = time.monotonic() - started
        took = web.replace_workers()
    if begun + took > SECONDS:
        raise RuntimeError(f"The restart took {took:.0f} s, longer than the load.")
    report.figure("until both workers were replaced", took, "s")
    before = [each for each in arrivals if each.due < begun - START_SECONDS]
    during = [each for each in arrivals if begun < each.due + START_SECONDS < begun + took]
    for name, chosen in (("before", before), ("restart", during)):
        times = [each.seconds for each in chosen]
        report.figure(f"{name}: requests", len(chosen), "")
        report.figure(f"{name}: p50", 1000 * percentile(times, 0.5), "ms")
        bound = P99_MS if name == "restart" else None
        report.figure(f"{name}: p99", 1000 * percentile(times, 0.99), "ms", bound)
        report.figure(f"{name}: longest", 1000 * max(times), "ms")
    failed = [each for each in arrivals if each.status != 200]
    for each in failed[:TOLD]:
        report.say(f"    {each.status} {each.due - begun:.2f} s after the restart began")
    report.figure("requests that failed", len(failed), "", 0)


def _asked() -> list[dict[str, Any]]:
    """Return different searches, broad and narrow in turn."""
    pairs = zip(*(searches(kind, REQUESTS // 2) for kind in KINDS), strict=True)
    chosen = (each for pair in pairs for each in pair)
    return [{"route": "search", "path": path(OURS, each, has_facets=False)} for each in chosen]
