"""A price plan lowers prices between files: the file's old price does not raise them again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.models import StockFeed
from listings.models import Listing, PriceChange, PriceSchedule
from listings.pricing import apply_due_drops
from tests import make
from tests.dealers.feeds.stock import bring, car, counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed() -> StockFeed:
    """A feed with one car at £10,000, which its plan has just lowered by £500."""
    feed = make.feed()
    make.price_plan(feed.dealer, is_default=True, drop=500, unit="pounds", ending="any")
    bring(feed, [car(1, price=10_000)])
    drop_due()
    assert price() == 9_500
    return feed


def drop_due() -> None:
    PriceSchedule.objects.update(next_drop_at=timezone.now() - timedelta(minutes=1))
    assert apply_due_drops() == 1


def price() -> int | None:
    return Listing.objects.get().price


def test_the_price_that_the_file_said_before_does_not_undo_the_plan(feed: StockFeed) -> None:
    run = bring(feed, [car(1, price=10_000, mileage=80_000)])
    assert (counts(run), run.rows.get().fields) == ({"updated": 1}, ["mileage"])
    assert price() == 9_500
    assert counts(bring(feed, [car(1, price=10_000, mileage=80_000)])) == {"unchanged": 1}
    assert price() == 9_500


@pytest.mark.parametrize("new_price", [9_700, 10_500, 9_000])
def test_another_price_in_the_file_counts(feed: StockFeed, new_price: int) -> None:
    run = bring(feed, [car(1, price=new_price)])
    assert run.rows.get().fields == ["price"]
    assert price() == new_price
    changes = PriceChange.objects.order_by("id").values_list("new_price", "reason")
    assert list(changes) == [(10_000, "feed"), (9_500, "plan"), (new_price, "feed")]


def test_the_plan_goes_on_from_the_price_of_the_file(feed: StockFeed) -> None:
    bring(feed, [car(1, price=9_700)])
    drop_due()
    assert price() == 9_200
    bring(feed, [car(1, price=9_700, mileage=80_000)])
    assert price() == 9_200


def test_a_new_car_takes_the_dealers_plan(feed: StockFeed) -> None:
    bring(feed, [car(1, price=10_000), car(2)])
    assert PriceSchedule.objects.count() == 2
