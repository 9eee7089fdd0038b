"""Days to sell hold where cars are withdrawn, seen late, or hardly sold at all."""

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from evaluation.scorers.selling_times import FEW, MANY, median_errors
from evaluation.simulations.forecourts import TRADES, Forecourts, Stays
from listings.pricing.value.selling_time import RATINGS, SALES_MIN, SaleCounts, SellingTime


def rng(seed: int = 1) -> Generator:
    return np.random.default_rng(seed)


def fit(
    segment: ArrayLike,
    entry: ArrayLike,
    left: ArrayLike,
    is_sale: ArrayLike,
    rating: ArrayLike | None = None,
) -> SellingTime:
    return SellingTime.fit(SaleCounts.of_spells(segment, entry, left, is_sale, rating))


def median(fitted: SellingTime, segment: int = 1) -> float:
    told = fitted.days_to_sell(segment)
    assert told is not None
    assert told.median is not None
    return told.median


def test_days_and_sales_are_counted_in_the_band_of_their_age() -> None:
    counts = SaleCounts.of_spells([5, 5, 9], [0, 10, 0], [5, 40, 0], [True, False, True])
    assert counts.segments.tolist() == [5, 9]
    first = counts.days[0].sum(axis=0)
    assert first[:7].tolist() == [3, 2, 4, 7, 9, 10, 0]
    assert counts.sales[0].sum(axis=0).tolist()[:3] == [0, 1, 0]
    assert counts.sales[1].sum(axis=0).tolist()[:2] == [1, 0]


def test_a_sale_is_in_the_band_of_its_days() -> None:
    """On the day on which a band begins there is no day of that band yet."""
    counts = SaleCounts.of_spells([1, 1], [0, 3], [14, 7], [True, True])
    found = counts.sales.sum(axis=(0, 1))
    assert found.tolist()[:5] == [0, 1, 1, 0, 0]
    assert (counts.days.sum(axis=(0, 1))[found > 0] > 0).all()


def test_cars_that_were_withdrawn_are_not_counted_as_sold() -> None:
    sold = rng().exponential(30, 4_000)
    taken = rng(2).exponential(40, 4_000)
    fitted = fit(np.ones(4_000), np.zeros(4_000), np.minimum(sold, taken), sold < taken)
    assert median(fitted) == pytest.approx(30 * np.log(2), rel=0.05)


def test_a_car_counts_from_when_it_was_first_seen() -> None:
    sold = rng().exponential(30, 9_000)
    entry = np.maximum(rng(2).uniform(-30, 60, 9_000), 0)
    there = sold > entry  # those that were sold before nobody saw
    fitted = fit(np.ones(there.sum()), entry[there], sold[there], np.ones(there.sum(), bool))
    assert median(fitted) == pytest.approx(30 * np.log(2), rel=0.08)


def test_stretches_of_one_advert_say_the_same_as_the_whole() -> None:
    whole = SaleCounts.of_spells([1], [0], [50], [True])
    parts = SaleCounts.of_spells([1, 1, 1], [0, 12, 31], [12, 31, 50], [False, False, True])
    np.testing.assert_allclose(whole.days, parts.days)
    np.testing.assert_allclose(whole.sales, parts.sales)


def test_with_few_sales_nothing_is_told() -> None:
    often, seldom = [1] * SALES_MIN, [2] * (SALES_MIN - 1)
    rows = often + seldom
    fitted = fit(rows, [0.0] * len(rows), [20.0] * len(rows), [True] * len(rows))
    assert fitted.days_to_sell(2) is None
    assert fitted.days_by_rating(2) is None
    assert fitted.days_to_sell(3) is None
    told = fitted.days_to_sell(1)
    assert told is not None
    assert told.sales == SALES_MIN


def test_nothing_is_told_without_any_car() -> None:
    assert fit([], [], [], []).days_to_sell(1) is None


def test_what_is_seldom_sold_leans_on_its_family() -> None:
    """Two families, of 10 and of 60 days; in each a segment of six cars that took thirty."""
    chance = rng()
    segment = np.repeat([1, 2, 3, 4], [3_000, 6, 3_000, 6])
    days = np.concatenate(
        [chance.exponential(10, 3_000), [30] * 6, chance.exponential(60, 3_000), [30] * 6]
    )
    counts = SaleCounts.of_spells(segment, 0 * days, days, days > 0)
    fitted = SellingTime.fit(counts, parents=[100, 100, 200, 200])
    fast, slow = median(fitted, 2), median(fitted, 4)
    assert median(fitted, 1) < fast < 20
    assert 22 < slow < median(fitted, 3)


