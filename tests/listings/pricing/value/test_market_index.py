"""The market's index finds how far prices have moved, whatever few and wrong adverts say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.scorers.market_drift import drift_errors
from evaluation.simulations.drifting_market import SCENARIOS, generate
from listings.pricing.value.market_index import MarketIndex, fuel_of_segments, segment_codes

Column = NDArray[np.float64]

WEEKS = 30
BUSY, OTHER, RARE = 7, 11, 40


def market(seed: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64], Column]:
    """Return weeks, segments and residuals: all fall by 10 % in week 15, OTHER by 6 % more."""
    chance = np.random.default_rng(seed)
    weeks = np.repeat(np.arange(WEEKS), 120)
    segments = np.tile(np.repeat([BUSY, OTHER, RARE], [80, 39, 1]), WEEKS)
    level = np.where(weeks >= 15, -0.10, 0.0) - 0.06 * ((segments == OTHER) & (weeks >= 15))
    noise = 0.08 * chance.standard_t(5, weeks.size)
    return weeks + 2_900, segments, level + noise


def fall(index: MarketIndex, segment: int) -> float:
    before, after = index.offset([segment] * 2, [2_910, 2_925])
    return float(after - before)


def test_a_fall_is_found_by_segment() -> None:
    index = MarketIndex.fit(*market())
    assert fall(index, BUSY) == pytest.approx(-0.10, abs=0.02)
    assert fall(index, OTHER) == pytest.approx(-0.16, abs=0.025)
    assert (index.first_week, index.last_week) == (2_900, 2_929)


def test_a_segment_of_few_adverts_follows_the_whole() -> None:
    index = MarketIndex.fit(*market())
    whole = index.levels[0]
    rare = index.levels[1 + index.segments.tolist().index(RARE)]
    assert np.abs(rare - whole).max() < 0.03
    assert index.error([RARE], [2_929])[0] > index.error([BUSY], [2_929])[0]
    unknown = index.offset([999], [2_929])[0]
    assert unknown == whole[-1]


def test_the_nearest_week_holds_outside_those_that_were_seen() -> None:
    index = MarketIndex.fit(*market())
    earlier, first, last, later = index.offset([BUSY] * 4, [2_000, 2_900, 2_929, 3_500])
    assert (earlier, last) == (first, later)


def test_weeks_without_an_advert_are_bridged_and_less_is_known_of_them() -> None:
    weeks, segments, residuals = market()
    kept = (weeks < 2_918) | (weeks > 2_922)
    index = MarketIndex.fit(weeks[kept], segments[kept], residuals[kept])
    assert index.offset([BUSY], [2_920])[0] == pytest.approx(
        index.offset([BUSY], [2_917])[0], abs=0.02
    )
    assert index.error([BUSY], [2_920])[0] > 1.2 * index.error([BUSY], [2_917])[0]


def test_wrong_prices_hardly_move_it() -> None:
    weeks, segments, residuals = market()
    clean = MarketIndex.fit(weeks, segments, residuals)
    dirty = residuals.copy()
    dirty[::25] += np.log(0.1)
    dirty[5::50] += np.log(0.55)
    moved = MarketIndex.fit(weeks, segments, dirty).levels[0] - clean.levels[0]
    assert np.abs(moved).max() < 0.01


def test_adverts_of_less_weight_move_it_less() -> None:
    weeks, segments, residuals = market()
    fakes = np.full(200, 2_929)
    all_weeks = np.append(weeks, fakes)
    all_segments = np.append(segments, np.full(200, BUSY))
    all_residuals = np.append(residuals, np.full(200, -0.5))
    capped = np.append(np.ones(weeks.size), np.full(200, 10 / 200))
    genuine = MarketIndex.fit(weeks, segments, residuals).offset([BUSY], [2_929])[0]

    def moved(weights: Column | None) -> float:
        index = MarketIndex.fit(all_weeks, all_segments, all_residuals, weights)
        return abs(float(index.offset([BUSY], [2_929])[0] - genuine))

    assert moved(capped) < 0.02
    assert moved(None) > 0.05


def test_what_moves_a_fuel_is_learnt_from_all_its_segments() -> None:
    """Electric cars fall by a fifth, of which each of ten segments lists two a week."""
    chance = np.random.default_rng(8)
    electric = segment_codes(np.arange(10), np.full(10, 3), np.full(10, 2.0))
    petrol = segment_codes(np.arange(10), np.full(10, 0), np.full(10, 2.0))
    segments = np.tile(np.concatenate([np.repeat(electric, 2), np.repeat(petrol, 10)]), WEEKS)
    weeks = np.repeat(np.arange(WEEKS), 120)
    is_electric = np.isin(segments, electric)
    level = np.where((weeks >= 27) & is_electric, -0.2, 0.0)
    residuals = level + chance.normal(0, 0.08, weeks.size)
    grouped = MarketIndex.fit(weeks, segments, residuals, group_of=fuel_of_segments)
    alone = MarketIndex.fit(weeks, segments, residuals)

    def error(index: MarketIndex) -> float:
        found = index.offset(electric, np.full(10, WEEKS - 1))
        return float(np.abs(found + 0.2).mean())

    assert error(grouped) < 0.04
    assert error(grouped) < 0.7 * error(alone)
    assert np.abs(grouped.offset(petrol, np.full(10, WEEKS - 1))).max() < 0.05


def test_rows_in_another_order_give_the_same_index() -> None:
    weeks, segments, residuals = market()
    order = np.random.default_rng(3).permutation(weeks.size)
    one = MarketIndex.fit(weeks, segments, residuals)
    other = MarketIndex.fit(weeks[order], segments[order], residuals[order])
    np.testing.assert_allclose(one.levels, other.levels, rtol=0, atol=1e-9)


def test_the_standard_error_is_true() -> None:
    """Of levels that wander otherwise than the model thinks, 95 % lie within two errors or so."""
    inside = []
    for seed in range(6):
        chance = np.random.default_rng(seed)
        weeks = np.repeat(np.arange(40), 60)
        truth = 0.05 * np.sin(np.arange(40) / 5 + seed)
        index = MarketIndex.fit(weeks, weeks % 3, truth[weeks] + chance.normal(0, 0.08, 2_400))
        apart = index.levels[0] - truth
        inside += list(np.abs(apart) < 2 * index.errors[0])
    assert np.mean(inside) > 0.88


def test_nothing_is_said_of_a_market_without_adverts() -> None:
    for index in (
        MarketIndex.empty(),
        MarketIndex.fit([], [], []),
        MarketIndex.fit([1], [1], [np.nan]),
    ):
        assert index.offset([1, 2], [5, 6]).tolist() == [0.0, 0.0]
        assert np.isinf(index.error([1], [5])[0])


def test_segments_tell_body_fuel_and_age_apart() -> None:
    codes = [-1, 0, 9]
    ages = [0.5, 3.5, 7.0, 20.0]
    cells = np.array([(body, fuel, age) for body in codes for fuel in codes for age in ages])
    found = segment_codes(cells[:, 0].astype(int), cells[:, 1].astype(int), cells[:, 2])
    assert len(set(found.tolist())) == len(cells)
    same = segment_codes(np.array([2, 2]), np.array([1, 1]), np.array([3.1, 5.9]))
    assert same[0] == same[1]


@pytest.mark.parametrize("name", ["shocks", "seasons and a turning mix"])
def test_next_weeks_prices_are_foretold_nearly_as_by_an_oracle(name: str) -> None:
    adverts = generate(SCENARIOS[name], weeks=46, weekly=300, seed=11)
    errors = drift_errors(adverts, origins=(32, 37, 42, 45))
    oracle, index = errors["oracle"], errors["index"]
    assert index.mape - oracle.mape < 0.003
    assert abs(index.bias) < 0.01
    assert errors["all history"].mape - oracle.mape > 0.006
    assert errors["window of 8 weeks"].mape - oracle.mape > 0.006
