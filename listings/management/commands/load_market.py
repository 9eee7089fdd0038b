"""`manage.py load_market FILE`: put a table of asking prices beside the adverts."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from listings.catalogue import Finder
from listings.pricing.value.price_tables import LoadedTable, PriceTable, load_prices
from marketplace.errors import Invalid
from marketplace.london_time import london_today

SHOWN_MAX = 20


class Command(BaseCommand):
    help = (
        "Load a CSV table of asking prices that values are learnt from until adverts come: columns"
        " make, model, year, price and mileage, and where there are some transmission, fuelType,"
        " tax, mpg, engineSize, derivative, doors, body_type, power_bhp, owners, write_off and"
        " listed_on. A table replaces the one of its name; a bad line changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", help="What the table is called; the file's name by default.")
        parser.add_argument(
            "--date",
            type=date.fromisoformat,
            help="The day the prices were asked, such as 2026-03-31; today by default.",
        )
        parser.add_argument("--make", default="", help="The make of every row.")
        parser.add_argument(
            "--skip-bad-lines", action="store_true", help="Load the lines that can be read."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        table = PriceTable(
            name=(options["name"] or path.stem)[:60],
            dated_on=options["date"] or london_today(),
            make=options["make"],
            skips_bad_lines=options["skip_bad_lines"],
        )
        loaded = _load(path, table)
        self.stdout.write(f"{loaded.rows:,} asking prices loaded as {table.name}.")
        if loaded.unknown:
            names = ", ".join(f"{name} ({count:,})" for name, count in _most(loaded.unknown))
            self.stdout.write(f"Left out, as the catalogue does not know them: {names}")
        for line in _lines(loaded.skipped):
            self.stdout.write(f"Skipped {line}")


def _load(path: Path, table: PriceTable) -> LoadedTable:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return load_prices(file, table, Finder().find)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8.") from None
    except Invalid as error:
        raise CommandError("\n".join([error.message, *_lines(error.fields)])) from None


def _lines(faults: Mapping[str, list[str]]) -> list[str]:
    told = [f"{line}: {' '.join(messages)}" for line, messages in faults.items()]
    rest = [f"and {len(told) - SHOWN_MAX} more"] if len(told) > SHOWN_MAX else []
    return [*told[:SHOWN_MAX], *rest]


def _most(unknown: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(unknown.items(), key=lambda each: -each[1])[:SHOWN_MAX]
