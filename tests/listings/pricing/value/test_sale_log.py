"""What of the log counts as a sale, and for how long a car stood."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.models import Branch
from listings.choices import PriceRating, Source
from listings.models import Listing, Model, PriceChange
from listings.pricing.value.sale_log import GAP_CARS_MIN, SaleLog, read_sale_log
from tests import make
from tests.listings.pricing.value.past import back, listed, sold, told, withdrawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Branch:
    return make.branch()


@pytest.fixture
def model() -> Model:
    return make.model()


def log() -> SaleLog:
    return read_sale_log(timezone.now())


def stood(found: SaleLog) -> float:
    """Return the days on sale, to a tenth."""
    return round(float(found.counts.days.sum()), 1)


def sales(found: SaleLog) -> int:
    return int(found.counts.sales.sum())


def test_a_sale_counts_with_its_days(place: Branch, model: Model) -> None:
    sold(listed(place, model, 30), 10)
    found = log()
    assert found.counts.segments.tolist() == [model.pk]
    assert (sales(found), found.dealers.tolist()) == (1, [1])
    assert stood(found) == pytest.approx(20, abs=0.01)
    assert found.counts.sales[0].sum(axis=0).nonzero()[0].tolist() == [3]  # from 14 to 21 days


def test_a_car_on_sale_counts_with_its_days_alone(place: Branch, model: Model) -> None:
    listed(place, model, 12)
    assert (sales(log()), stood(log())) == (0, 12)


def test_days_off_sale_do_not_count_and_age_goes_on(place: Branch, model: Model) -> None:
    row = listed(place, model, 50)
    withdrawn(row, 45)
    back(row, 10)
    sold(row, 4)
    found = log()
    assert (sales(found), stood(found)) == (1, 11)
    days = found.counts.days[0].sum(axis=0)
    assert days[:3].sum() == pytest.approx(5, abs=0.01)
    assert days[5:7].sum() == pytest.approx(6, abs=0.01)  # at an age of 40 to 46 days


def test_a_sandbox_sells_nothing(model: Model) -> None:
    place = make.branch(make.dealer(is_sandbox=True))
    sold(listed(place, model, 30), 10)
    listed(place, model, 12)
    assert (sales(log()), stood(log())) == (0, 0)


def test_a_withdrawn_car_was_not_sold(place: Branch, model: Model) -> None:
    withdrawn(listed(place, model, 20), 5)
    assert (sales(log()), stood(log())) == (0, 15)


def test_a_sale_that_was_taken_back_is_none(place: Branch, model: Model) -> None:
    row = listed(place, model, 20)
    sold(row, 10)
    back(row, 8)
    assert (sales(log()), stood(log())) == (0, 18)


@pytest.mark.parametrize(("buyer", "counted"), [("retail", 1), ("trade", 0), ("auction", 0)])
def test_who_sells_to_the_trade_has_found_no_buyer(
    place: Branch, model: Model, buyer: str, counted: int
) -> None:
    row = listed(place, model, 20)
    sold(row, 5)
    told(row, buyer, 5)
    assert sales(log()) == counted


def test_a_sale_that_was_told_late_was_on_its_day(place: Branch, model: Model) -> None:
    row = listed(place, model, 40)
    sold(row, 5)
    told(row, "retail", 25)
    assert stood(log()) == pytest.approx(15.5, abs=0.6)


def test_what_is_older_than_half_a_year_is_left_out(place: Branch, model: Model) -> None:
    sold(listed(place, model, 300), 200)
    assert log().counts.segments.size == 0
    sold(listed(place, model, 200), 100)
    found = log()
    assert (sales(found), stood(found)) == (1, 82)
    first_bands = found.counts.days[0].sum(axis=0)[:4]
    assert first_bands == pytest.approx([0, 0, 0, 3], abs=0.01)  # first seen at 18 days


def test_cars_that_leave_together_by_a_file_are_not_sold(place: Branch, model: Model) -> None:
    rows = [listed(place, model, 30) for _ in range(GAP_CARS_MIN + 2)]
    for row in rows[:GAP_CARS_MIN]:
        sold(row, 10, source=Source.FEED)
    assert sales(log()) == 0
    sold(rows[-1], 3, source=Source.FEED)
    assert sales(log()) == 1


def test_a_good_day_by_hand_or_in_a_large_stock_is_no_gap(place: Branch, model: Model) -> None:
    for _ in range(GAP_CARS_MIN):
        sold(listed(place, model, 30), 10, source=Source.PERSON)
    large = make.branch()
    rows = [listed(large, model, 30) for _ in range(4 * GAP_CARS_MIN)]
    for row in rows[:GAP_CARS_MIN]:
        sold(row, 10, source=Source.FEED)
    assert sales(log()) == 2 * GAP_CARS_MIN


def test_only_what_followed_the_last_price_has_the_rating(place: Branch, model: Model) -> None:
    row = listed(place, model, 30, price=20_000)
    Listing.objects.filter(pk=row.pk).update(price=18_000)
    newest = PriceChange.objects.filter(listing=row).latest("id")
    PriceChange.objects.filter(pk=newest.pk).update(changed_at=timezone.now() - timedelta(days=12))
    row.refresh_from_db()
    make.value(row, 20_500, label=PriceRating.GREAT)
    sold(row, 2)
    found = log().counts
    by_rating = found.days[0].sum(axis=1)
    assert by_rating[1] == pytest.approx(10, abs=0.01)
    assert by_rating[-1] == pytest.approx(18, abs=0.01)
    assert found.sales[0].sum(axis=1).tolist() == [0, 1, 0, 0, 0, 0]


def test_a_rating_that_no_longer_holds_is_none(place: Branch, model: Model) -> None:
    row = listed(place, model, 30)
    make.value(row, 30_000, label=PriceRating.FAIR)
    Listing.objects.filter(pk=row.pk).update(mileage=1)
    assert log().counts.days[0, :-1].sum() == 0
