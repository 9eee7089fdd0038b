"""How the cars of a model are spread over dealers."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from listings.pricing.value.cars import CarTable

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class DealerShares:
    """How many dealers each model has, and the share of its cars that the largest has."""

    models: Integers
    counts: Integers
    largest: Floats

    @classmethod
    def of(cls, cars: CarTable) -> Self:
        priced = cars.rows(np.flatnonzero(np.isfinite(cars.log_price)))
        of_one = np.column_stack([priced.model.astype(np.int64), priced.dealer])
        dealers, cars_each = np.unique(of_one, axis=0, return_counts=True)
        models, first, counts = np.unique(dealers[:, 0], return_index=True, return_counts=True)
        if not len(models):
            return cls(models, counts, np.zeros(0))
        most, total = np.maximum.reduceat(cars_each, first), np.add.reduceat(cars_each, first)
        return cls(models, counts, most / total)

    def of_models(self, model: Integers) -> tuple[Integers, Floats]:
        if not len(self.models):
            return np.zeros(len(model), int), np.ones(len(model))
        at = np.minimum(np.searchsorted(self.models, model), len(self.models) - 1)
        is_known = self.models[at] == model
        return np.where(is_known, self.counts[at], 0), np.where(is_known, self.largest[at], 1.0)
