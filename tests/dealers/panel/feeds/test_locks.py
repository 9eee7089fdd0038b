"""Fields that a person wrote are shown on the advert's page, and unlocked one by one."""

import pytest
from django.test import Client

from dealers.models import Dealer, StockFeed, User
from listings.editing import edit_listing
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car

pytestmark = pytest.mark.django_db
STOCK = "/dealer/listings/listing/"


@pytest.fixture
def advert(feed: StockFeed, owner: User) -> Listing:
    """An advert of the feed whose price and colour the owner has written."""
    bring(feed, [car(1)])
    row = Listing.objects.get()
    changes = {"price": 9_000, "colour": "blue"}
    return edit_listing(listing_id=row.pk, changes=changes, actor_id=owner.pk)


def test_locked_fields_are_shown_with_who_wrote_them(desk: Client, advert: Listing) -> None:
    page = desk.get(f"{STOCK}{advert.pk}/change/")
    assert [(lock.field, lock.label, lock.who) for lock in page.context["locks"]] == [
        ("colour", "Colour", "Olive Owner"),
        ("price", "Price", "Olive Owner"),
    ]
    assert "Kept from feeds" in page.content.decode()


def test_one_field_is_unlocked_and_the_feed_writes_it_again(
    desk: Client, feed: StockFeed, advert: Listing
) -> None:
    bring(feed, [car(1, price=8_000)])
    advert.refresh_from_db()
    assert advert.price == 9_000
    assert desk.get(f"{STOCK}{advert.pk}/unlock/").status_code == 405
    page = desk.post(f"{STOCK}{advert.pk}/unlock/", {"field": "price"}, follow=True)
    assert "Price is unlocked" in page.content.decode()
    advert.refresh_from_db()
    assert advert.locked_fields == ["colour"]
    bring(feed, [car(1, price=8_000)])
    advert.refresh_from_db()
    assert (advert.price, advert.colour) == (8_000, "blue")


def test_a_field_that_is_not_locked_is_left_alone(desk: Client, advert: Listing) -> None:
    desk.post(f"{STOCK}{advert.pk}/unlock/", {"field": "mileage"})
    desk.post(f"{STOCK}{advert.pk}/unlock/")
    advert.refresh_from_db()
    assert advert.locked_fields == ["colour", "price"]


def test_another_dealers_field_stays_locked(client: Client, advert: Listing) -> None:
    client.force_login(make.member(make.dealer("Their Cars")))
    assert client.post(f"{STOCK}{advert.pk}/unlock/", {"field": "price"}).status_code == 404
    advert.refresh_from_db()
    assert advert.locked_fields == ["colour", "price"]


def test_who_has_no_feed_hears_of_no_locks(desk: Client, dealer: Dealer, owner: User) -> None:
    row = make.draft(branch=make.branch(dealer))
    edit_listing(listing_id=row.pk, changes={"price": 9_000}, actor_id=owner.pk)
    assert desk.get(f"{STOCK}{row.pk}/change/").context["locks"] == []
