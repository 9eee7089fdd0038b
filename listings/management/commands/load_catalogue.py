"""`manage.py load_catalogue`: put the shipped makes and models into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from listings.catalogue import load_seed


class Command(BaseCommand):
    help = "Add the makes, models and aliases that ship with the project; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_seed()
        self.stdout.write(
            f"Catalogue: {loaded.makes} makes, {loaded.models} models and {loaded.aliases} aliases "
            f"added, {loaded.confirmed} pending names confirmed."
        )
