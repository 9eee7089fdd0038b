"""Whatever is written, and in whichever order transactions end, a mirror becomes the stock."""

import time
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from listings.models import Listing
from tests import make
from tests.listings.changes.connections import another
from tests.listings.changes.mirrors import Mirror

pytestmark = pytest.mark.slow

EXAMPLES = settings().max_examples // 12  # each is a history of many writes
STEPS = 40
MOMENTARY_SECONDS = 0.02

CREATE = """
    INSERT INTO listings_listing (
        branch_id, dealer_id, make_id, model_id, derivative, description, features,
        year, mileage, price, status
    ) VALUES (%s, %s, %s, %s, '', '', '{}', 2015, 1, %s, 'draft') RETURNING id
"""
ONE = {
    "publish": "UPDATE listings_listing SET status = 'live', sold_at = NULL,"
    " published_at = coalesce(published_at, now()), expires_at = now() + interval '30 days'"
    " WHERE id = %(id)s",
    "edit": "UPDATE listings_listing SET price = %(number)s WHERE id = %(id)s",
    "sell": "UPDATE listings_listing SET status = 'sold', sold_at = now() WHERE id = %(id)s",
    "withdraw": "UPDATE listings_listing SET status = 'withdrawn', sold_at = NULL"
    " WHERE id = %(id)s",
    "run out": "UPDATE listings_listing SET expires_at = clock_timestamp() + interval '20 ms'"
    " WHERE id = %(id)s",
    "add photo": "INSERT INTO listings_photo (listing_id, image, width, height, position)"
    " SELECT id, 'a.jpg', 9, 9, 0 FROM listings_listing WHERE id = %(id)s",
    "delete": "WITH history AS (DELETE FROM listings_pricechange WHERE listing_id = %(id)s),"
    " photos AS (DELETE FROM listings_photo WHERE listing_id = %(id)s)"
    " DELETE FROM listings_listing WHERE id = %(id)s",
}
MANY = {
    "edit all": "UPDATE listings_listing SET price = price + 1",
    "suspend": "UPDATE dealers_dealer SET is_active = NOT is_active WHERE id = %(dealer)s",
    "sandbox": "UPDATE dealers_dealer SET is_sandbox = NOT is_sandbox WHERE id = %(dealer)s",
    "move": "UPDATE dealers_branch SET town = %(number)s WHERE id = %(branch)s",
}
WRITERS = st.integers(0, 2)
NUMBERS = st.integers(1, 10_000)


class Marketplace(RuleBasedStateMachine):
    """Three writers whose transactions stay open as long as they like, and one mirror."""

    def __init__(self) -> None:
        super().__init__()
        Listing.objects.all().delete()
        self.template = make.draft()
        self.ids: list[int] = []
        self.writers = [another() for _ in range(3)]
        for writer in self.writers:
            writer.execute("SET lock_timeout = '5ms'")
            writer.commit()
        self.mirror = Mirror(Client())

    @rule(writer=WRITERS, number=NUMBERS, is_published=st.booleans())
    def create(self, writer: int, number: int, is_published: bool) -> None:
        car = self.template
        keys = (car.branch_id, car.dealer_id, car.make_id, car.model_id, number)
        row: Any = self.writers[writer].execute(CREATE, keys).fetchone()
        self.ids.append(row[0])
        if is_published:
            self._write(writer, ONE["publish"], id=row[0])

    @rule(writer=WRITERS, what=st.sampled_from(sorted(ONE)), which=NUMBERS, number=NUMBERS)
    def write(self, writer: int, what: str, which: int, number: int) -> None:
        if self.ids:
            self._write(writer, ONE[what], id=self.ids[which % len(self.ids)], number=number)

    @rule(writer=WRITERS, what=st.sampled_from(sorted(MANY)), number=NUMBERS)
    def write_many(self, writer: int, what: str, number: int) -> None:
        keys = {"dealer": self.template.dealer_id, "branch": self.template.branch_id}
        self._write(writer, MANY[what], number=number, **keys)

    @rule(writer=WRITERS)
    def commit(self, writer: int) -> None:
        """End a transaction; a photo too many, or of an advert just deleted, undoes it."""
        try:
            self.writers[writer].commit()
        except psycopg.errors.IntegrityError:
            self.writers[writer].rollback()

    @rule(writer=WRITERS)
    def roll_back(self, writer: int) -> None:
        self.writers[writer].rollback()

    @rule(size=st.integers(1, 3))
    def poll(self, size: int) -> None:
        self.mirror.read_page(size)

    def teardown(self) -> None:
        for number, writer in enumerate(self.writers):
            self.commit(number)
            writer.close()
        time.sleep(MOMENTARY_SECONDS)
        self.mirror.catch_up(size=3)  # the rest of a round that began before
        self.mirror.catch_up(size=3)
        now = timezone.now()
        kept = {
            id_: listing
            for id_, listing in self.mirror.held.items()
            if (parse_datetime(listing["expires_at"]) or now) > now
        }
        public = Listing.objects.public().values_list("pk", flat=True)
        assert kept == {pk: self.mirror.shown(pk) for pk in public}

    def _write(self, writer: int, statement: str, **values: int) -> None:
        """Write in a savepoint; give up what another writer's transaction is in the way of."""
        try:
            with self.writers[writer].transaction():
                self.writers[writer].execute(statement, values)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.IntegrityError):
            return


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_a_mirror_becomes_the_stock() -> None:
    run_state_machine_as_test(
        Marketplace,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
