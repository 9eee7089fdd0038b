"""Measure how well texts are read: `python -m evaluation [--sets DIR]`.

Without `--sets` the sets of the repository are read: those of `evaluation/sets` and those by which
the tests keep rules. Everything happens in a throw-away database on the server of DATABASE_URL.
"""

import argparse
import os
from pathlib import Path

import django
from django.core.management import call_command

from benchmarks.database import throwaway_database
from evaluation.labelled_sets import KINDS

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    "SEARCH_ENGINE": "postgres",
    "LOG_LEVEL": "ERROR",
}


def main() -> int:
    arguments = _arguments()
    with throwaway_database():
        os.environ.update(ENVIRONMENT)
        django.setup()
        from evaluation import table  # noqa: PLC0415 - what it reads by needs settings

        call_command("migrate", verbosity=0)
        table.show(arguments)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation")
    parser.add_argument("--sets", type=Path, metavar="DIR", help="the sets of this folder alone")
    parser.add_argument("--only", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument(
        "--faults",
        action="store_true",
        help="tell the cases that are not as they should be; none of a blind set, which would not"
        " be blind any longer",
    )
    parser.add_argument("--speed", action="store_true", help="measure speed alone")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
