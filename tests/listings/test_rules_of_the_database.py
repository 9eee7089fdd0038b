"""What the database keeps, whichever path writes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dealers.models import Branch, Dealer
from listings.choices import Status
from listings.models import Listing, Make, Model, Photo, PriceChange
from tests import make

pytestmark = pytest.mark.django_db


def test_an_update_in_plain_sql_writes_price_history_and_revision() -> None:
    row = make.live(price=10_000, published_at=timezone.now() - timedelta(days=2))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE listings_listing SET price = 9500 WHERE id = %s", [row.id])
    row.refresh_from_db()
    assert row.previous_price == 10_000
    assert row.revision is not None
    history = PriceChange.objects.filter(listing=row).values_list("old_price", "new_price")
    assert list(history) == [(None, 10_000), (10_000, 9_500)]


def test_a_write_that_leaves_the_price_alone_adds_no_price_history() -> None:
    row = make.live()
    Listing.objects.filter(pk=row.pk).update(mileage=80_000, price=row.price)
    assert PriceChange.objects.filter(listing=row).count() == 1


def test_a_title_follows_the_catalogue_and_the_derivative() -> None:
    row = make.live(derivative="3.0 TDV6 Vogue")
    assert row.title == "Land Rover Range Rover 3.0 TDV6 Vogue"
    row.make.name = "LAND ROVER"
    row.make.save(update_fields=["name"])
    Listing.objects.filter(pk=row.pk).update(derivative="")
    row.refresh_from_db()
    assert row.title == "LAND ROVER Range Rover"


def test_a_dealer_has_one_live_listing_for_a_registration_mark() -> None:
    first = make.live(vrm="AB15CDE")
    make.draft(vrm="AB15CDE", branch=first.branch)
    with pytest.raises(IntegrityError, match="one_live_listing_per_dealer_and_vrm"):
        make.live(vrm="AB15CDE", branch=make.branch(first.dealer))


def test_a_listing_cannot_name_another_dealer_than_its_branch() -> None:
    row, another = make.draft(), make.dealer()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="listing_dealer_is_its_branchs"), transaction.atomic():
        Listing.objects.filter(pk=row.pk).update(dealer=another)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"price": 0}, "listing_price_is_plausible"),
        ({"mileage": 1_000_000}, "listing_mileage_is_plausible"),
        ({"fuel": "steam"}, "listing_fuel_is_known"),
        ({"vrm": "ab15cde"}, "listing_vrm_is_well_formed"),
        ({"vin": "SALGA2EF0FA22222O"}, "listing_vin_is_well_formed"),
        ({"admin_fee": 40_000}, "listing_admin_fee_is_part_of_the_price"),
        ({"write_off": "b"}, "scrapped_car_is_never_live"),
        ({"expires_at": None}, "live_listing_has_been_published_and_will_expire"),
        ({"status": Status.SOLD}, "sold_listing_says_when"),
    ],
)
def test_an_impossible_row_is_refused_by_name(fields: dict[str, object], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make.live(**fields)
    assert not Listing.objects.exists()


@pytest.mark.parametrize(
    ("fuel", "euro_standard", "year", "ulez"),
    [
        ("petrol", 4, 2005, "yes"),
        ("petrol", 3, 2010, "no"),
        ("petrol", None, 2006, "yes"),
        ("petrol", None, 2005, "unknown"),
        ("diesel", 5, 2016, "no"),
        ("diesel", 6, 2014, "yes"),
        ("diesel", None, 2015, "unknown"),
        ("hybrid", 5, 2014, "unknown"),
        ("electric", None, 2012, "yes"),
        (None, 6, 2020, "unknown"),
    ],
)
def test_ulez_is_derived(fuel: str | None, euro_standard: int | None, year: int, ulez: str) -> None:
    row = make.live(fuel=fuel, euro_standard=euro_standard, year=year)
    assert row.ulez == ulez


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change", ["dealer", "branch", "make", "model", "photo added", "photo gone"]
)
def test_whatever_a_card_shows_changes_the_revision(change: str) -> None:
    row = make.live()
    if change == "photo gone":
        Photo.objects.create(listing=row, image="a.jpg", width=1, height=1, position=0)
    row.refresh_from_db()
    before = row.revision
    match change:
        case "dealer":
            Dealer.objects.update(name="Another name")
        case "branch":
            Branch.objects.update(town="Leeds")
        case "make":
            Make.objects.update(name="Rover")
        case "model":
            Model.objects.update(name="Discovery")
        case "photo added":
            Photo.objects.create(listing=row, image="a.jpg", width=1, height=1, position=0)
        case _:
            Photo.objects.all().delete()
    row.refresh_from_db()
    assert before is not None
    assert row.revision is not None
    assert row.revision > before


@pytest.mark.django_db(transaction=True)
def test_a_dealer_that_is_written_unchanged_leaves_revisions_alone() -> None:
    row = make.live()
    Dealer.objects.update(name=row.dealer.name)
    assert Listing.objects.get(pk=row.pk).revision == row.revision


@pytest.mark.parametrize("position", [{"latitude": 53.8}, {"longitude": -1.5}])
def test_a_branch_has_a_whole_position_or_none(position: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="branch_position_is_on_earth"):
        make.branch(**position)
