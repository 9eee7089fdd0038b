"""Measure how well texts are read, and time is reckoned with: `python -m evaluation [--sets DIR]`.

Without `--sets` the sets of the repository are read: those of `evaluation/sets` and those by which
the tests keep rules. Everything happens in a throw-away database on the server of DATABASE_URL;
only values (`--only values`) need none.
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
TIME = "time"

VALUES = "values"


def main() -> int:
    arguments = _arguments()
    if arguments.only == TIME:
        _show_time()
        return 0
    if arguments.only == VALUES:
        os.environ.update(ENVIRONMENT)
        django.setup()
        from evaluation import values  # noqa: PLC0415 - what it reads by needs settings

        values.show()
        return 0
    with throwaway_database():
        os.environ.update(ENVIRONMENT)
        django.setup()
        from evaluation import table  # noqa: PLC0415 - what it reads by needs settings

        call_command("migrate", verbosity=0)
        table.show(arguments)
        if arguments.sets is None and arguments.only is None and not arguments.speed:
            _show_time()
    return 0


def _show_time() -> None:
    """Hold what is said of time against simulations: no database is read."""
    os.environ.update(ENVIRONMENT)
    django.setup()
    from evaluation.time_table import show_time  # noqa: PLC0415 - as above

    show_time()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation")
    parser.add_argument("--sets", type=Path, metavar="DIR", help="the sets of this folder alone")
    parser.add_argument(
        "--only",
        choices=(*KINDS, TIME, VALUES),
        metavar="KIND",
        help=", ".join((*KINDS, TIME, VALUES)),
    )
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
