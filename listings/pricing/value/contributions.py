"""Why a car is worth what it is: pounds for its age, its mileage and its specification.

Shapley's shares, exact as there are three groups and eight ways to take them over from the car in
the middle of its model: what the trees expect with some groups of the car and the others' of that.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from listings.pricing.value.cars import CarTable
from listings.pricing.value.features import NAMES
from listings.pricing.value.fitted_market import MarketModel, by_fold
from listings.pricing.value.trees import Trees

GROUPS = ("age", "mileage", "specification")
_GROUP_OF = {"age_years": "age", "mileage": "mileage"}


@dataclass(frozen=True)
class Contributions:
    """Whole pounds that add up to the value; `comparables` is what cars like it correct."""

    median_car: int
    age: int
    mileage: int
    specification: int
    comparables: int

    @property
    def value(self) -> int:
        return self.median_car + self.age + self.mileage + self.specification + self.comparables


def contributions(model: MarketModel, car: CarTable, value: int) -> Contributions:
    """Return what makes up the value of one car, whose model is known."""
    own = model.vocabularies.matrix(car)[0]
    middle = model.median_cars[model.vocabularies.places("model", car.model)[0]]
    group = np.array([GROUPS.index(_GROUP_OF.get(name, "specification")) for name in NAMES])
    taken = [subset for size in range(4) for subset in combinations(range(3), size)]
    rows = np.array([np.where(np.isin(group, subset), own, middle) for subset in taken])
    fold = np.repeat(model.fold_of(car), len(rows))
    pounds = np.exp(by_fold(model.folds, rows, fold, Trees.score) + float(car.index[0]))
    worth = dict(zip(taken, pounds.tolist(), strict=True))
    shares = [_share(worth, player) for player in range(3)]
    parts = [worth[()], *shares, value - worth[0, 1, 2]]
    return Contributions(*_rounded(parts, value))


def _share(worth: dict[tuple[int, ...], float], player: int) -> float:
    others = [each for each in range(3) if each != player]
    total = 0.0
    for size in range(3):
        for before in combinations(others, size):
            weight = factorial(size) * factorial(2 - size) / factorial(3)
            after = tuple(sorted((*before, player)))
            total += weight * (worth[after] - worth[before])
    return total


def _rounded(parts: list[float], total: int) -> list[int]:
    """Round so that the parts still add up: up where most is cut off."""
    whole = [int(np.floor(part)) for part in parts]
    cut_off = sorted(range(len(parts)), key=lambda at: (whole[at] - parts[at], at))
    for at in cut_off[: total - sum(whole)]:
        whole[at] += 1
    return whole
