"""Creating and editing an advert."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from listings.adverts import create_listing, edit_listing
from listings.exceptions import (
    AlreadyLive,
    DuplicateStockRef,
    InvalidListing,
    ListingNotFound,
    NotPublishable,
)
from listings.models import Listing, ListingEvent, PriceChange
from tests import make

pytestmark = pytest.mark.django_db


def test_a_new_advert_is_a_draft_with_an_event() -> None:
    person, place, car = make.user(), make.branch(), make.model()
    listing = create_listing(
        fields={
            "branch": place,
            "make": car.make,
            "model": car,
            "derivative": "3.0 TDV6",
            "year": 2015,
            "mileage": 50_000,
            "price": 20_000,
        },
        actor_id=person.pk,
    )
    assert (listing.status, listing.title, listing.dealer) == (
        "draft",
        "Land Rover Range Rover 3.0 TDV6",
        place.dealer,
    )
    event = ListingEvent.objects.get(listing=listing)
    assert (event.kind, event.to_status, event.actor) == ("created", "draft", person)
    change = PriceChange.objects.get(listing=listing)
    assert (change.new_price, change.reason, change.actor) == (20_000, "edit", person)


def test_a_derivative_fills_what_is_missing_and_never_overrules() -> None:
    car = make.model()
    listing = create_listing(
        fields={
            "branch": make.branch(),
            "make": car.make,
            "model": car,
            "derivative": "3.0 TDV6 Vogue SE 4dr Auto",
            "year": 2015,
            "mileage": 50_000,
            "doors": 5,
        },
        actor_id=None,
    )
    assert (listing.fuel, listing.transmission, listing.engine_cc) == ("diesel", "automatic", 3000)
    assert listing.doors == 5
    event = ListingEvent.objects.get(listing=listing)
    assert event.reason == "The derivative says doors 4, not 5."


def test_an_edit_logs_each_field_before_and_after() -> None:
    person, published_at = make.user(), timezone.now() - timedelta(days=2)
    listing = make.live(price=20_000, mot_expires_on=None, published_at=published_at)
    edit_listing(
        listing_id=listing.pk,
        changes={"price": 19_500, "mot_expires_on": date(2027, 3, 1), "year": listing.year},
        actor_id=person.pk,
    )
    event = ListingEvent.objects.get(listing=listing)
    assert event.changes == {"price": [20_000, 19_500], "mot_expires_on": [None, "2027-03-01"]}
    listing.refresh_from_db()
    assert (listing.price, listing.previous_price) == (19_500, 20_000)


def test_a_registration_mark_is_written_without_spaces_in_upper_case() -> None:
    listing = make.live()
    edit_listing(listing_id=listing.pk, changes={"vrm": "ab15 cde"}, actor_id=None)
    listing.refresh_from_db()
    assert listing.vrm == "AB15CDE"
    edit_listing(listing_id=listing.pk, changes={"vrm": ""}, actor_id=None)
    listing.refresh_from_db()
    assert listing.vrm is None


def test_an_edit_without_a_difference_writes_nothing() -> None:
    listing = make.live()
    edit_listing(listing_id=listing.pk, changes={"price": listing.price}, actor_id=None)
    assert not ListingEvent.objects.exists()
    assert Listing.objects.get(pk=listing.pk).revision == listing.revision


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": 0}, "price"),
        ({"price": 10_000_001}, "price"),
        ({"price": -1}, "price"),
        ({"mileage": None}, "mileage"),
        ({"fuel": "steam"}, "fuel"),
        ({"doors": 0}, "doors"),
        ({"vrm": "!!"}, "vrm"),
        ({"vin": "SALGA2EF0FA22222O"}, "vin"),
        ({"derivative": "x" * 201}, "derivative"),
        ({"description": "x" * 20_001}, "description"),
        ({"description": "nul\0"}, "description"),
        ({"features": "abc"}, "features"),
    ],
)
def test_a_bad_value_is_named_and_changes_nothing(changes: dict[str, object], field: str) -> None:
    listing = make.live()
    with pytest.raises(InvalidListing) as refusal:
        edit_listing(listing_id=listing.pk, changes={"year": 2014, **changes}, actor_id=None)
    assert list(refusal.value.fields) == [field]
    assert Listing.objects.get(pk=listing.pk).year == 2015


def test_a_stock_reference_is_used_once() -> None:
    first = make.draft(stock_ref="A1")
    second = make.draft(branch=first.branch)
    with pytest.raises(DuplicateStockRef):
        edit_listing(listing_id=second.pk, changes={"stock_ref": "A1"}, actor_id=None)
    second.refresh_from_db()
    assert second.stock_ref is None


def test_a_live_advert_cannot_take_the_mark_of_another() -> None:
    first = make.live(vrm="AB15CDE")
    second = make.live(branch=first.branch)
    with pytest.raises(AlreadyLive):
        edit_listing(listing_id=second.pk, changes={"vrm": "AB15CDE"}, actor_id=None)


def test_a_live_advert_cannot_become_scrap() -> None:
    listing = make.live()
    with pytest.raises(NotPublishable):
        edit_listing(listing_id=listing.pk, changes={"write_off": "a"}, actor_id=None)


def test_a_status_is_not_a_field_to_edit() -> None:
    with pytest.raises(TypeError, match="status"):
        edit_listing(listing_id=make.live().pk, changes={"status": "sold"}, actor_id=None)


def test_an_unknown_listing_is_not_found() -> None:
    with pytest.raises(ListingNotFound):
        edit_listing(listing_id=1, changes={"price": 1}, actor_id=None)


def test_an_advert_stays_with_its_dealer_and_a_model_with_its_make() -> None:
    listing = make.live()
    golf = make.model("Golf", make.make("Volkswagen"))
    for field, changes in (
        ("branch", {"branch": make.branch()}),
        ("model", {"model": golf}),
        ("model", {"make": golf.make}),
    ):
        with pytest.raises(InvalidListing) as refusal:
            edit_listing(listing_id=listing.pk, changes=changes, actor_id=None)
        assert list(refusal.value.fields) == [field]
    edit_listing(listing_id=listing.pk, changes={"make": golf.make, "model": golf}, actor_id=None)
    listing.refresh_from_db()
    assert listing.title.startswith("Volkswagen Golf")


def test_a_draft_names_every_field_it_lacks() -> None:
    with pytest.raises(InvalidListing) as refusal:
        create_listing(fields={"branch": make.branch()}, actor_id=None)
    assert set(refusal.value.fields) == {"make", "model", "year", "mileage"}
    assert not Listing.objects.exists()