def test_cheaper_is_never_slower_even_where_sales_say_so() -> None:
    chance = rng()
    usual = np.array([50, 20, 25, 40, 35])  # lower slower than great, fair slower than higher
    rating = np.repeat(np.arange(5), 60)
    days = chance.exponential(usual[rating])
    fitted = fit(np.ones(300), np.zeros(300), days, np.ones(300, bool), rating)
    assert (np.diff(fitted.factors) <= 0).all()
    told = fitted.days_by_rating(1)
    assert told is not None
    assert list(told) == list(RATINGS)
    medians = [days or np.inf for days in told.values()]
    assert medians == sorted(medians)


def test_the_effect_of_a_rating_is_found_and_shrunk() -> None:
    chance = rng()
    factors = np.array([2.0, 1.5, 1.0, 0.7, 0.5])
    rating = chance.integers(0, 5, 20_000)
    days = chance.exponential(40 / factors[rating])
    ones = np.ones(rating.size, bool)
    found = fit(np.ones(rating.size), 0 * days, days, ones, rating).factors
    np.testing.assert_allclose(found / found[2], factors, rtol=0.06)
    few = slice(0, 100)
    shrunk = fit(np.ones(100), 0 * days[few], days[few], ones[few], rating[few]).factors
    assert shrunk[0] / shrunk[2] < 1.6


def test_cars_without_a_rating_keep_their_own_speed() -> None:
    chance = rng()
    segment = np.repeat([1, 2], 3_000)
    rating = np.where(segment == 1, chance.integers(0, 5, 6_000), -1)
    days = chance.exponential(np.where(segment == 1, 20, 50))
    fitted = fit(segment, 0 * days, days, np.ones(6_000, bool), rating)
    assert median(fitted, 1) == pytest.approx(20 * np.log(2), rel=0.06)
    assert median(fitted, 2) == pytest.approx(50 * np.log(2), rel=0.06)


def test_the_interval_narrows_with_sales_and_is_the_same_each_time() -> None:
    chance = rng()
    segment = np.repeat(np.arange(12), [10, 1_000] * 6)
    days = chance.exponential(30, segment.size)
    fitted = fit(segment, 0 * days, days, np.ones(segment.size, bool))
    few, many = fitted.days_to_sell(0), fitted.days_to_sell(1)
    assert few is not None
    assert many is not None
    assert fitted.days_to_sell(0) == few
    for told in (few, many):
        assert told.low is not None
        assert told.high is not None
        assert told.median is not None
        assert told.low < told.median < told.high
    assert (many.high or 0) - (many.low or 0) < 0.8 * ((few.high or 0) - (few.low or 0))


def test_a_median_that_nobody_lives_to_see_is_not_told() -> None:
    fitted = fit(np.ones(1_000), np.zeros(1_000), np.full(1_000, 60.0), np.arange(1_000) < 20)
    told = fitted.days_to_sell(1)
    assert told is not None
    assert (told.sales, told.median, told.high) == (20, None, None)


def _as_a_careless_feed_tells(stays: Stays) -> NDArray[np.bool_]:
    return stays.is_sale | stays.is_gap


def test_a_file_that_did_not_come_sells_no_car() -> None:
    trade = TRADES["files that fail, a hot summer"]
    forecourts = Forecourts(trade, np.full(4, 3_000), seed=3)
    truth = forecourts.median_days(4_000)
    stays = forecourts.log()
    flagged = fit(stays.segment, stays.entry, stays.left, stays.is_sale, stays.rating)
    believed = _as_a_careless_feed_tells(stays)
    careless = fit(stays.segment, stays.entry, stays.left, believed, stays.rating)
    for segment, days in enumerate(truth):
        assert median(flagged, segment) == pytest.approx(days, rel=0.09)
        assert median(careless, segment) < 0.9 * days


@pytest.mark.parametrize("name", TRADES)
def test_medians_are_near_the_truth_where_few_are_sold(name: str) -> None:
    sizes = np.repeat([15, 90, 400], [70, 40, 8])
    errors = median_errors(Forecourts(TRADES[name], sizes, seed=21))
    few, many = errors["shrunk hazards", FEW], errors["shrunk hazards", MANY]
    assert few.segments >= 40
    assert few.error < 0.20
    assert abs(few.bias) < 0.06
    assert few.covered is not None
    assert few.covered > 0.75
    assert many.error < 0.14
    assert errors["Kaplan-Meier", FEW].error > 1.3 * few.error
    assert errors["sold only", FEW].error > 1.3 * few.error
