"""The public adverts that are nearest to a car, and what each would ask for that very car."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from django.db import connection

from listings.models import Listing, ListingValue
from listings.models.car_link import CAR_NAME_SQL, CAR_SQL, LINKED_JOIN
from listings.models.conditions import PUBLIC_SQL
from listings.models.value import VALUED_SQL
from listings.pricing.value.comparables import (
    A_LITRE,
    DERIVATIVE,
    FUEL,
    GEARBOX,
    LITRES_MAX,
    MILES_A_STEP,
    UNKNOWN_SHARE,
)

SHOWN_MAX = 12
WEIGHED = 60
"""So many of the nearest are read: some are one car twice, some have yet to be valued."""

DISTANCE_MAX = 4
"""What is further off than four model years says next to nothing of a car's value."""

PRICE_BAND = 2.0
"""Adverts that ask under half or over twice the value are slips, or no cars like it."""


def _term(name: str, apart: float) -> str:
    """Return the SQL of what another value of a column adds, and a part where one is not known."""
    own, asked = f"nullif(listing.{name}, '')", f"nullif(%({name})s::text, '')"
    return (
        f"CASE WHEN {own} IS NOT DISTINCT FROM {asked} THEN 0 WHEN {own} IS NULL OR {asked} IS NULL"
        f" THEN {apart * UNKNOWN_SHARE}::float8 ELSE {apart}::float8 END"
    )


DISTANCE_SQL = f"""
    abs(listing.year - %(year)s)::float8
    + abs(listing.mileage - %(mileage)s)::float8 / {MILES_A_STEP}
    + {_term("fuel", FUEL)} + {_term("transmission", GEARBOX)} + {_term("derivative", DERIVATIVE)}
    + least(coalesce(abs(listing.engine_cc - %(engine_cc)s)::float8 * {A_LITRE / 1_000}, CASE
        WHEN listing.engine_cc IS NOT DISTINCT FROM %(engine_cc)s THEN 0
        ELSE {UNKNOWN_SHARE} END), {LITRES_MAX})
"""
"""How far an advert is from a car, by the terms that the market corrects values by."""

PRUNED_SQL = """
    listing.model_id = %(model_id)s AND listing.price BETWEEN %(price_min)s AND %(price_max)s
    AND listing.year BETWEEN %(year_min)s AND %(year_max)s
    AND listing.mileage BETWEEN %(mileage_min)s AND %(mileage_max)s
"""
NEAREST_SQL = f"""
WITH nearest AS MATERIALIZED (
    SELECT listing.id, {DISTANCE_SQL} AS distance
    FROM listings_listing listing JOIN dealers_dealer dealer ON dealer.id = listing.dealer_id
    WHERE {PRUNED_SQL} AND listing.id IS DISTINCT FROM %(listing_id)s AND {PUBLIC_SQL}
    ORDER BY distance, listing.id LIMIT {WEIGHED}
)
SELECT coalesce({CAR_NAME_SQL}, {CAR_SQL}::text), listing.id, listing.price,
    value.residual, listing.year, listing.mileage, listing.fuel, listing.transmission,
    listing.engine_cc, listing.derivative
FROM nearest
JOIN listings_listing listing ON listing.id = nearest.id
JOIN listings_listingvalue value ON value.listing_id = nearest.id
{LINKED_JOIN}
WHERE (link.car IS NULL OR NOT EXISTS (
    SELECT FROM listings_carlink own WHERE own.listing_id = %(listing_id)s AND own.car = link.car
)) AND {VALUED_SQL} AND value.residual IS NOT NULL AND nearest.distance <= {DISTANCE_MAX}
ORDER BY nearest.distance, listing.id
"""  # noqa: S608 - conditions and numbers of ours


class ComparedCar(NamedTuple):
    """What two cars of one model are told apart by."""

    year: int
    mileage: int
    fuel: str | None
    transmission: str | None
    engine_cc: int | None
    derivative: str


@dataclass(frozen=True)
class ValuedCar:
    """A car with its value in whole pounds, and what comparables added to its logarithm.

    `mark` is its VRM, else its VIN: the same car at another dealer is no comparable.
    """

    model_id: int
    car: ComparedCar
    value: int
    correction: float
    listing_id: int | None = None
    mark: str | None = None

    @classmethod
    def of(cls, listing: Listing, row: ListingValue) -> Self | None:
        """Return an advert with its value; None where it has none."""
        if row.value is None:
            return None
        return cls(
            listing.model_id,
            ComparedCar(*(getattr(listing, name) for name in ComparedCar._fields)),
            row.value,
            row.correction or 0.0,
            listing.pk,
            listing.vrm or listing.vin,
        )


@dataclass(frozen=True)
class ComparableAdvert:
    """An advert that a value rests on: what it asks, and what it would ask for the car valued."""

    listing_id: int
    asked: int
    adjusted: int
    car: ComparedCar


def comparable_adverts(valued: ValuedCar, *, limit: int = SHOWN_MAX) -> list[ComparableAdvert]:
    """Return the public adverts nearest to a car, nearest first, each physical car once.

    What an advert asks is moved by what the model has the two cars differ by; both models are those
    that had seen neither price.
    """
    expected = math.log(valued.value) - valued.correction
    marks: set[str | None] = {valued.mark}
    found: list[ComparableAdvert] = []
    for mark, listing_id, asked, residual, *car in _nearest(valued):
        if mark in marks or len(found) == limit:
            continue
        marks.add(mark)
        adjusted = round(math.exp(expected + residual))
        found.append(ComparableAdvert(listing_id, asked, adjusted, ComparedCar(*car)))
    return found


def _nearest(valued: ValuedCar) -> list[tuple[Any, ...]]:
    asked = {
        **valued.car._asdict(),
        "model_id": valued.model_id,
        "listing_id": valued.listing_id,
        "price_min": round(valued.value / PRICE_BAND),
        "price_max": round(valued.value * PRICE_BAND),
        "year_min": valued.car.year - DISTANCE_MAX,
        "year_max": valued.car.year + DISTANCE_MAX,
        "mileage_min": valued.car.mileage - DISTANCE_MAX * MILES_A_STEP,
        "mileage_max": valued.car.mileage + DISTANCE_MAX * MILES_A_STEP,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_SQL, asked)
        return list(cursor)
