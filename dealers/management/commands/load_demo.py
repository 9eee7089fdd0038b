"""`manage.py load_demo`: dealers, people and adverts to look at."""

from argparse import ArgumentParser
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dealers.management.demo.alerts import add_alerts
from dealers.management.demo.asking_prices import add_asking_prices
from dealers.management.demo.batch import write_adverts
from dealers.management.demo.enquiries import add_enquiries
from dealers.management.demo.handout import write_handout
from dealers.management.demo.people import (
    OWNER_EMAIL,
    STAFF_EMAIL,
    add_dealers,
    add_people,
    add_price_plan,
    add_sandbox,
)
from dealers.management.demo.stock import EXPIRING_REF, SEED_REFS, Stock
from dealers.models import Branch
from listings.adverts import lifecycle
from listings.catalogue import load_seed
from listings.choices import Status
from listings.models import Listing, PricePlan
from listings.models.listing import ListingQuerySet
from marketplace.london_time import london_today

BATCH = 1_000
RENEW_WITHIN = timedelta(days=3)
EXPIRES_AFTER = timedelta(minutes=2)
PUBLIC_PASSWORD = "demo"  # noqa: S105 - for a demo on a laptop, and refused anywhere else


class Command(BaseCommand):
    help = "Fill the database with a demo; run again, it keeps what is there and adds what lacks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        env = environ.Env()
        parser.add_argument(
            "--listings",
            type=int,
            default=env.int("DEMO_LISTINGS", default=2_000),
            help="Adverts in all, the nine real ones included (DEMO_LISTINGS, 2000).",
        )
        parser.add_argument(
            "--handout",
            type=Path,
            help="Write addresses, sign-ins and API keys, one of a sandbox, to this file.",
        )
        parser.add_argument(
            "--yes", action="store_true", help="Load the demo although DEBUG is off."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = self._password(is_meant=options["yes"])
        load_seed()
        branches = add_dealers()
        plan = add_price_plan(branches[2].dealer)
        add_people(branches[0].dealer, password)
        self._load_adverts(options["listings"], branches, plan)
        self._renew_seed(branches)
        self._start_clock(branches)
        add_enquiries(branches[0].dealer)
        add_alerts()
        add_asking_prices(options["listings"], london_today())
        if options["handout"]:
            write_handout(options["handout"], branches[0], add_sandbox().dealer, password)
        self.stdout.write(f"Sign in as {STAFF_EMAIL} (staff) or {OWNER_EMAIL} (dealer).")

    def _password(self, *, is_meant: bool) -> str:
        if not (settings.DEBUG or is_meant):
            raise CommandError("This is not a demo (DEBUG is off): to load one all the same, --yes")
        password = environ.Env().str("DEMO_PASSWORD", default="")
        if not (settings.DEBUG or password):
            raise CommandError("Where DEBUG is off, the demo's people need a DEMO_PASSWORD.")
        return password or PUBLIC_PASSWORD

    def _load_adverts(self, total: int, branches: list[Branch], plan: PricePlan | None) -> None:
        present = _demo_listings(branches).values_list("stock_ref", flat=True)
        stock = Stock(total, branches, timezone.now(), {ref for ref in present if ref})
        missing, done = stock.count_missing(), 0
        plans = {} if plan is None else {plan.dealer_id: plan}
        adverts = stock.missing()
        while batch := list(islice(adverts, BATCH)):
            write_adverts(batch, plans)
            done += len(batch)
            self.stdout.write(f"Adverts: {done:,} of {missing:,}")
        self.stdout.write(f"The demo has {_demo_listings(branches).count():,} adverts.")

    def _renew_seed(self, branches: list[Branch]) -> None:
        """Keep the real adverts before buyers, however long ago the demo was first loaded."""
        ends_soon = _renewable(branches).filter(
            stock_ref__in=SEED_REFS,
            expires_at__lt=timezone.now() + RENEW_WITHIN,
        )
        for listing in ends_soon.order_by("id"):
            lifecycle.renew(listing_id=listing.pk, actor_id=None, reason="The demo starts.")

    def _start_clock(self, branches: list[Branch]) -> None:
        """Let one advert run out while somebody watches."""
        listing = _renewable(branches).filter(stock_ref=EXPIRING_REF).first()
        if listing is None:
            return
        lifecycle.renew(listing_id=listing.pk, actor_id=None, reason="The demo starts.")
        expires_at = timezone.now() + EXPIRES_AFTER
        Listing.objects.filter(pk=listing.pk).update(expires_at=expires_at)
        self.stdout.write(
            f"Watch an advert expire by itself at {expires_at:%H:%M:%S} UTC: "
            f"{settings.PUBLIC_URL}/api/v1/listings/{listing.pk}/"
        )


def _renewable(branches: list[Branch]) -> ListingQuerySet:
    return _demo_listings(branches).in_status(Status.LIVE, Status.EXPIRED)


def _demo_listings(branches: list[Branch]) -> ListingQuerySet:
    dealers = {branch.dealer_id for branch in branches}
    return Listing.objects.filter(dealer__in=dealers, stock_ref__startswith="DEMO-")
