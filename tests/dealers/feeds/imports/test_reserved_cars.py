"""A feed that goes on about a car leaves a reservation alone that a person made of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.models import Dealer, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts
from tests.dealers.stock_api.caller import caller, item

pytestmark = pytest.mark.django_db

COLUMNS = (*make.FEED_COLUMNS, "availability")


@pytest.fixture
def feed() -> StockFeed:
    """A feed that has brought one car, which a person of the dealer has reserved."""
    feed = make.feed(columns=COLUMNS)
    bring(feed, [car(1)], columns=COLUMNS)
    assert act(feed.dealer, "reserve") == 200
    return feed


def act(dealer: Dealer, action: str) -> int:
    """Do something to the one car by the stock API, and return the status of the answer."""
    status: int = caller(dealer).post(f"{item(Listing.objects.get())}{action}/").status_code
    return status


def reservation() -> tuple[object, object]:
    row = Listing.objects.get()
    return row.reserved_until, row.reserved_by


@pytest.mark.parametrize("said", ["available", "For sale", "", "reserved"])
@pytest.mark.parametrize("price", [10_001, 9_500])
def test_a_file_that_lists_the_car_keeps_the_reservation(
    feed: StockFeed, said: str, price: int
) -> None:
    until, side = reservation()
    assert side == "person"
    bring(feed, [car(1, availability=said, price=price)], columns=COLUMNS)
    row = Listing.objects.get()
    assert (row.status, row.price) == ("live", price)
    assert reservation() == (until, "person")
    assert not row.events.filter(kind="released").exists()


def test_a_car_about_to_end_is_renewed_and_stays_reserved(feed: StockFeed) -> None:
    soon = timezone.now() + timedelta(hours=1)
    Listing.objects.update(expires_at=soon)
    kept = reservation()
    assert counts(bring(feed, [car(1)], columns=COLUMNS)) == {"unchanged": 1}
    assert Listing.objects.get().expires_at > soon  # type: ignore[operator]  # a live advert ends
    assert reservation() == kept


def test_a_car_that_the_file_calls_sold_is_nobodys(feed: StockFeed) -> None:
    assert counts(bring(feed, [car(1, availability="sold")], columns=COLUMNS)) == {"updated": 1}
    assert Listing.objects.get().status == "sold"
    assert reservation() == (None, None)


def test_whoever_is_asked_still_releases_it(feed: StockFeed) -> None:
    assert act(feed.dealer, "release") == 200
    assert reservation() == (None, None)
    bring(feed, [car(1)], columns=COLUMNS)
    assert reservation() == (None, None)
