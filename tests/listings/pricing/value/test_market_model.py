"""Values of a fitted market: what they never do, whatever the cars."""

import os
import subprocess
import sys

import numpy as np
import pytest

from listings.choices import NoRating
from listings.pricing.value.cars import CarTable, scattered
from listings.pricing.value.contributions import contributions
from listings.pricing.value.fitted_market import UNSEEN, MarketModel, folds_of
from listings.pricing.value.market_model import FittedMarket, TooFewCars, fast_score, fit
from listings.pricing.value.rule import REASONS, RatingRule
from tests.listings.pricing.value.conftest import SETTINGS
from tests.listings.pricing.value.generated_cars import Generated, changed, generated, joined


def test_values_are_near_the_truth_and_intervals_hold(
    fitted: FittedMarket, unseen: CarTable
) -> None:
    values = fitted.model.values(unseen, fitted.market, fast_score)
    truth = generated(2_000, seed=2).worth
    valued = values.value > 0
    assert valued.mean() > 0.7
    assert np.abs(values.value / truth - 1)[valued].mean() < 0.06
    price = unseen.price
    inside_80 = ((price >= values.low_80) & (price <= values.high_80))[valued].mean()
    inside_90 = ((price >= values.low_90) & (price <= values.high_90))[valued].mean()
    assert inside_80 == pytest.approx(0.80, abs=0.04)
    assert inside_90 == pytest.approx(0.90, abs=0.03)
    assert (values.low_90 <= values.low_80).all()
    assert (values.low_80 <= values.value).all()
    assert (values.value <= values.high_80).all()
    assert (values.high_80 <= values.high_90).all()


@pytest.mark.parametrize(
    ("column", "step"), [("mileage", 1), ("mileage", 100), ("mileage", 10_000), ("age_years", 1)]
)
def test_a_car_is_never_worth_more_for_miles_or_years(
    fitted: FittedMarket, unseen: CarTable, column: str, step: int
) -> None:
    more = changed(unseen, **{column: getattr(unseen, column) + step})
    before, after = (fitted.model.predict(cars, fast_score) for cars in (unseen, more))
    assert (after <= before).all()
    if step > 100:
        assert after.mean() < before.mean() - 0.005


def test_a_model_is_the_same_after_it_was_stored(fitted: FittedMarket, unseen: CarTable) -> None:
    again = MarketModel.from_bytes(fitted.model.to_bytes())
    cars = unseen.rows(slice(0, 200))
    before = fitted.model.values(cars, fitted.market)
    after = again.values(cars, again.market(generated(4_000).cars))
    for name in ("value", "low_80", "high_80", "low_90", "high_90", "comparables", "no_value"):
        assert getattr(before, name).tolist() == getattr(after, name).tolist()
    assert again.measured == fitted.model.measured


def test_another_format_is_refused(fitted: FittedMarket) -> None:
    stored = fitted.model.to_bytes()
    with pytest.raises(ValueError, match=r"pickle|zip|format"):
        MarketModel.from_bytes(b"\x80\x04." + stored[3:])


def test_the_library_and_the_arrays_value_alike(fitted: FittedMarket, unseen: CarTable) -> None:
    fast = fitted.model.values(unseen, fitted.market, fast_score)
    plain = fitted.model.values(unseen, fitted.market)
    assert fast.value.tolist() == plain.value.tolist()
    assert fast.low_90.tolist() == plain.low_90.tolist()


def test_the_order_of_rows_changes_no_penny(
    fitted: FittedMarket, offered: Generated, unseen: CarTable
) -> None:
    order = np.random.default_rng(5).permutation(len(offered.cars))
    model, market = fit(offered.cars.rows(order), SETTINGS)
    cars = unseen.rows(slice(0, 300))
    here, there = fitted.model.values(cars, fitted.market), model.values(cars, market)
    assert here.value.tolist() == there.value.tolist()
    assert here.low_90.tolist() == there.low_90.tolist()
    assert here.k.tolist() == there.k.tolist()


