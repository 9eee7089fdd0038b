"""A car as somebody describes it, in the columns that adverts are read into."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import numpy as np
from django.db import connection
from psycopg import Connection, sql

from listings.pricing.value.car_columns import (
    CarSource,
    identity_sql,
    shared_columns,
    small_columns,
)
from listings.pricing.value.cars import CarTable

_NOBODY = "'a car that is described'"
_EVERY = sql.SQL("true")


@dataclass(frozen=True)
class DescribedCar:
    """A car as somebody describes it, by the fields of an advert; None is not known.

    `vrm` tells nothing but whether the car is among the adverts: its own are left out.
    """

    make_id: int
    model_id: int
    year: int
    mileage: int
    derivative: str = ""
    first_registered_on: date | None = None
    fuel: str | None = None
    transmission: str | None = None
    body_type: str | None = None
    drivetrain: str | None = None
    doors: int | None = None
    engine_cc: int | None = None
    power_bhp: int | None = None
    owners: int | None = None
    write_off: str | None = None
    vrm: str | None = field(default=None, repr=False)


def described_table(car: DescribedCar, as_of: date) -> CarTable:
    """Return a car as a table of one row, as old as on a day.

    It goes through the database as an advert's row would, so that both are read alike. Its mark
    goes as a parameter, which no log of statements shows.
    """
    source = _source({name: value for name, value in asdict(car).items() if name != "vrm"})
    table = source.cars(source.read(_EVERY), _EVERY, as_of)
    if car.vrm is None:
        return table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {identity_sql('%s')}", [car.vrm])
        (identity,) = cursor.fetchone() or (0,)
    return replace(table, identity=np.array([identity], np.int64).view(np.uint64))


def _source(columns: dict[str, object]) -> CarSource:
    raw: Connection = connection.connection
    row = sql.Literal(json.dumps(columns, default=str)).as_string(raw)
    return CarSource(
        row="listing",
        source=f"jsonb_populate_record(NULL::listings_listing, {row}::jsonb) listing",
        car=_NOBODY,
        wide={
            "key": ("0::int8", ">i8"),
            "make": ("listing.make_id::int4", ">i4"),
            **shared_columns(
                "listing",
                day="now()",
                born="coalesce(listing.first_registered_on, make_date(listing.year, 7, 1))",
            ),
        },
        small=small_columns("listing"),
    )
