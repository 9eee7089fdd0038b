"""Comparables: which cars are near, what each weighs, and what they correct."""

import numpy as np
import pytest

from listings.pricing.value.cars import CarTable, scattered
from listings.pricing.value.comparables import DEALER_SHARE_MAX, Comparables
from tests.listings.pricing.value.generated_cars import changed, generated

UNSEEN = np.array([-1])


def cars(count: int, **columns: object) -> CarTable:
    """Return cars of one kind that only their keys tell apart."""
    alike = {
        "model": 1,
        "age_years": 4,
        "mileage": 30_000,
        "fuel": 1,
        "transmission": 0,
        "engine_cc": 1_500,
        "derivative": 5,
        "trim": 5,
        "price": 10_000,
    }
    filled = {
        name: np.broadcast_to(np.asarray(value), count) for name, value in (alike | columns).items()
    }
    return CarTable.of(key=np.arange(count), **filled)


def market(table: CarTable, residual: object = 0.1) -> Comparables:
    residuals = np.broadcast_to(np.asarray(residual, float), len(table)).copy()
    return Comparables.of(table, residuals, np.full(len(table), -1))


def one(**columns: object) -> CarTable:
    return changed(cars(1, **columns), identity=scattered([123_456]), dealer=-9)


@pytest.mark.parametrize(
    ("columns", "distance"),
    [
        ({}, 0),
        ({"age_years": 6}, 2),
        ({"mileage": 36_000}, 0.5),
        ({"mileage": 500_000}, 6),
        ({"fuel": 2}, 2.5),
        ({"transmission": 1}, 1.2),
        ({"engine_cc": 1_600}, 0.4),
        ({"engine_cc": 5_000}, 3),
        ({"trim": 6}, 0.6),
        ({"derivative": 6, "trim": 6, "fuel": 2, "age_years": 3}, 4.7),
        ({"derivative": -1}, 0.24),
    ],
)
def test_each_difference_adds_its_distance(columns: dict[str, int], distance: float) -> None:
    (nearest,) = market(cars(1, **columns)).nearest(one())
    assert nearest.distance == pytest.approx(distance, abs=1e-5)


def test_what_neither_car_states_sets_them_no_further_apart() -> None:
    unknown = {"derivative": -1, "trim": -1, "engine_cc": np.nan, "fuel": -1}
    (nearest,) = market(cars(1, **unknown)).nearest(one(**unknown))
    assert nearest.distance == 0


def test_another_model_is_never_near() -> None:
    assert market(cars(5, model=2)).nearest(one()) == []
    assert market(cars(5, model=2)).sums(one(), UNSEEN).close.tolist() == [0]


def test_the_correction_is_a_mean_drawn_towards_none() -> None:
    sums = market(cars(3), [0.1, 0.2, 0.9]).sums(one(), UNSEEN)
    assert sums.weight[0] == pytest.approx(3)
    assert sums.weighted[0] == pytest.approx(0.1 + 0.2 + 0.3)  # no residual beyond 0.3
    assert sums.correction(3.0)[0] == pytest.approx(0.1)
    assert sums.correction(0.0)[0] == pytest.approx(0.2)


def test_a_car_never_corrects_itself() -> None:
    table = cars(1)
    assert market(table).sums(table, UNSEEN).weight.tolist() == [0]


def test_of_one_physical_car_the_latest_advert_counts() -> None:
    again = changed(
        cars(3), identity=scattered([7, 7, 8]), listed_on=[300, 200, 100], dealer=[1, 2, 3]
    )
    found = market(again, [0.1, 0.2, 0.3])
    assert sorted(found.residual.tolist()) == [0.1, 0.3]
    assert found.sums(one(), UNSEEN).close.tolist() == [2]


def test_one_dealer_has_a_bounded_part_of_the_weight() -> None:
    is_one = np.arange(100) % 10 > 0
    table = changed(cars(100), dealer=np.where(is_one, 1, np.arange(100)))
    sums = market(table, np.where(is_one, -0.3, 0.0)).sums(one(), UNSEEN)
    assert sums.weighted[0] / sums.weight[0] == pytest.approx(-0.3 * DEALER_SHARE_MAX, abs=0.002)
    assert sums.dealer_share[0] > 0.8


def test_a_car_of_a_fold_is_corrected_by_its_fold_alone() -> None:
    table = cars(10)
    fold = np.arange(10) % 2
    found = Comparables.of(table, np.where(fold == 0, 0.1, -0.1), fold)
    for number, sign in ((0, 1), (1, -1)):
        sums = found.sums(one(), np.array([number]))
        assert sums.weighted[0] == pytest.approx(sign * 0.5)
        assert sums.close.tolist() == [10]
    assert found.sums(one(), UNSEEN).weighted[0] == pytest.approx(0, abs=1e-6)


def test_pruning_finds_what_all_against_all_finds() -> None:
    table = changed(generated(3_000, seed=21, models=20).cars, dealer=np.arange(3_000))
    residual = np.random.default_rng(1).normal(0, 0.06, len(table))
    pruned = market(table, residual).sums(table, np.full(len(table), -1)).correction(1.0)
    whole = np.array([brute_correction(table, residual, row) for row in range(0, 3_000, 50)])
    assert np.abs(pruned[::50] - whole).max() < 0.012
    assert np.corrcoef(pruned[::50], whole)[0, 1] > 0.97


def brute_correction(table: CarTable, residual: np.ndarray, row: int) -> float:
    """Return the correction of one car by all cars of its model, the dealers' shares uncut."""
    d = np.abs(table.age_years - table.age_years[row])
    d = d + np.minimum(np.abs(table.mileage - table.mileage[row]) / 12_000, 6)
    d = d + 2.5 * (table.fuel != table.fuel[row])
    d = d + 1.2 * (table.transmission != table.transmission[row])
    d = d + np.minimum(np.abs(table.engine_cc - table.engine_cc[row]) / 250, 3)
    d = (
        d
        + 0.6 * (table.derivative != table.derivative[row])
        + 0.6 * (table.trim != table.trim[row])
    )
    weight = np.exp(-d / 0.8) * (table.model == table.model[row])
    weight[row] = 0
    return float((weight * np.clip(residual, -0.3, 0.3)).sum() / (weight.sum() + 1))


def test_the_nearest_come_first_each_with_its_residual() -> None:
    table = cars(4, mileage=np.array([36_000, 30_000, 42_000, 30_600]))
    found = market(table, [0.1, 0.2, 0.3, 0.4]).nearest(one(), 3)
    assert [each.residual for each in found] == [0.2, 0.4, 0.1]
    assert [each.distance for each in found] == pytest.approx([0, 0.05, 0.5], abs=1e-5)


def test_an_empty_market_has_no_comparables() -> None:
    empty = market(cars(3), np.nan)
    sums = empty.sums(cars(2), np.array([-1, -1]))
    assert sums.close.tolist() == [0, 0]
    assert sums.correction(1.0).tolist() == [0, 0]
    assert market(cars(3)).sums(cars(0), np.zeros(0, int)).close.tolist() == []
