"""`manage.py refit_values`: fit anew what cars are worth, and value every live advert by it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from listings.pricing.value.refit import Refit, RefitRefused, refit
from listings.pricing.value.stored_values import forget_values


class Command(BaseCommand):
    help = (
        "Fit anew what cars are worth, and value every live advert by it. What stands stays until"
        " all is done. LightGBM is needed: requirements/values.txt."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--forget",
            action="store_true",
            help="Take all values and ratings away instead, as when they are switched off.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            self.stdout.write(f"{forget_values():,} values forgotten.")
            return
        try:
            self.stdout.write(_told(refit()))
        except RefitRefused as refusal:
            raise CommandError(refusal.message) from None


def _told(done: Refit) -> str:
    fit = done.fit
    if fit.error is None:
        return (
            f"{fit.adverts + fit.prior:,} prices are too few to learn from: no advert has a value."
        )
    return (
        f"Fitted on {fit.adverts:,} adverts and {fit.prior:,} prices from elsewhere: "
        f"off by {fit.error:.1f} % on average. Of {done.adverts:,} live adverts {done.valued:,} "
        f"have a value, and {done.rated:,} a rating."
    )
