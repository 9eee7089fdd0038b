"""A car that comes back, from whatever took it off sale, is the advert that it was."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.models import StockFeed
from listings.adverts import expire_due, lifecycle
from listings.models import Listing, Photo, PriceChange
from tests import make
from tests.dealers.feeds.stock import bring, car, counts
from tests.listings.photos.storage import uploaded
from tests.pictures import encoded, halves

pytestmark = pytest.mark.django_db

COLUMNS = (*make.FEED_COLUMNS, "availability")


def absent_twice(feed: StockFeed) -> None:
    for _ in range(2):
        bring(feed, [car(2)], columns=COLUMNS)


def sold_by_the_file(feed: StockFeed) -> None:
    price = Listing.objects.get(stock_ref="S1").price
    bring(feed, [car(1, availability="SOLD", price=price), car(2)], columns=COLUMNS)


def ran_out(_feed: StockFeed) -> None:
    Listing.objects.filter(stock_ref="S1").update(expires_at=timezone.now() - timedelta(hours=1))
    assert expire_due() == 1


def address_of(listing: Listing, client: Client) -> str:
    """Return where an advert's number leads: the address that buyers have kept."""
    page = client.get(f"/cars/{listing.pk}/")
    assert page.status_code == 301
    return page["Location"]


@pytest.mark.parametrize(
    ("leave", "status"),
    [(absent_twice, "withdrawn"), (sold_by_the_file, "sold"), (ran_out, "expired")],
)
@pytest.mark.parametrize("price", [10_001, 9_500])
def test_a_car_comes_back_with_its_id_address_photos_and_prices(
    leave: Callable[[StockFeed], None],
    status: str,
    price: int,
    client: Client,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    feed = make.feed(columns=COLUMNS)
    bring(feed, [car(1), car(2)], columns=COLUMNS)
    bring(feed, [car(1, price=11_000), car(2)], columns=COLUMNS)
    before = Listing.objects.get(stock_ref="S1")
    photo = uploaded(encoded(halves()), before)
    address = address_of(before, client)
    leave(feed)
    assert Listing.objects.get(pk=before.pk).status == status
    assert client.get(f"/api/v1/listings/{before.pk}/").status_code in (404, 410)

    run = bring(feed, [car(1, price=price), car(2)], columns=COLUMNS)
    assert counts(run) == {"revived": 1, "unchanged": 1}
    back = Listing.objects.get(stock_ref="S1")
    assert (back.pk, back.status, back.price, back.sold_at) == (before.pk, "live", price, None)
    assert (back.published_at, address_of(back, client)) == (before.published_at, address)
    assert Photo.objects.get(listing=back) == photo
    prices = PriceChange.objects.filter(listing=back).order_by("id")
    assert list(prices.values_list("new_price", flat=True)) == [10_001, 11_000, price]
    assert client.get(f"/api/v1/listings/{back.pk}/").status_code == 200
    assert Listing.objects.count() == 2


@pytest.mark.parametrize(
    "leave", [absent_twice, sold_by_the_file, ran_out], ids=["absent", "sold", "expired"]
)
def test_a_car_that_comes_back_as_it_was_is_revived_though_its_row_is_old(
    leave: Callable[[StockFeed], None],
) -> None:
    feed = make.feed(columns=COLUMNS)
    bring(feed, [car(1), car(2)], columns=COLUMNS)
    leave(feed)
    run = bring(feed, [car(1), car(2)], columns=COLUMNS)
    assert counts(run) == {"revived": 1, "unchanged": 1}
    assert counts(bring(feed, [car(1), car(2)], columns=COLUMNS)) == {"unchanged": 2}


def test_a_car_that_was_sold_too_long_ago_comes_back_as_another_advert() -> None:
    feed = make.feed(columns=COLUMNS)
    bring(feed, [car(1)], columns=COLUMNS)
    bring(feed, [car(1, availability="sold")], columns=COLUMNS)
    Listing.objects.update(sold_at=timezone.now() - timedelta(days=31))
    run = bring(feed, [car(1)], columns=COLUMNS)
    assert counts(run) == {"created": 1}
    old, new = Listing.objects.order_by("id")
    assert (old.status, new.status) == ("sold", "live")
    assert counts(bring(feed, [car(1)], columns=COLUMNS)) == {"unchanged": 1}


def test_what_a_person_withdrew_stays_so_and_the_report_says_why() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    lifecycle.withdraw(listing_id=Listing.objects.get().pk, actor_id=None)
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1}
    run = bring(feed, [car(1, price=9_000)])
    row = run.rows.get()
    assert (row.outcome, row.fields) == ("updated", ["price"])
    assert [each["code"] for each in row.warnings] == ["off_sale"]
    assert (Listing.objects.get().status, Listing.objects.get().price) == ("withdrawn", 9_000)


def test_a_new_car_that_is_sold_already_is_not_advertised() -> None:
    feed = make.feed(columns=COLUMNS)
    run = bring(feed, [car(1, availability="Sold"), car(2)], columns=COLUMNS)
    assert counts(run) == {"rejected": 1, "created": 1}
    assert [each["code"] for each in run.rows.get(line=2).reasons] == ["sold"]
    assert [row.stock_ref for row in Listing.objects.all()] == ["S2"]


@pytest.mark.parametrize("word", ["sold", "SOLD", "Sold - awaiting collection", "Invoiced"])
def test_whatever_the_word_a_sold_car_is_taken_off_once(word: str) -> None:
    feed = make.feed(columns=COLUMNS)
    bring(feed, [car(1), car(2)], columns=COLUMNS)
    rows = [car(1, availability=word), car(2)]
    assert bring(feed, rows, columns=COLUMNS).rows.get().fields == ["status"]
    row = Listing.objects.get(stock_ref="S1")
    assert (row.status, row.events.filter(kind="sold").count()) == ("sold", 1)
    again = bring(feed, [rows[0] | {"mileage": "80000"}, car(2)], columns=COLUMNS)
    assert again.state == "done"
    row.refresh_from_db()
    assert (row.status, row.events.filter(kind="sold").count()) == ("sold", 1)
