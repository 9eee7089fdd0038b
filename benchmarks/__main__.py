"""Measure the main queries and jobs: `python -m benchmarks [--strict]`.

BENCH_LISTINGS (1,000,000) is the number of adverts. Everything happens in a throw-away database on
the server of DATABASE_URL. A missed bound is printed; with `--strict` it is also the exit code.
"""

import argparse
import os
import secrets
import warnings

import django

from benchmarks import jobs, pages, rows
from benchmarks.database import server_lines, throwaway_database
from benchmarks.report import Report

PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": secrets.token_hex(32),
    "ALLOWED_HOSTS": "testserver",
    "SECURE_SSL_REDIRECT": "false",
    "EMAIL_URL": "dummymail://",
    "API_REQUESTS_PER_MINUTE": "0",
    "LOG_LEVEL": "ERROR",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bound is missed")
    arguments = parser.parse_args()
    listings = int(os.environ.get("BENCH_LISTINGS", "1000000"))
    report = Report()
    with throwaway_database():
        os.environ.update(PRODUCTION, DJANGO_SETTINGS_MODULE="marketplace.settings")
        warnings.filterwarnings("ignore", "No directory at", UserWarning)
        django.setup()
        report.say(*server_lines())
        rows.write(report, listings)
        pages.measure(report)
        jobs.measure(report)
    report.conclude()
    return int(arguments.strict and report.has_misses)


if __name__ == "__main__":
    raise SystemExit(main())