def test_a_car_s_own_price_does_not_move_its_value(
    fitted: FittedMarket, offered: Generated
) -> None:
    rows = np.arange(0, 4_000, 400)
    before = fitted.model.values(offered.cars.rows(rows), fitted.market).value
    dearer = np.array(offered.cars.price)
    dearer[rows] *= 1.1
    cars = changed(offered.cars, price=dearer)
    between = fitted.model.values(cars.rows(rows), fitted.model.market(cars, fast_score)).value
    assert between.tolist() == before.tolist()


@pytest.mark.parametrize(("factor", "seed"), [(1.1, 31), (0.9, 47), (3.0, 59), (1.1, 83)])
def test_a_car_s_own_price_does_not_come_back_by_a_refit(
    fitted: FittedMarket, offered: Generated, factor: float, seed: int
) -> None:
    before = fitted.model.values(offered.cars, fitted.market, fast_score).value
    row = int(np.random.default_rng(seed).choice(np.flatnonzero(before)))
    price = np.array(offered.cars.price)
    price[row] *= factor
    cars = changed(offered.cars, price=price)
    model, market = fit(cars, SETTINGS)
    after = model.values(cars.rows([row]), market).value
    assert abs(after[0] / before[row] - 1) <= 0.001


def doubtful() -> CarTable:
    """Return a market in which some dealers lie next to where a dealer is no longer believed."""
    shares = enumerate((0.55, 0.68, 0.72, 0.76, 0.80))
    cheap = [
        changed(
            fakes(30, 3, share),
            dealer=700 + at,
            key=10_000 + 100 * at + np.arange(30),
            identity=scattered(10_000 + 100 * at + np.arange(30)),
        )
        for at, share in shares
    ]
    return joined(generated(3_000, seed=14).cars, *cheap)


def test_no_price_of_a_fold_chooses_whom_its_trees_believe() -> None:
    cars = doubtful()
    of_fold = folds_of(cars.identity) == 2
    dearer = np.where(of_fold & (cars.dealer >= 700), 2 * cars.price, cars.price)
    before, after = (fit(each, SETTINGS).model for each in (cars, changed(cars, price=dearer)))
    own, others = (cars.rows(np.flatnonzero(rows)) for rows in (of_fold, ~of_fold))
    assert before.rejected.tolist() != after.rejected.tolist()
    assert before.predict(own, fast_score).tolist() == after.predict(own, fast_score).tolist()
    assert before.predict(others, fast_score).tolist() != after.predict(others, fast_score).tolist()


def test_a_seen_car_is_valued_by_its_fold_and_any_other_by_all(
    fitted: FittedMarket, offered: Generated, unseen: CarTable
) -> None:
    assert set(fitted.model.fold_of(offered.cars)) == {0, 1, 2, 3, 4}
    assert set(fitted.model.fold_of(unseen)) == {UNSEEN}


def fakes(count: int, model: int, share: float) -> CarTable:
    """Return cars of one dealer that ask a share of what such cars are worth."""
    of_model = generated(count * 14, seed=8)
    rows = np.flatnonzero(of_model.cars.model == model)[:count]
    assert len(rows) == count
    cars = of_model.cars.rows(rows)
    return changed(
        cars, dealer=777, price=of_model.worth[rows] * share, key=1_000_000 + np.arange(count)
    )


def genuine(count: int, dealers: int) -> CarTable:
    """Return a market in which model 3 has so many cars of so many dealers."""
    others = generated(3_000, seed=4).cars
    others = others.rows(np.flatnonzero(others.model != 3))
    of_model = generated(count * 14, seed=6, dealers=dealers).cars
    of_model = of_model.rows(np.flatnonzero(of_model.model == 3)[:count])
    key = 500_000 + np.arange(len(of_model))
    return joined(others, changed(of_model, key=key))


@pytest.mark.parametrize("share", [0.5, 0.7, 1.5])
def test_one_dealer_s_fakes_do_not_move_what_others_are_worth(share: float) -> None:
    honest = genuine(500, dealers=5)
    poisoned = joined(honest, fakes(200, 3, share))
    cars = honest.rows(np.flatnonzero(honest.model == 3))
    before, after = (
        model.values(cars, market, fast_score)
        for model, market in (fit(table, SETTINGS) for table in (honest, poisoned))
    )
    valued = (before.value > 0) & (after.value > 0)
    assert valued.mean() > 0.4
    assert (after.value > 0)[before.value > 0].mean() > 0.97
    assert np.abs(after.value[valued] / before.value[valued] - 1).max() <= 0.01


