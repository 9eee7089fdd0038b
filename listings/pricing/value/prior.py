"""Asking prices from elsewhere, by which the market is known before its own adverts tell it."""

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
from psycopg import sql

from listings.pricing.value.car_columns import (
    DAYS_A_YEAR,
    EPOCH,
    CarSource,
    shared_columns,
    small_columns,
)
from listings.pricing.value.cars import CarTable

HALF_LIFE_DAYS = 365
OWN_ADVERTS = 30
"""Of a model with so many adverts of its own, an asking price from elsewhere counts half."""
WEIGHT_MIN = 0.1
"""What counts less is left out."""

_PRICES = CarSource(
    row="price",
    source=(
        "listings_askingprice price JOIN listings_model model ON model.id = price.model_id"
        " JOIN listings_askingpricetable price_table ON price_table.id = price.table_id"
    ),
    car="'asking price ' || price_table.name || ' ' || price.line",
    wide={
        "key": ("-price.id", ">i8"),  # no advert has it
        "make": ("model.make_id::int4", ">i4"),
        "tax": ("coalesce(price.tax, -1)::int4", ">i4"),
        **shared_columns(
            "price",
            day="coalesce(price.listed_on, price_table.dated_on)",
            born="make_date(price.year, 7, 1)",
        ),
    },
    small=small_columns("price"),
)


def read_asking_prices(as_of: date, own: npt.NDArray[np.integer]) -> CarTable:
    """Return asking prices from elsewhere, weighted; `own` are the models of the own adverts.

    A price loses half of its weight in a year, and more as adverts of its model come.
    """
    everything = sql.SQL("true")
    columns = _PRICES.read(everything)
    cars = _PRICES.cars(columns, everything, as_of)
    models, counts = np.unique(own, return_counts=True)
    own_adverts = np.zeros(len(cars))
    if len(models):
        at = np.minimum(np.searchsorted(models, cars.model), len(models) - 1)
        own_adverts = np.where(models[at] == cars.model, counts[at], 0)
    days = np.maximum((as_of - EPOCH).days - cars.listed_on, 0)
    weight = 0.5 ** (days / HALF_LIFE_DAYS) * OWN_ADVERTS / (OWN_ADVERTS + own_adverts)
    # As old as it was then: the table tells what a car of that age costs.
    age = np.maximum(cars.listed_on - columns["born"], 0) / DAYS_A_YEAR
    weighted = replace(cars, weight=weight.astype(np.float32), age_years=age.astype(np.float32))
    return weighted.rows(weight >= WEIGHT_MIN)
