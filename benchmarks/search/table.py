"""Search at one size: the engines, one replica, and the same over HTTP."""

import os

from benchmarks.report import Report
from benchmarks.search import engines, http, replica

BOUND_AT = 1_000_000
LOAD_SECONDS = 5
MEMORY_MB = 250
VISIBLE_SECONDS = 1


def measure(report: Report, listings: int) -> None:
    """Measure the engines, one replica, and the same over HTTP."""
    cost = measure_engines(report, listings)
    http.measure(report, listings, cost.load)


def measure_engines(report: Report, listings: int) -> replica.Cost:
    report.title(f"Search at {listings:,} adverts")
    report.say("  load average " + ", ".join(f"{load:.1f}" for load in os.getloadavg()))
    cost = replica.measure()
    is_bound = listings == BOUND_AT
    report.figure("replica: load", cost.load, "s", LOAD_SECONDS if is_bound else None)
    report.figure("replica: memory", cost.grown, "MB", MEMORY_MB if is_bound else None)
    report.figure("replica: memory at most, while loading", cost.grown_most, "MB")
    report.figure("replica: a change is visible, p50", sorted(cost.visible)[10], "s")
    report.figure("replica: a change is visible, at most", max(cost.visible), "s", VISIBLE_SECONDS)
    engines.measure(report, listings)
    return cost
