"""Prices that all follow the market do not drag it along: twenty weeks of a small market.

The market of this test is its own: a car is worth the geometric mean of what others of its model
ask. Its only tie to the code is which prices it learns from.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from listings.adverts import edit_listing
from listings.choices import PriceRating
from listings.models import Listing, ListingValue, PriceChange, PriceSchedule
from listings.pricing import apply_due_drops
from listings.pricing.history import FOLLOWS_SQL
from tests import make

pytestmark = pytest.mark.django_db

WEEKS = 20
CARS = 24
EVERY_PRICE = "false"

_MARKET = """
    SELECT car.id, round(exp(avg(ln(listing.price))))::integer
    FROM listings_listing AS car JOIN listings_listing AS listing
        ON listing.model_id = car.model_id AND listing.id <> car.id
    WHERE NOT ({follows})
    GROUP BY car.id HAVING count(*) >= 3 ORDER BY car.id
"""


def fleet() -> list[Listing]:
    first = make.live(price=10_000)
    others = [make.live(branch=first.branch, price=10_000 + 50 * at) for at in range(1, CARS)]
    return [first, *others]


def follow(rows: list[Listing]) -> None:
    plan = make.market_plan(rows[0].dealer, ending="any", may_rise=True)
    due = timezone.now() - timedelta(minutes=1)
    PriceSchedule.objects.bulk_create(
        PriceSchedule(listing=row, plan=plan, next_drop_at=due) for row in rows
    )


def refit(follows: str) -> int:
    """Value every car by the others that are learnt from; return how many have a value."""
    ListingValue.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_MARKET.format(follows=follows))
        worth = dict(cursor.fetchall())
    for row in Listing.objects.filter(pk__in=worth):
        make.value(row, worth[row.pk], label=PriceRating.GOOD)
    return len(worth)


def pass_weeks(number: int, follows: str = FOLLOWS_SQL) -> None:
    for _ in range(number):
        refit(follows)
        apply_due_drops()
        week = timedelta(days=7, minutes=1)
        for change in PriceChange.objects.all():
            PriceChange.objects.filter(pk=change.pk).update(changed_at=change.changed_at - week)
        PriceSchedule.objects.update(next_drop_at=timezone.now() - timedelta(minutes=1))


def prices() -> list[int]:
    found = Listing.objects.order_by("pk").values_list("price", flat=True)
    return [price for price in found if price]


def test_a_market_that_learnt_from_its_own_answers_would_sink() -> None:
    follow(fleet())
    pass_weeks(WEEKS, follows=EVERY_PRICE)
    assert max(prices()) < 7_000


def test_a_fleet_that_all_follows_stays_where_it_is() -> None:
    rows = fleet()
    follow(rows)
    pass_weeks(4)
    settled = prices()
    assert min(settled) > 9_600  # those that asked least are where they belong, and are learnt from
    pass_weeks(WEEKS - 4)
    assert prices() == settled
    assert refit(FOLLOWS_SQL) < CARS


def test_where_others_set_their_prices_those_that_follow_settle_beside_them() -> None:
    rows = fleet()
    by_people = rows[::4]
    follow([row for row in rows if row not in by_people])
    asked = sum(row.price or 0 for row in by_people) / len(by_people)
    pass_weeks(WEEKS)
    following = Listing.objects.exclude(pk__in=[row.pk for row in by_people])
    found = [row.price or 0 for row in following]
    assert all(abs(price / asked - 0.97) < 0.012 for price in found)
    before = prices()
    pass_weeks(2)
    assert prices() == before


def test_a_price_that_a_person_sets_again_is_learnt_from_again() -> None:
    rows = fleet()
    follow(rows)
    pass_weeks(3)
    for row in rows[:4]:
        edit_listing(listing_id=row.pk, changes={"price": 9_000}, actor_id=None)
    assert refit(FOLLOWS_SQL) >= CARS - 4
