"""Change the prices that are due to change by the dealers' price plans."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from listings.pricing import DueDrop, apply_due_drops, due_drops


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only list what would change.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if not dry_run:
            self.stdout.write(f"{apply_due_drops():,} prices changed")
            return
        total = 0
        for drop in due_drops():
            total += 1
            self.stdout.write(
                f"{drop.listing_id}\t{drop.title}\t£{drop.old_price:,}\t£{drop.new_price:,}\t"
                f"{drop.plan}{_followed(drop)}"
            )
        self.stdout.write(f"{total:,} prices would change")


def _followed(drop: DueDrop) -> str:
    if drop.value is None:
        return ""
    return f"\t{drop.value_percent} % of £{drop.value:,} by rule {drop.rule}"
