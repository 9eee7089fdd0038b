"""One physical car has one vote among prices, and is no comparable of itself."""

from datetime import date

import numpy as np
import pytest

from listings import periodic
from listings.models import Listing
from listings.pricing.value.advert_cars import among, read_adverts
from listings.pricing.value.comparable_adverts import ValuedCar, comparable_adverts
from listings.pricing.value.comparables import Comparables
from listings.pricing.value.described_cars import DescribedCar, described_table
from listings.pricing.value.evidence import dealer_weights
from tests import make
from tests.listings.physical_cars.adverts import photo

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 3, 1)
VIN = "SALLMAMC7CA123456"


@pytest.fixture
def cars() -> list[Listing]:
    """Return one car by its photo and in part by its mark, and two others of the model."""
    same = [make.live(colour="blue", vrm=vrm) for vrm in (None, "KX19ABC", None)]
    rows = [*same, make.live(colour="blue"), make.live(colour="blue", vin=VIN)]
    for row in same:
        photo(row, "aa")
    periodic.link_cars()
    for row in rows:
        make.value(row, 34_000, residual=0.01)
    return rows


def test_the_adverts_of_a_car_share_one_vote(cars: list[Listing]) -> None:
    table = read_adverts(among([row.pk for row in cars]), TODAY).cars
    order = np.argsort(table.key)
    identity = table.identity[order]
    assert len(set(identity[:3])) == 1
    assert len(set(identity)) == 3
    weight = dealer_weights(table, np.ones(len(table), np.bool_))[order]
    assert list(weight[:3]) == pytest.approx([1 / 3] * 3)
    market = Comparables.of(table, np.zeros(len(table)), np.zeros(len(table), np.int64))
    kept = set(market.cars.key.tolist())
    assert len(kept & {row.pk for row in cars[:3]}) == 1
    assert kept >= {row.pk for row in cars[3:]}


def test_a_described_car_is_known_by_the_mark_of_any_of_its_adverts(cars: list[Listing]) -> None:
    row = cars[0]
    described = DescribedCar(row.make_id, row.model_id, row.year, row.mileage, vrm="KX19ABC")
    table = read_adverts(among([row.pk for row in cars[:3]]), TODAY).cars
    assert set(described_table(described, TODAY).identity) == set(table.identity)


def test_a_car_is_no_comparable_of_itself_and_others_count_once(cars: list[Listing]) -> None:
    def compared(row: Listing) -> list[int]:
        valued = ValuedCar.of(row, row.market_value)
        assert valued is not None
        return [each.listing_id for each in comparable_adverts(valued)]

    others = {row.pk for row in cars[3:]}
    for row in cars[:3]:
        assert set(compared(Listing.objects.get(pk=row.pk))) == others
    found = compared(Listing.objects.get(pk=cars[3].pk))
    assert len(found) == 2
    assert len(set(found) & {row.pk for row in cars[:3]}) == 1
