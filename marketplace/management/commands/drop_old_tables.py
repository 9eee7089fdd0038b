"""Drop the tables that only the version before needs; see docs/upgrade.md."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.databases.old_tables import drop_old_tables


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        dropped = drop_old_tables()
        self.stdout.write(f"Dropped: {', '.join(dropped)}." if dropped else "There are none.")
