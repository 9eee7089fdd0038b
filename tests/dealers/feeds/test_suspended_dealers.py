"""Nothing of a suspended dealer goes on sale until the first file after the dealer is back."""

import pytest
from django.utils import timezone

from dealers.feeds.fetches import take_due_feed
from dealers.models import Dealer, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed() -> StockFeed:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    bring(feed, [car(1)])
    bring(feed, [car(1)])
    Dealer.objects.update(is_active=False)
    return feed


def statuses() -> dict[str | None, str]:
    return dict(Listing.objects.values_list("stock_ref", "status"))


def test_new_cars_stay_drafts_and_the_report_says_why(feed: StockFeed) -> None:
    run = bring(feed, [car(1), car(3)])
    assert counts(run) == {"unchanged": 1, "created": 1}
    assert [each["code"] for each in run.rows.get().warnings] == ["dealer_suspended"]
    assert statuses() == {"S1": "live", "S2": "withdrawn", "S3": "draft"}


def test_a_car_that_comes_back_waits(feed: StockFeed) -> None:
    run = bring(feed, [car(1), car(2)])
    assert counts(run) == {"unchanged": 2}
    assert [each["code"] for each in run.rows.get().warnings] == ["dealer_suspended"]
    assert statuses() == {"S1": "live", "S2": "withdrawn"}


def test_when_the_dealer_is_back_the_same_file_puts_them_on_sale(feed: StockFeed) -> None:
    bring(feed, [car(1), car(2), car(3)])
    Dealer.objects.update(is_active=True)
    run = bring(feed, [car(1), car(2), car(3)])
    assert counts(run) == {"unchanged": 1, "revived": 1, "updated": 1}
    assert statuses() == {"S1": "live", "S2": "live", "S3": "live"}
    assert counts(bring(feed, [car(1), car(2), car(3)])) == {"unchanged": 3}


def test_the_address_is_not_asked(feed: StockFeed) -> None:
    StockFeed.objects.update(
        channel="url", url="https://example.com/a.csv", next_poll_at=timezone.now()
    )
    assert take_due_feed() is None
    Dealer.objects.update(is_active=True)
    assert take_due_feed() == feed.pk
