"""Fitting the market model; the one place that imports LightGBM, and only workers import it.

Every fit is of sorted rows on one thread without sampling: the same rows in any order give the same
model.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import lightgbm
import numpy as np
import numpy.typing as npt

from listings.pricing.value.accuracy import accuracy
from listings.pricing.value.booster_text import text_of, trees_of
from listings.pricing.value.cars import CarTable
from listings.pricing.value.comparables import Comparables, Sums
from listings.pricing.value.evidence import dealer_weights, rejected_dealers, wide_models
from listings.pricing.value.features import (
    CATEGORIES,
    FALLING,
    NAMES,
    NUMBERS,
    Vocabularies,
    median_cars,
)
from listings.pricing.value.fitted_market import (
    FOLDS,
    WRONG,
    MarketModel,
    by_folds,
    folds_of,
    of_fold,
    pairs,
    shortened,
    spread_features,
)
from listings.pricing.value.intervals import Intervals
from listings.pricing.value.shrinkage import constants
from listings.pricing.value.trees import Matrix, Trees

Floats = npt.NDArray[np.float64]

ROWS_MIN = 50


@dataclass(frozen=True)
class FitSettings:
    """Numbers of the fit; `trees` of None are as many as the rows bear."""

    trees: int | None = None
    leaves: int = 255
    rate: float = 0.05
    cars_a_leaf: int = 8
    huber_delta: float = 0.1
    first_trees: int = 60
    first_delta: float = 0.9

    def trees_for(self, rows: int) -> int:
        if self.trees is not None:
            return self.trees
        return int(np.clip(250 + 125 * np.log10(max(rows, 1) / 10_000), 150, 500))


class FittedMarket(NamedTuple):
    """What a fit yields: the model, and the market of the cars that it was fitted on."""

    model: MarketModel
    market: Comparables


class _Learnt(NamedTuple):
    """The trees of each fold, and what they expect of the cars that they did not see."""

    vocabularies: Vocabularies
    matrix: Matrix
    fold: npt.NDArray[np.int64]
    folds: tuple[Trees, ...]
    expected: Floats
    believed: npt.NDArray[np.bool_]
    rejected: npt.NDArray[np.uint64]


class TooFewCars(ValueError):
    """There are too few cars with a price for a market to be learnt from."""


def fit(cars: CarTable, settings: FitSettings | None = None) -> FittedMarket:
    """Learn the market from cars with a price. Raises `TooFewCars`."""
    cars = _usable(cars)
    if len(cars) < ROWS_MIN:
        raise TooFewCars(f"{len(cars)} cars with a price, an age and a mileage are too few")
    learnt = _learnt(cars, settings or FitSettings())
    error_of_trees = cars.log_price - learnt.expected
    residual = np.where(learnt.believed, error_of_trees, np.nan)
    market = Comparables.of(cars, residual, learnt.fold)
    sums = market.sums(cars, learnt.fold)
    shrinkage, centre = constants(learnt.believed, learnt.fold, error_of_trees, sums)
    correction = sums.correction(shrinkage[learnt.fold])
    log_value = learnt.expected + correction + centre[learnt.fold]
    spreads, intervals, ends = _intervals(cars, learnt, log_value, sums)
    model = MarketModel(
        vocabularies=learnt.vocabularies,
        folds=learnt.folds,
        spreads=spreads,
        intervals=intervals,
        seen=np.unique(shortened(cars.identity)),
        rejected=learnt.rejected,
        wide_models=wide_models(cars, residual),
        shrinkage=shrinkage,
        centre=centre,
        median_cars=median_cars(learnt.matrix, learnt.vocabularies),
        measured=accuracy(cars.log_price, log_value, ends) | {"rows": float(len(cars))},
    )
    return FittedMarket(model, market)


def fast_score(trees: Trees, matrix: Matrix) -> Floats:
    """Return what `Trees.score` does, by the library: for many cars where a worker values them."""
    if len(matrix) < _FAST_FROM:
        return trees.score(matrix)
    predicted = _booster(trees, matrix.shape[1]).predict(matrix, num_threads=1)
    return np.asarray(predicted, np.float64)


_FAST_FROM = 2_000


@lru_cache(maxsize=2 * FOLDS)
def _booster(trees: Trees, width: int) -> lightgbm.Booster:
    return lightgbm.Booster(model_str=text_of(trees, [f"f{at}" for at in range(width)]))


def _usable(cars: CarTable) -> CarTable:
    has = np.isfinite(cars.log_price) & np.isfinite(cars.age_years) & np.isfinite(cars.mileage)
    rows = np.flatnonzero(has)
    return cars.rows(rows[np.argsort(cars.key[rows], kind="stable")])


def _learnt(cars: CarTable, settings: FitSettings) -> _Learnt:
    """Fit each fold by what is known without it: no price of a fold reaches its own trees."""
    vocabularies = Vocabularies.of(cars)
    matrix = vocabularies.matrix(cars)
    fold = folds_of(cars.identity)
    rejected, first = _first_pass(cars, matrix, fold)
    pair = pairs(cars)
    folds, expected = [], np.zeros(len(cars))
    for number, residual in enumerate(first):
        is_evidence = ~np.isin(pair, rejected[number]) & (fold != number)
        is_evidence &= np.abs(residual) <= WRONG
        trees = _fitted(cars, matrix, is_evidence, settings)
        held_out = np.flatnonzero(fold == number)
        expected[held_out] = fast_score(trees, matrix[held_out])
        folds.append(trees)
    is_near = np.abs(cars.log_price - expected) <= WRONG
    is_near &= np.abs(np.choose(fold, first)) <= WRONG
    known = by_folds(rejected)
    believed = ~np.isin(of_fold(pair, fold), known) & ~cars.is_written_off & is_near
    return _Learnt(vocabularies, matrix, fold, tuple(folds), expected, believed, known)


def _intervals(
    cars: CarTable, learnt: _Learnt, log_value: Floats, sums: Sums
) -> tuple[tuple[Trees, ...], Intervals, Floats]:
    """Return the trees of typical errors, the intervals, and those of the cars themselves."""
    error = cars.log_price - log_value
    features = spread_features(learnt.matrix, log_value, sums)
    spreads, sigma = _spreads(features, error, learnt.believed, learnt.fold)
    kept = np.flatnonzero(learnt.believed)
    intervals = Intervals.of(error[kept], sigma[kept], log_value[kept], cars.age_years[kept])
    return spreads, intervals, intervals.ends(sigma, log_value, cars.age_years)


def _first_pass(
    cars: CarTable, matrix: Matrix, fold: npt.NDArray[np.int64]
) -> tuple[list[npt.NDArray[np.uint64]], list[Floats]]:
    """Return for each fold who is not believed, and how far prices are from what its trees say.

    Both are found without the fold: were a dealer judged once for all, a price could come back to
    its own car by the dealers that it lets through to the trees. The expectation is coarse, as
    small leaves would learn wrong prices by heart.
    """
    pair, rejected, residuals = pairs(cars), [], []
    for number in range(FOLDS):
        others = fold != number
        residual = _coarse_residual(cars, matrix, others)
        of_others = rejected_dealers(cars.rows(others), residual[others])
        if len(of_others):
            residual = _coarse_residual(cars, matrix, others & ~np.isin(pair, of_others))
        rejected.append(of_others)
        residuals.append(residual)
    return rejected, residuals


def _coarse_residual(cars: CarTable, matrix: Matrix, is_evidence: npt.NDArray[np.bool_]) -> Floats:
    settings = FitSettings(trees=120, leaves=31, cars_a_leaf=50, first_trees=120, rate=0.12)
    return cars.log_price - fast_score(_fitted(cars, matrix, is_evidence, settings), matrix)


def _fitted(
    cars: CarTable, matrix: Matrix, is_evidence: npt.NDArray[np.bool_], settings: FitSettings
) -> Trees:
    weight = dealer_weights(cars, is_evidence)
    rows = np.flatnonzero(weight > 0)
    return _trees(matrix[rows], cars.log_price[rows], weight[rows], settings)


def _trees(matrix: Matrix, target: Floats, weight: Floats, settings: FitSettings) -> Trees:
    """Fit under Huber's loss: wide first, as a narrow one moves far prices by small steps only."""
    count = settings.trees_for(len(matrix))
    parameters = _PARAMETERS | {
        "objective": "huber",
        "num_leaves": settings.leaves,
        "learning_rate": settings.rate,
        "min_data_in_leaf": settings.cars_a_leaf,
        "monotone_constraints": [-1 if name in FALLING else 0 for name in NAMES],
        "monotone_constraints_method": "basic",
    }
    steps = [
        (settings.first_delta, min(count, settings.first_trees)),
        (settings.huber_delta, max(0, count - settings.first_trees)),
    ]
    booster: lightgbm.Booster | None = None
    for delta, rounds in [step for step in steps if step[1]]:
        cars = _dataset(matrix, target, weight)
        asked = parameters | {"alpha": delta}
        booster = lightgbm.train(asked, cars, rounds, init_model=booster)
    return trees_of(booster.model_to_string()) if booster else Trees.joined(())


