"""Measure search, the main queries, blocks, jobs and feeds: `python -m benchmarks [--strict]`.

BENCH_LISTINGS (1,000,000) is the number of adverts; search is also measured at a tenth of it and,
with `--ten-million`, its engines at 10,000,000. An option such as `--engines N` measures one thing
alone: `--help` tells them all.
Everything happens in a throw-away database on the server of DATABASE_URL. A missed bound is
printed; with `--strict` it is also the exit code.
"""

import argparse
import os
import secrets
import tempfile
import warnings
from collections.abc import Callable
from typing import NamedTuple

import django

from benchmarks import (
    audience,
    blocks,
    enquiries,
    feeds,
    jobs,
    metrics,
    pages,
    rows,
    same_cars,
    stock_batches,
    values,
    webhooks,
)
from benchmarks.database import server_lines, throwaway_database
from benchmarks.report import Report

PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": secrets.token_hex(32),
    "ALLOWED_HOSTS": "testserver,127.0.0.1",
    "PUBLIC_URL": "http://testserver",
    "SECURE_SSL_REDIRECT": "false",
    "EMAIL_URL": "dummymail://",
    "API_REQUESTS_PER_MINUTE": "0",
    "PAGE_REQUESTS_PER_MINUTE": "0",
    "LOG_LEVEL": "ERROR",
}


TEN_MILLION = 10_000_000
SAVED_SEARCHES = 1_000_000
ALERTS_STOCK = 50_000


def main() -> int:
    arguments = _arguments()
    report = Report()
    with throwaway_database(), tempfile.TemporaryDirectory() as feed_files:
        os.environ.update(PRODUCTION, DJANGO_SETTINGS_MODULE="marketplace.settings")
        os.environ["FEED_FILES_ROOT"] = feed_files
        warnings.filterwarnings("ignore", "No directory at", UserWarning)
        django.setup()
        report.say(*server_lines())
        rows.prepare()
        alone = next((name for name in ALONE if getattr(arguments, name)), None)
        if alone is None:
            _measure(report, arguments)
        else:
            ALONE[alone].measure(report, getattr(arguments, alone))
    report.conclude()
    return int(arguments.strict and report.has_misses)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bound is missed")
    parser.add_argument("--search", action="store_true", help="measure search alone")
    parser.add_argument("--ten-million", action="store_true", help="search 10,000,000 adverts too")
    for name, (told, _) in ALONE.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=int, metavar="N", help=f"measure {told} alone")
    return parser.parse_args()


def _measure(report: Report, arguments: argparse.Namespace) -> None:
    from benchmarks.search import table  # noqa: PLC0415 - its models need settings

    listings = int(os.environ.get("BENCH_LISTINGS", "1000000"))
    tenth = listings // 10
    for first, last in ((1, tenth), (tenth + 1, listings)):
        rows.write(report, first, last)
        table.measure(report, last)
    _measure_ratings(report, listings)
    _measure_http(report, listings)
    if not arguments.search:
        pages.measure(report)
        blocks.measure(report)
        audience.measure(report)
        jobs.measure(report)
        stock_batches.measure(report)
        feeds.measure(report)
        _measure_alerts(report, SAVED_SEARCHES)
    if arguments.ten_million:
        rows.write(report, listings + 1, TEN_MILLION)
        table.measure_engines(report, TEN_MILLION)


def _measure_engines(report: Report, listings: int) -> None:
    from benchmarks.search import table  # noqa: PLC0415 - its models need settings

    table.measure_engines(report, listings)


def _measure_ratings(report: Report, listings: int) -> None:
    from benchmarks.search import ratings  # noqa: PLC0415 - its models need settings

    ratings.measure(report, listings)


def _measure_snapshots(report: Report, listings: int) -> None:
    from benchmarks.search import snapshots  # noqa: PLC0415 - its models need settings

    snapshots.measure(report, listings)


def _measure_http(report: Report, listings: int) -> None:
    from benchmarks.search import http_loads  # noqa: PLC0415 - its models need settings

    rows.add_covers(report)
    http_loads.measure(report, listings)


def _measure_rolling_restart(report: Report, listings: int) -> None:
    from benchmarks.load import rolling_restart  # noqa: PLC0415 - its models need settings

    rows.add_covers(report)
    rolling_restart.measure(report, listings)


def _measure_large_stock(report: Report, listings: int) -> None:
    from benchmarks import large_stock  # noqa: PLC0415 - its models need settings

    large_stock.measure(report, listings)


def _measure_load(report: Report, listings: int) -> None:
    from benchmarks.load import mixed  # noqa: PLC0415 - its models need settings

    rows.add_covers(report)
    mixed.measure(report, listings)


def _measure_alerts(report: Report, searches: int) -> None:
    from benchmarks import alerts  # noqa: PLC0415 - its models need settings

    alerts.measure(report, searches)


Measure = Callable[[Report, int], None]


def _among(measure: Measure) -> Measure:
    """Return what measures among so many adverts, without their history of prices."""

    def written(report: Report, listings: int) -> None:
        rows.write(report, 1, listings, with_prices=False)
        measure(report, listings)

    return written


def _beside(measure: Measure, listings: int | None = None) -> Measure:
    """Return what measures beside so many adverts, or as many as the number says."""

    def written(report: Report, number: int) -> None:
        rows.write(report, 1, listings or number)
        measure(report, number)

    return written


class Benchmark(NamedTuple):
    told: str
    measure: Measure


ALONE = {
    "engines": Benchmark("the engines and a replica, at N", _among(_measure_engines)),
    "ratings": Benchmark("what ratings of N adverts cost a search", _among(_measure_ratings)),
    "http": Benchmark("what is answered over HTTP among N adverts", _among(_measure_http)),
    "snapshot": Benchmark("a start from the disk, at N", _among(_measure_snapshots)),
    "rolling": Benchmark("workers replaced under load, among N", _among(_measure_rolling_restart)),
    "large_stock": Benchmark("a day of N adverts, and every job", _beside(_measure_large_stock)),
    "load": Benchmark("searches and writes at several rates among N", _among(_measure_load)),
    "same_cars": Benchmark("what links the adverts of a car among N", _among(same_cars.measure)),
    "audience": Benchmark(
        "what counting costs beside N", _beside(lambda report, _: audience.measure(report))
    ),
    "batches": Benchmark(
        "the stock API's batches beside N", _beside(lambda report, _: stock_batches.measure(report))
    ),
    "values": Benchmark("a refit of what N adverts are worth", _beside(values.measure)),
    "feeds": Benchmark("the import of N rows", feeds.measure),
    "feed_memory": Benchmark("the memory for a feed of N rows", feeds.measure_memory),
    "webhooks": Benchmark("N messages of webhooks a minute, for some minutes", webhooks.measure),
    "metrics": Benchmark("what counting requests costs, N pairs", _beside(metrics.measure, 2_000)),
    "enquiries": Benchmark(
        "200 enquiries a second for N seconds", _beside(enquiries.measure, 2_000)
    ),
    "alerts": Benchmark("the alerts of N saved searches", _beside(_measure_alerts, ALERTS_STOCK)),
}
"""What is measured by itself, by the name of its option."""


if __name__ == "__main__":
    raise SystemExit(main())
