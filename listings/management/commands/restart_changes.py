"""Tell every mirror of the stock to start over."""

from typing import Any

from django.core.management.base import BaseCommand

from listings.changes import restamp_from_the_future, restart


class Command(BaseCommand):
    help = (
        "Tell every mirror of the stock to start over. Needed only after a copy of the server's "
        "files was put back (a disk snapshot); everything else is noticed by itself."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        restart()
        restamped = restamp_from_the_future()
        self.stdout.write(f"Mirrors start over; {restamped} adverts were given a new revision.")
