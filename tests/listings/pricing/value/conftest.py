"""One market that several tests value cars by: fitted once."""

import pytest

from listings.pricing.value.cars import CarTable
from listings.pricing.value.market_model import FitSettings, FittedMarket, fit
from tests.listings.pricing.value.generated_cars import Generated, generated

SETTINGS = FitSettings(trees=120, leaves=31, first_trees=40, rate=0.1)


@pytest.fixture(scope="session")
def offered() -> Generated:
    return generated(4_000)


@pytest.fixture(scope="session")
def fitted(offered: Generated) -> FittedMarket:
    return fit(offered.cars, SETTINGS)


@pytest.fixture(scope="session")
def unseen() -> CarTable:
    return generated(2_000, seed=2).cars