@pytest.mark.parametrize(("count", "dealers"), [(20, 5), (150, 5), (500, 2)])
def test_where_few_others_sell_a_model_it_has_no_value(count: int, dealers: int) -> None:
    table = joined(genuine(count, dealers), fakes(200, 3, 0.5))
    model, market = fit(table, SETTINGS)
    cars = table.rows(np.flatnonzero(table.model == 3))
    values = model.values(cars, market, fast_score)
    assert set(values.value) == {0}
    assert {REASONS[code] for code in values.no_value} <= {
        NoRating.FEW_DEALERS,
        NoRating.FEW_COMPARABLES,
    }


def test_repeats_of_one_car_are_one_vote(fitted: FittedMarket, offered: Generated) -> None:
    once = offered.cars
    repeats = changed(once.rows([9] * 300), key=9_000 + np.arange(300))
    market = fitted.model.market(joined(once, repeats), fast_score)
    near = changed(once.rows([9]), identity=scattered([31_337]))
    alone, together = (fitted.model.values(near, each) for each in (fitted.market, market))
    assert together.comparables.tolist() == alone.comparables.tolist()
    assert together.value.tolist() == alone.value.tolist()


def test_a_model_never_seen_and_a_car_without_age_have_no_value(
    fitted: FittedMarket, unseen: CarTable
) -> None:
    cars = unseen.rows(slice(0, 2))
    strange = changed(cars, model=[999, int(cars.model[1])], age_years=[3, np.nan])
    values = fitted.model.values(strange, fitted.market)
    assert values.value.tolist() == [0, 0]
    assert [REASONS[code] for code in values.no_value] == [
        NoRating.UNKNOWN_MODEL,
        NoRating.MISSING_DETAILS,
    ]
    assert RatingRule().rate(values.to_rate(strange))[0].tolist() == [0, 0]


def test_wrong_prices_do_not_spoil_the_rest(fitted: FittedMarket, unseen: CarTable) -> None:
    dirty = generated(4_000).cars
    price = np.array(dirty.price)
    price[::50] = np.where(np.arange(len(price[::50])) % 2, 12, price[::50] * 10)
    model, market = fit(changed(dirty, price=price), SETTINGS)
    clean = fitted.model.values(unseen, fitted.market, fast_score)
    spoilt = model.values(unseen, market, fast_score)
    both = (clean.value > 0) & (spoilt.value > 0)
    truth = generated(2_000, seed=2).worth[both]
    error = [np.abs(each.value[both] / truth - 1).mean() for each in (clean, spoilt)]
    assert error[1] <= error[0] + 0.004


def test_nothing_is_learnt_from_a_handful_of_cars() -> None:
    with pytest.raises(TooFewCars):
        fit(generated(40).cars, SETTINGS)


def test_contributions_add_up_to_the_pound(fitted: FittedMarket, offered: Generated) -> None:
    cars = offered.cars.rows(np.arange(0, 4_000, 97))
    values = fitted.model.values(cars, fitted.market).value
    for row in np.flatnonzero(values).tolist():
        parts = contributions(fitted.model, cars.rows([row]), int(values[row]))
        assert parts.value == values[row]
        assert parts.median_car > 0


def test_an_old_car_of_many_miles_loses_by_both(fitted: FittedMarket, unseen: CarTable) -> None:
    old = changed(unseen.rows([3]), age_years=12, mileage=140_000, identity=scattered([4]))
    new = changed(old, age_years=0.3, mileage=500)
    of_old, of_new = (contributions(fitted.model, car, 9_000) for car in (old, new))
    assert max(of_old.age, of_old.mileage) < 0 < min(of_new.age, of_new.mileage)


def test_valuing_imports_no_library_of_the_worker() -> None:
    modules = "car_values cars comparables contributions fitted_market intervals rule trees"
    code = "import sys, django; django.setup()\n" + "".join(
        f"import listings.pricing.value.{name}\n" for name in [*modules.split(), "car_files"]
    )
    code += "import listings.management.commands.evaluate_values\n"
    code += "sys.exit('lightgbm' in sys.modules or 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=dict(os.environ), check=False)
    assert done.returncode == 0