def _spreads(
    matrix: Matrix, error: Floats, believed: npt.NDArray[np.bool_], fold: npt.NDArray
) -> tuple[tuple[Trees, ...], Floats]:
    """Fit the typical size of an error, as a logarithm, by the median."""
    target = np.log(np.abs(error) + _LEAST_ERROR)
    parameters = _PARAMETERS | {
        "objective": "regression_l1",
        "num_leaves": 15,
        "learning_rate": 0.1,
        "min_data_in_leaf": int(np.clip(len(matrix) // 100, 20, 200)),
    }
    sigma = np.zeros(len(target))
    spreads = []
    for number in range(FOLDS):
        rows = np.flatnonzero((fold != number) & believed)
        cars = _dataset(matrix[rows], target[rows], None)
        trees = trees_of(lightgbm.train(parameters, cars, 80).model_to_string())
        held_out = np.flatnonzero(fold == number)
        sigma[held_out] = np.exp(fast_score(trees, matrix[held_out]))
        spreads.append(trees)
    return tuple(spreads), sigma


def _dataset(matrix: Matrix, target: Floats, weight: Floats | None) -> lightgbm.Dataset:
    first = len(NUMBERS)
    categories = list(range(first, first + len(CATEGORIES)))
    return lightgbm.Dataset(
        matrix,
        target,
        weight=weight,
        categorical_feature=categories,
        params={"verbose": -1, "min_data_in_bin": 3, "feature_pre_filter": False},
    )


_LEAST_ERROR = 0.002
_PARAMETERS: dict[str, Any] = {
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
    "seed": 1,
    "cat_smooth": 10,
    "cat_l2": 10,
}
