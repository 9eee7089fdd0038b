"""A feed that goes on about a car leaves a reservation alone that a person made of it."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.models import Dealer, FeedRun, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts
from tests.dealers.stock_api.caller import caller, item

pytestmark = pytest.mark.django_db

COLUMNS = (*make.FEED_COLUMNS, "availability")
UNTIL = (*make.FEED_COLUMNS, "status", "Reserved Until")
LONDON = ZoneInfo("Europe/London")


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


def reserving(*headers: str) -> StockFeed:
    """Return a feed that has columns of a state, as they were confirmed before they had an end."""
    feed = make.feed()
    mapping = ColumnMapping.from_json(feed.mapping)
    fields = {**mapping.fields, "availability": ColumnSource(headers)}
    feed.mapping = replace(mapping, fields=fields, known=(*mapping.known, *headers)).to_json()
    feed.save(update_fields=["mapping"])
    return feed


def say(feed: StockFeed, status: str, until: str) -> FeedRun:
    row = {**car(1, status=status), "Reserved Until": until}
    return bring(feed, [row], columns=UNTIL)


@pytest.mark.parametrize("headers", [("status", "Reserved Until"), ("Reserved Until",)])
@pytest.mark.parametrize(
    ("cell", "ends"),
    [
        ("{:%Y-%m-%d}", "next midnight"),
        ("{:%d/%m/%Y}", "next midnight"),
        ("{:%-d %B %Y}", "next midnight"),
        ("{:%Y-%m-%d 14:30}", "half past two"),
        ("{:%d/%m/%Y 14:30:00}", "half past two"),
        ("{:%Y-%m-%dT14:30:00%z}", "half past two"),
    ],
)
def test_a_day_or_a_moment_reserves_until_then(
    headers: tuple[str, ...], cell: str, ends: str
) -> None:
    day = timezone.localtime(timezone=LONDON) + timedelta(days=40)
    half_past_two = day.replace(hour=14, minute=30, second=0, microsecond=0)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    say(reserving(*headers), "Available", cell.format(half_past_two))
    assert reservation() == (midnight if ends == "next midnight" else half_past_two, "feed")


@pytest.mark.parametrize("status", ["Reserved", "Available", ""])
def test_an_end_that_is_past_reserves_nothing_and_says_so(status: str) -> None:
    run = say(reserving("status", "Reserved Until"), status, "03/05/2024")
    assert (Listing.objects.get().status, *reservation()) == ("live", None, None)
    assert [each["message"] for each in run.rows.get().warnings] == [
        "The reservation ended on 4 May 2024, 00:00: nothing is reserved."
    ]


def test_an_end_that_moves_moves_the_reservation_and_one_that_goes_ends_it() -> None:
    feed = reserving("status", "Reserved Until")
    for days in (10, 30):
        day = timezone.localtime(timezone=LONDON) + timedelta(days=days)
        run = say(feed, "Available", f"{day:%Y-%m-%d 09:00}")
        until, _ = reservation()
        assert until == day.replace(hour=9, minute=0, second=0, microsecond=0)
    assert counts(run) == {"updated": 1}
    say(feed, "Available", "2024-05-03")
    assert reservation() == (None, None)


def test_a_reservation_of_a_person_keeps_its_end() -> None:
    feed = reserving("status", "Reserved Until")
    say(feed, "Available", "")
    assert act(feed.dealer, "reserve") == 200
    kept = reservation()
    for cell in ("2024-05-03", "2031-05-03"):
        say(feed, "Reserved", cell)
        assert reservation() == kept


@pytest.mark.parametrize("cell", ["Yes", "further notice", "0000-00-00", "99/99/2025"])
def test_what_is_no_end_is_an_answer_or_asked_about(cell: str) -> None:
    say(reserving("status", "Reserved Until"), "Available", cell)
    row = Listing.objects.get()
    assert (row.status, row.reserved_by) == {
        "Yes": ("live", "feed"),
        "0000-00-00": ("live", None),
    }.get(cell, ("draft", None))
