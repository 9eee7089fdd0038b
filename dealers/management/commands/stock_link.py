"""Print the address at which public stock can be read in a format; make it if it is new.

`--renew` makes the old address void, `--end` every one.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.models import Dealer
from listings.syndication import FORMATS, end_link, link_address, renew_link, stock_link


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("form", choices=list(FORMATS))
        parser.add_argument("--dealer", help="A dealer's slug; without one it is all stock.")
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--renew", action="store_true")
        either.add_argument("--end", action="store_true")

    def handle(self, *args: Any, form: str, dealer: str | None, **options: Any) -> None:
        owner = Dealer.objects.filter(slug=dealer).first() if dealer else None
        if dealer and owner is None:
            raise CommandError(f"There is no dealer {dealer}.")
        link = stock_link(dealer_id=owner.pk if owner else None, form=form)
        if options["end"]:
            end_link(link_id=link.pk)
            self.stdout.write("Nobody can read it any more.")
            return
        if options["renew"]:
            link = renew_link(link_id=link.pk)
        self.stdout.write(link_address(link))
