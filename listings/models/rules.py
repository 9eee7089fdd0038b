"""The rules about an advert that the database keeps, and the indexes its queries need."""

from datetime import date

from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When

from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    EuroStandard,
    Fuel,
    ReservationSide,
    ServiceHistory,
    Status,
    Transmission,
    Ulez,
    VatScheme,
    WriteOff,
)
from listings.models.conditions import LIVE
from listings.models.titles import TitleWords

PRICE_MAX = 10_000_000
MILEAGE_MAX = 999_999
YEAR_MIN, YEAR_MAX = 1885, 2100
PLAUSIBLE = {
    "price": (1, PRICE_MAX),
    "mileage": (0, MILEAGE_MAX),
    "year": (YEAR_MIN, YEAR_MAX),
    "doors": (1, 9),
    "seats": (1, 60),
    "engine_cc": (49, 30_000),
    "power_bhp": (1, 3_000),
}
"""The least and the most that the database takes of a number."""
VRM_SHAPE = r"^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{2,7}$"
VIN_SHAPE = r"^[A-HJ-NPR-Z0-9]{17}$"


def latest_year(today: date) -> int:
    """Return the year that a car for sale may be of at most: next year's models are sold now."""
    return today.year + 1


def ulez_from_emissions() -> Case:
    """Return whether the car meets London's ULEZ standard, as far as its fields tell.

    Petrol needs Euro 4, diesel Euro 6; a hybrid may burn either. Where the Euro standard is not
    stated the year decides only when the law does: new cars had to meet Euro 4 from January 2006
    and Euro 6 from September 2015.
    Source: Transport for London, "ULEZ: how to check your vehicle"; Regulation (EC) 715/2007.
    """
    petrol = Q(fuel__in=(Fuel.PETROL, Fuel.LPG))
    hybrid = Q(fuel__in=(Fuel.HYBRID, Fuel.PLUG_IN_HYBRID))
    diesel = Q(fuel=Fuel.DIESEL)
    unstated = Q(euro_standard__isnull=True)
    return Case(
        When(Q(fuel__in=(Fuel.ELECTRIC, Fuel.HYDROGEN)), then=Value(Ulez.YES)),
        When(petrol & Q(euro_standard__gte=4), then=Value(Ulez.YES)),
        When((diesel | hybrid) & Q(euro_standard__gte=6), then=Value(Ulez.YES)),
        When((petrol | hybrid) & Q(euro_standard__lt=4), then=Value(Ulez.NO)),
        When(diesel & Q(euro_standard__lt=6), then=Value(Ulez.NO)),
        When(petrol & unstated & Q(year__gte=2006), then=Value(Ulez.YES)),
        When((diesel | hybrid) & unstated & Q(year__gte=2016), then=Value(Ulez.YES)),
        default=Value(Ulez.UNKNOWN),
    )


def _between(field: str, low: int, high: int) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        name=f"listing_{field}_is_plausible",
    )


def _one_of(field: str, choices: type[models.Choices]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}), name=f"listing_{field}_is_known"
    )


LISTING_CONSTRAINTS = (
    *(_between(field, *ends) for field, ends in PLAUSIBLE.items()),
    _one_of("status", Status),
    _one_of("fuel", Fuel),
    _one_of("transmission", Transmission),
    _one_of("body_type", BodyType),
    _one_of("colour", Colour),
    _one_of("drivetrain", Drivetrain),
    _one_of("euro_standard", EuroStandard),
    _one_of("vat_scheme", VatScheme),
    _one_of("service_history", ServiceHistory),
    _one_of("write_off", WriteOff),
    _one_of("reserved_by", ReservationSide),
    models.CheckConstraint(
        condition=Q(admin_fee__lte=F("price")) | Q(admin_fee__isnull=True),
        name="listing_admin_fee_is_part_of_the_price",
    ),
    models.CheckConstraint(condition=Q(vrm__regex=VRM_SHAPE), name="listing_vrm_is_well_formed"),
    models.CheckConstraint(condition=Q(vin__regex=VIN_SHAPE), name="listing_vin_is_well_formed"),
    models.CheckConstraint(
        condition=~LIVE | Q(published_at__isnull=False, expires_at__isnull=False),
        name="live_listing_has_been_published_and_will_expire",
    ),
    models.CheckConstraint(
        condition=~LIVE | Q(write_off__isnull=True) | ~Q(write_off__in=(WriteOff.A, WriteOff.B)),
        name="scrapped_car_is_never_live",
    ),
    models.CheckConstraint(
        condition=Q(reserved_until__isnull=True) | LIVE, name="only_a_live_listing_is_reserved"
    ),
    models.CheckConstraint(
        condition=Q(reserved_until__isnull=True, reserved_by__isnull=True)
        | Q(reserved_until__isnull=False, reserved_by__isnull=False),
        name="reservation_says_who_made_it",
    ),
    models.CheckConstraint(
        condition=Q(status=Status.SOLD, sold_at__isnull=False)
        | (~Q(status=Status.SOLD) & Q(sold_at__isnull=True)),
        name="sold_listing_says_when",
    ),
    models.UniqueConstraint(
        fields=("dealer", "vrm"), condition=LIVE, name="one_live_listing_per_dealer_and_vrm"
    ),
    models.UniqueConstraint(fields=("dealer", "stock_ref"), name="stock_ref_is_unique_in_dealer"),
)

COVERED = (
    "make",
    "model",
    "dealer",
    "price",
    "mileage",
    "year",
    "fuel",
    "transmission",
    "body_type",
    "doors",
    "seats",
    "colour",
    "expires_at",
)
"""What buyers filter by most: an index that carries these answers a search without the table."""


def _in_order_of(*columns: str, name: str) -> BTreeIndex:
    covered = tuple(field for field in COVERED if field not in columns)
    return BTreeIndex(fields=(*columns, "id"), include=covered, condition=LIVE, name=name)


LISTING_INDEXES = (
    _in_order_of("price", name="live_cheapest"),
    _in_order_of("mileage", name="live_by_mileage"),
    _in_order_of("year", name="live_by_year"),
    _in_order_of("published_at", name="live_newest"),
    _in_order_of("make", "price", name="live_make_cheapest"),
    BTreeIndex(
        fields=("model", "price", "id"),
        include=("year",),
        condition=LIVE,
        name="live_model_by_price",
    ),
    BTreeIndex("dealer", "status", "id", name="listing_stock_of_dealer"),
    BTreeIndex("make", "model", name="listing_of_model"),
    BTreeIndex("vrm", condition=Q(vrm__isnull=False), name="listing_by_vrm"),
    BTreeIndex("vin", condition=Q(vin__isnull=False), name="listing_by_vin"),
    BTreeIndex("expires_at", condition=LIVE, name="live_next_to_expire"),
    BTreeIndex(
        "reserved_until", condition=Q(reserved_until__isnull=False), name="listing_reserved"
    ),
    BTreeIndex(
        "lowest_price_ends_at",
        condition=Q(lowest_price_ends_at__isnull=False),
        name="listing_lowest_price_ends",
    ),
    BTreeIndex(fields=("revision", "id"), name="listing_changed_since"),
    BTreeIndex(
        "dealer", condition=Q(unlocked_at__isnull=False), name="listing_with_unlocked_fields"
    ),
    BTreeIndex("id", condition=Q(equipment__isnull=True), name="listing_with_unread_texts"),
    GinIndex(TitleWords("title"), condition=LIVE, name="live_by_title_words"),
)
