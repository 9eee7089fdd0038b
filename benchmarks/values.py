"""What cars are worth: a refit of the whole stock, on one core, in the memory of this process."""

import time

from benchmarks import memory
from benchmarks.report import Report

SECONDS_A_MILLION = 600
MEGABYTES = 1_000


def measure(report: Report, adverts: int) -> None:
    """Fit, value and store twice: as the first night does, and as every other one."""
    from listings.models import MarketFit  # noqa: PLC0415 - its models need settings
    from listings.pricing.value.refit import refit  # noqa: PLC0415

    bound = SECONDS_A_MILLION * max(adverts, 100_000) / 1_000_000
    for night in ("first", "next"):
        report.title(f"Values of {adverts:,} adverts, {night} night")
        started, processor = time.perf_counter(), time.process_time()
        done = refit()
        seconds = time.perf_counter() - started
        for step, took in MarketFit.objects.get(pk=done.fit.pk).details["seconds"].items():
            report.figure(step, took, "s")
        report.figure("values from first to last", seconds, "s", bound)
        report.figure("processor time of it", time.process_time() - processor, "s")
        report.figure("memory at most", memory.peak() / 1e6, "MB", MEGABYTES)
        report.figure("adverts that have a rating", 100 * done.rated / done.adverts, "%")
