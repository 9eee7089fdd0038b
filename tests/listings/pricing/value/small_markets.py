"""A small market of our own making: what each car asks follows its age, its miles and its doors."""

import math
import random

from listings.choices import Fuel, Transmission
from listings.models import Model
from tests import make

DEALERS = 8
DERIVATIVES = {"1.0 EcoBoost Zetec 5dr": 1.0, "1.0 EcoBoost ST-Line 5dr": 1.12}


def asks(year: int, mileage: int, derivative: str) -> float:
    """Return what such a car asks on average."""
    age = 2026 - year
    return 20_000 * DERIVATIVES[derivative] * math.exp(-0.11 * age - mileage / 250_000)


def small_market(model: Model, *, cars: int = 400) -> None:
    """Advertise so many cars of a model at eight dealers, prices a few per cent about that."""
    chance = random.Random(17)  # noqa: S311 - a market, not a secret
    branches = [make.branch(make.dealer(f"Market {number}")) for number in range(DEALERS)]
    for number in range(cars):
        year = chance.randint(2014, 2024)
        mileage = max(500, round((2026 - year) * 8_000 * chance.uniform(0.5, 1.5)))
        derivative = chance.choice(list(DERIVATIVES))
        make.live(
            branch=branches[number % DEALERS],
            model=model,
            derivative=derivative,
            year=year,
            mileage=mileage,
            price=round(asks(year, mileage, derivative) * math.exp(chance.gauss(0, 0.04))),
            fuel=Fuel.PETROL,
            transmission=Transmission.MANUAL,
            doors=5,
            engine_cc=998,
            vrm=f"AB{number % 100:02d}{chr(65 + number // 100)}AA",
        )
