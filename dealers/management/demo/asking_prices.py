"""Made-up asking prices, as if from elsewhere: the demo's market before its own adverts tell it."""

import random
from collections.abc import Iterator
from datetime import date

from dealers.management.demo.cars import invent_car
from dealers.management.demo.ranges import read_ranges
from listings.catalogue import Finder
from listings.models import AskingPriceTable
from listings.pricing.value.price_tables import PriceTable, load_prices

NAME = "Made up for the demo"
ROWS_AN_ADVERT = 3
_COLUMNS = (
    "make",
    "model",
    "derivative",
    "year",
    "price",
    "mileage",
    "fuel",
    "transmission",
    "body_type",
    "doors",
    "engine_cc",
    "power_bhp",
    "owners",
)


def add_asking_prices(adverts: int, today: date) -> None:
    """Load a table for a demo of so many adverts, where it is not there yet."""
    if adverts and not AskingPriceTable.objects.filter(name=NAME).exists():
        lines = _lines(ROWS_AN_ADVERT * adverts, today)
        load_prices(lines, PriceTable(NAME, today), Finder().find)


def _lines(rows: int, today: date) -> Iterator[str]:
    yield ",".join(_COLUMNS)
    chance, ranges = random.Random("asking prices"), read_ranges()  # noqa: S311 - invented cars
    for number in range(rows):
        car = invent_car(chance, number, ranges, today)
        yield ",".join("" if car.get(name) is None else str(car[name]) for name in _COLUMNS)
