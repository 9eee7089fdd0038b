"""Whose prices are evidence of what cars are worth, and how much each weighs.

One car has one vote, one dealer a bounded part of a model, and a dealer whose cars of a model ask
something altogether different from what the other dealers ask is no evidence of its value.
"""

import numpy as np
import numpy.typing as npt

from listings.pricing.value.cars import MISSING, CarTable
from listings.pricing.value.fitted_market import pairs

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DEALER_SHARE = 0.15
"""What one dealer weighs of a model at most; more where a model has few dealers."""

APART = 0.22
"""The logarithm by which a dealer's median may lie from the others'."""

_CARS_TO_REJECT, _VOTES_TO_REJECT = 5, 4
_WIDE_FROM, _CARS_TO_BE_WIDE, _STATED = 0.10, 30, 0.5


def dealer_weights(cars: CarTable, is_evidence: Flags) -> Floats:
    """Return the weight of each car: one a physical car, a dealer's cut to its share of a model."""
    _, one, count = np.unique(cars.identity, return_inverse=True, return_counts=True)
    weight = cars.weight / count[one] * is_evidence
    _, pair = np.unique(pairs(cars), return_inverse=True)
    _, model = np.unique(cars.model, return_inverse=True)
    of_pair = np.bincount(pair, weight)
    model_of = np.zeros(len(of_pair), int)
    model_of[pair] = model
    dealers = np.bincount(model_of, of_pair > 0)
    share = np.maximum(DEALER_SHARE, 1.2 / np.maximum(dealers, 1))
    most = np.full(len(dealers), np.inf)
    for _ in range(30):
        most = share * np.bincount(model_of, np.minimum(of_pair, most[model_of]))
    cut = np.minimum(1, most[model_of] / np.maximum(of_pair, 1e-12))
    return weight * np.where(dealers[model_of] > 1, cut, 1)[pair]


def rejected_dealers(cars: CarTable, residual: Floats) -> npt.NDArray[np.uint64]:
    """Return the pairs of a dealer and a model that lie apart from the model's other dealers.

    Each dealer has one vote, its median; so a dealer with most of the cars is still one of many.
    """
    codes = pairs(cars)
    order = np.lexsort((residual, codes))
    pair, first, count = np.unique(codes[order], return_index=True, return_counts=True)
    sorted_residual = residual[order]
    middle = (sorted_residual[first + (count - 1) // 2] + sorted_residual[first + count // 2]) / 2
    model = cars.model[order][first]
    suspects = np.flatnonzero((count >= _CARS_TO_REJECT) & (np.abs(middle) > APART / 2))
    rejected = []
    for model_code in np.unique(model[suspects]):
        votes = np.flatnonzero(model == model_code)
        centre = np.median(middle[votes])
        if len(votes) > _VOTES_TO_REJECT:
            apart = (np.abs(middle[votes] - centre) > APART) & (count[votes] >= _CARS_TO_REJECT)
            rejected.append(pair[votes[apart]])
    return np.sort(np.concatenate(rejected)) if rejected else np.zeros(0, np.uint64)


def wide_models(cars: CarTable, residual: Floats) -> npt.NDArray[np.int64]:
    """Return the models whose versions ask so different prices that one must be known.

    The spread is that of the versions' mean prices, age and mileage taken out.
    """
    version = np.where(cars.derivative != MISSING, cars.derivative, cars.trim).astype(np.int64)
    usable = np.flatnonzero(np.isfinite(residual))
    stated = usable[version[usable] != MISSING]
    models, counts = np.unique(cars.model[usable], return_counts=True)
    wide = []
    for model, count in zip(models, counts, strict=True):
        rows = stated[cars.model[stated] == model] if len(stated) else stated
        is_stated = len(rows) >= max(_CARS_TO_BE_WIDE, _STATED * count)
        if is_stated and _spread_of(cars, rows, version[rows]) > _WIDE_FROM:
            wide.append(int(model))
    return np.array(wide, np.int64)


def _spread_of(cars: CarTable, rows: npt.NDArray, version: npt.NDArray) -> float:
    terms = np.column_stack(
        [np.ones(len(rows)), cars.age_years[rows], cars.mileage[rows] / 10_000]
    ).astype(np.float64)
    log_price = cars.log_price[rows]
    left = log_price - terms @ np.linalg.lstsq(terms, log_price, rcond=None)[0]
    _, which, count = np.unique(version, return_inverse=True, return_counts=True)
    means = np.bincount(which, left) / (count + 1)  # drawn towards none by a car
    return float(np.sqrt(np.average(means**2, weights=count)))
