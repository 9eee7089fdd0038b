"""Read anew what the texts of all adverts say the cars have."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from listings.adverts import read_again


class Command(BaseCommand):
    help = (
        "Read anew what the texts of all adverts say the cars have, as after a change of the "
        "lexicon. Batches by id; --after goes on where an earlier run was ended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, help="the last id that is done")

    def handle(self, *args: Any, **options: Any) -> None:
        last: int | None = options["after"]
        total = 0
        while last is not None:
            before = last
            last, written = read_again(after=before)
            total += written
            if last is not None:
                self.stdout.write(f"Read up to advert {last}.")
        self.stdout.write(f"{total} adverts changed.")
