"""A car whose advert ended long ago has no mark or VIN here, and is recognised if it returns."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from dealers import retention
from dealers.models import FeedCar, FeedRow, StockFeed
from listings.models import FormerName, Listing, ListingEvent
from tests import make
from tests.dealers.feeds.stock import bring, car, counts, mark

pytestmark = pytest.mark.django_db
WITH_VIN = (*make.FEED_COLUMNS, "vin")
VIN = "SALLMAMA3BA000001"


def end_long_ago(row: Listing, status: str = "withdrawn") -> None:
    """Have an advert ended 200 days ago."""
    then = timezone.now() - timedelta(days=200)
    Listing.objects.filter(pk=row.pk).update(
        status=status, created_at=then, expires_at=then, published_at=then
    )
    ListingEvent.objects.filter(listing=row).update(happened_at=then)
    FeedCar.objects.filter(listing=row).update(gone_at=then)
    FeedRow.objects.all().delete()
    for run in row.dealer.feeds.get().runs.all():
        type(run).objects.filter(pk=run.pk).update(has_rows=False)


def columns_with(text: str) -> list[str]:
    """Return the columns of adverts, events and feeds' cars in which a text stands."""
    found = []
    with connection.cursor() as cursor:
        for table in ("listings_listing", "listings_listingevent", "dealers_feedcar"):
            cursor.execute(
                f"SELECT count(*) FROM {table} AS row WHERE row::text ILIKE %s",  # noqa: S608 - our own tables
                [f"%{text}%"],
            )
            found += [table] * cursor.fetchone()[0]
    return found


@pytest.fixture
def feed() -> StockFeed:
    make.model()
    return make.feed(columns=WITH_VIN)


@pytest.mark.parametrize(
    ("cells", "known_by"),
    [
        ({"vin": ""}, mark(1)),
        ({"vrm": "", "vin": VIN}, VIN),
        ({"stock_ref": "", "vin": ""}, mark(1)),
        ({"stock_ref": mark(1), "vin": ""}, mark(1)),
    ],
)
def test_a_car_that_returns_is_the_same_advert(
    feed: StockFeed, cells: dict[str, str], known_by: str
) -> None:
    row, other = {**car(1), **cells}, car(2, vin="")
    bring(feed, [row, other], columns=WITH_VIN)
    ended = Listing.objects.get(pk=Listing.objects.earliest("pk").pk)
    end_long_ago(ended)
    live = Listing.objects.exclude(pk=ended.pk).get()
    for removed in (1, 0):
        assert retention.apply("ended_marks") == removed
    assert columns_with(known_by) == []
    assert Listing.objects.get(pk=live.pk).revision == live.revision
    run = bring(feed, [row, other], columns=WITH_VIN)
    assert counts(run)["revived"] == 1
    ended.refresh_from_db()
    assert (ended.status, ended.vin or ended.vrm) == ("live", known_by)
    assert Listing.objects.count() == 2
    assert not FormerName.objects.exists()


def test_another_car_of_its_reference_is_another_advert(feed: StockFeed) -> None:
    bring(feed, [car(1, vin=""), car(3, vin="")], columns=WITH_VIN)
    ended = Listing.objects.earliest("pk")
    end_long_ago(ended)
    retention.apply("ended_marks")
    again = car(2, stock_ref="S1", vin="", make="Ford", model="Ka", year=2011, mileage=9_000)
    make.model("Ka", make.make("Ford"))
    bring(feed, [again, car(3, vin="")], columns=WITH_VIN)
    ended.refresh_from_db()
    assert (ended.status, ended.vrm) == ("withdrawn", None)
    assert Listing.objects.count() == 3


def test_a_new_key_recognises_with_the_one_before_and_nothing_without(
    feed: StockFeed, settings: Settings
) -> None:
    bring(feed, [car(1, vin=""), car(2, vin="")], columns=WITH_VIN)
    end_long_ago(Listing.objects.earliest("pk"))
    retention.apply("ended_marks")
    (former,) = FormerName.objects.all()
    assert mark(1) not in former.digest
    settings.DIGEST_KEY = "another key, of more than thirty-two letters"
    settings.DIGEST_KEY_FALLBACKS = [settings.SECRET_KEY]
    run = bring(feed, [car(1, vin=""), car(2, vin="")], columns=WITH_VIN)
    assert counts(run)["revived"] == 1


def test_digests_go_after_years_of_their_own() -> None:
    row = make.draft()
    for days, name in ((1_096, "vrm"), (1_094, "vin")):
        forgotten = timezone.now() - timedelta(days=days)
        FormerName.objects.create(listing=row, name=name, digest="d", forgotten_at=forgotten)
    assert retention.apply("former_names") == 1
    assert FormerName.objects.get().name == "vin"
