"""What valuing cars yields, and the columns that a rating is read from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from listings.pricing.value.cars import CarTable
from listings.pricing.value.rule import RatedCars

Pounds = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CarValues:
    """Values of cars, one row a car, in whole pounds: 0 in each where `no_value` has a reason.

    `comparables` are the cars at a distance of at most 2, each physical car once. `sigma` is the
    typical error of the logarithm, `k` how much wider than usual it is. `residual` is the
    logarithm of the car's own price over what the model alone expects, NaN without a price.
    `no_value` are codes of `rule.REASONS`.
    """

    key: npt.NDArray[np.int64]
    value: Pounds
    low_80: Pounds
    high_80: Pounds
    low_90: Pounds
    high_90: Pounds
    comparables: Pounds
    sigma: Floats
    k: Floats
    residual: Floats
    is_derivative_unknown: npt.NDArray[np.bool_]
    no_value: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.key)

    def to_rate(self, cars: CarTable, previous: npt.NDArray[np.int8] | None = None) -> RatedCars:
        """Return what the rule looks at; `previous` are codes of the labels so far."""
        with np.errstate(divide="ignore", invalid="ignore"):
            half_width = np.where(
                self.value > 0, (self.high_90 - self.low_90) / 2 / self.value, np.inf
            )
        return RatedCars(
            price=np.nan_to_num(cars.price).astype(np.int64),
            value=self.value,
            k=self.k,
            sigma=self.sigma,
            half_width=half_width,
            comparables=self.comparables,
            age_years=cars.age_years.astype(np.float64),
            mileage=cars.mileage.astype(np.float64),
            is_written_off=cars.is_written_off,
            is_derivative_unknown=self.is_derivative_unknown,
            no_value=self.no_value,
            previous=np.zeros(len(self), np.int8) if previous is None else previous,
        )
