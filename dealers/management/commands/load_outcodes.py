"""`manage.py load_outcodes FILE`: put a table of outcodes into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dealers.geocoding import locate_branches
from listings.search.places.outcode_table import OutcodeCounts, load
from marketplace.errors import Invalid

SHOWN_MAX = 20


class Command(BaseCommand):
    help = (
        "Add or change outcodes from a CSV file with the columns postcode, latitude, longitude and"
        " (optional) town; safe to run again. A file with a bad line changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--locate-branches",
            action="store_true",
            help="Give branches without coordinates those of their outcode.",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        loaded = _load(options["file"])
        self.stdout.write(
            f"Outcodes: {loaded.added} added, {loaded.changed} changed,"
            f" {loaded.unchanged} as they were."
        )
        if options["locate_branches"]:
            self.stdout.write(f"Branches: {locate_branches()} located.")


def _load(path: Path) -> OutcodeCounts:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return load(file)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8.") from None
    except Invalid as error:
        bad = [f"{line}: {' '.join(messages)}" for line, messages in error.fields.items()]
        rest = [f"and {len(bad) - SHOWN_MAX} more"] if len(bad) > SHOWN_MAX else []
        raise CommandError("\n".join([error.message, *bad[:SHOWN_MAX], *rest])) from None
