"""The columns that the trees look at, made from a table of cars."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from listings.pricing.value.cars import MISSING, CarTable

NUMBERS = (
    "age_years",
    "mileage",
    "engine_cc",
    "power_bhp",
    "doors",
    "owners",
    "mpg",
    "tax",
)
CATEGORIES = (
    "make",
    "model",
    "derivative",
    "trim",
    "fuel",
    "transmission",
    "body_type",
    "drivetrain",
)
NAMES = (*NUMBERS, *CATEGORIES, "is_written_off")
FALLING = ("age_years", "mileage")
"""What a car is never worth more for having more of."""

_CARS_MIN: Mapping[str, int] = {"derivative": 5, "trim": 5}


@dataclass(frozen=True)
class Vocabularies:
    """The codes that the model knows of each category, sorted; the trees have their places."""

    known: Mapping[str, npt.NDArray[np.int64]]

    @classmethod
    def of(cls, cars: CarTable) -> Self:
        known = {}
        for name in CATEGORIES:
            codes, counts = np.unique(getattr(cars, name), return_counts=True)
            is_known = (codes != MISSING) & (counts >= _CARS_MIN.get(name, 1))
            known[name] = codes[is_known].astype(np.int64)
        return cls(known)

    def places(self, name: str, codes: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """Return the place of each code, -1 where it is not known."""
        known = self.known[name]
        if not len(known):
            return np.full(len(codes), MISSING, np.int64)
        at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
        return np.where(known[at] == codes, at, MISSING)

    def matrix(self, cars: CarTable) -> npt.NDArray[np.float64]:
        """Return the features of each car, in the order of `NAMES`; NaN is not known."""
        columns = [getattr(cars, name).astype(np.float64) for name in NUMBERS]
        for name in CATEGORIES:
            places = self.places(name, getattr(cars, name)).astype(np.float64)
            columns.append(np.where(places == MISSING, np.nan, places))
        return np.column_stack([*columns, cars.is_written_off.astype(np.float64)])


def median_cars(
    matrix: npt.NDArray[np.float64], vocabularies: Vocabularies
) -> npt.NDArray[np.float64]:
    """Return the features of the car in the middle of each model, in the vocabulary's order."""
    place = matrix[:, NAMES.index("model")]
    models = len(vocabularies.known["model"])
    middles = np.full((models, len(NAMES)), np.nan)
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(models + 1))
    for model in range(models):
        rows = matrix[order[bounds[model] : bounds[model + 1]]]
        for at, name in enumerate(NAMES):
            known = rows[np.isfinite(rows[:, at]), at]
            if len(known):
                middles[model, at] = _middle(known, is_number=name in NUMBERS)
    return middles


def _middle(known: npt.NDArray[np.float64], *, is_number: bool) -> float:
    """Return the median of numbers, of categories the most frequent."""
    if is_number:
        return float(np.median(known))
    values, counts = np.unique(known, return_counts=True)
    return float(values[counts.argmax()])
