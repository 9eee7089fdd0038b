"""Measure search, the main queries, blocks, jobs and feeds: `python -m benchmarks [--strict]`.

BENCH_LISTINGS (1,000,000) is the number of adverts; search is also measured at a tenth of it and,
with `--ten-million`, its engines at 10,000,000. `--engines N` measures the engines at N alone,
`--feeds N` the import of N rows, `--batches N` the stock API's batches beside N adverts, and
`--feed-memory N` the memory that it takes.
Everything happens in a throw-away database on the server of DATABASE_URL. A missed bound is
printed; with `--strict` it is also the exit code.
"""

import argparse
import os
import secrets
import tempfile
import warnings

import django

from benchmarks import blocks, feeds, jobs, pages, rows, stock_batches
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
        if arguments.engines:
            _measure_engines(report, arguments.engines)
        elif arguments.feeds:
            feeds.measure(report, arguments.feeds)
        elif arguments.feed_memory:
            feeds.measure_memory(report, arguments.feed_memory)
        elif arguments.batches:
            rows.write(report, 1, arguments.batches)
            stock_batches.measure(report)
        else:
            _measure(report, arguments)
    report.conclude()
    return int(arguments.strict and report.has_misses)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bound is missed")
    parser.add_argument("--search", action="store_true", help="measure search alone")
    parser.add_argument("--ten-million", action="store_true", help="search 10,000,000 adverts too")
    parser.add_argument(
        "--engines", type=int, metavar="N", help="measure the engines and a replica alone, at N"
    )
    parser.add_argument("--feeds", type=int, metavar="N", help="measure feeds alone, of N rows")
    parser.add_argument(
        "--feed-memory", type=int, metavar="N", help="measure the memory for a feed of N rows"
    )
    parser.add_argument(
        "--batches", type=int, metavar="N", help="measure the stock API's batches alone, beside N"
    )
    return parser.parse_args()


def _measure(report: Report, arguments: argparse.Namespace) -> None:
    from benchmarks.search import table  # noqa: PLC0415 - its models need settings

    listings = int(os.environ.get("BENCH_LISTINGS", "1000000"))
    tenth = listings // 10
    for first, last in ((1, tenth), (tenth + 1, listings)):
        rows.write(report, first, last)
        table.measure(report, last)
    if not arguments.search:
        pages.measure(report)
        blocks.measure(report)
        jobs.measure(report)
        stock_batches.measure(report)
        feeds.measure(report)
    if arguments.ten_million:
        rows.write(report, listings + 1, TEN_MILLION)
        table.measure_engines(report, TEN_MILLION)


def _measure_engines(report: Report, listings: int) -> None:
    from benchmarks.search import table  # noqa: PLC0415 - its models need settings

    rows.write(report, 1, listings, with_prices=False)
    table.measure_engines(report, listings)


if __name__ == "__main__":
    raise SystemExit(main())
