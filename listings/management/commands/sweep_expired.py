"""Expire the adverts past their end and release the reservations whose time is over."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models.functions import Now

from listings.adverts import expire_due, release_overdue
from listings.models import Listing
from listings.models.listing import ListingQuerySet


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only list what is due.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self._list("would expire", Listing.objects.due_to_expire())
            overdue = Listing.objects.overdue_reservations().filter(expires_at__gt=Now())
            self._list("would be released", overdue)
            return
        self.stdout.write(f"{expire_due():,} expired")
        self.stdout.write(f"{release_overdue():,} released")

    def _list(self, outcome: str, listings: ListingQuerySet) -> None:
        total = 0
        for pk, title in listings.order_by("pk").values_list("pk", "title").iterator():
            self.stdout.write(f"{pk}\t{title}\t{outcome}")
            total += 1
        self.stdout.write(f"{total:,} {outcome}")
