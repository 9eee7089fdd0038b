"""Fields that a person wrote are shown on the advert's page, and unlocked one by one."""

import pytest
from django.db import transaction
from django.test import Client

from dealers.models import Dealer, FeedRun, StockFeed, User
from listings.adverts import edit_listing, unlock_fields
from listings.choices import PriceReason, Source
from listings.models import Listing
from listings.pricing import PriceStep, PriceUnit, attribute_prices, change_prices
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


def test_the_last_writer_of_every_field_is_shown(
    desk: Client, owner: User, feed: StockFeed, advert: Listing
) -> None:
    run = bring(feed, [car(1, mileage=80_000)])
    edit_listing(listing_id=advert.pk, changes={"doors": 5}, actor_id=None, source=Source.API)
    step = PriceStep(PriceUnit.POUNDS, -100)
    change_prices(listing_ids=[advert.pk], step=step, actor_id=owner.pk)
    unlock_fields(listing_id=advert.pk, fields=["price"], actor_id=owner.pk)
    page = desk.get(f"{STOCK}{advert.pk}/change/")
    said = {author.field: author.who for author in page.context["authors"]}
    first = FeedRun.objects.order_by("id")[0]
    assert {name: said[name] for name in ("mileage", "doors", "price", "year")} == {
        "mileage": f"Feed Main stock, run {run.pk}",
        "doors": "Stock API",
        "price": "Olive Owner",
        "year": f"Feed Main stock, run {first.pk}",
    }
    assert "colour" not in said
    assert [lock.field for lock in page.context["locks"]] == ["colour"]
    assert "Who wrote each field last" in page.content.decode()


def test_a_price_plan_is_known_as_a_writer_of_the_price(desk: Client, advert: Listing) -> None:
    with transaction.atomic():
        attribute_prices(reason=PriceReason.PLAN, actor_id=None)
        Listing.objects.filter(pk=advert.pk).update(price=8_000)
    page = desk.get(f"{STOCK}{advert.pk}/change/")
    locks = {lock.field: lock.who for lock in page.context["locks"]}
    assert locks == {"colour": "Olive Owner", "price": "Price plan"}
