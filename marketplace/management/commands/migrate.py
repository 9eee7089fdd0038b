"""`migrate`, which says what to do where it would have to wait for the marketplace."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError

from marketplace.databases.failures import BUSY, failure_of


class Command(migrate.Command):
    """A migration that waits for a lock makes everybody behind it wait: it gives up instead."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if failure_of(error) is not BUSY:
                raise
            message = (
                "A table is in use by a transaction that does not end. The migration that waited "
                "for it was undone, those before it stand: run `migrate` again, at a quieter time "
                "or with a larger DATABASE_MIGRATE_LOCK_SECONDS."
            )
            raise CommandError(message) from error
