"""How far prices of cars like one lie from its value: intervals that hold by count.

The typical error is a small model's; how many of it an interval needs is counted among the
out-of-fold residuals, per cell of expected price and age, drawn towards all where a cell has few.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Doubles = npt.NDArray[np.float64]

SHARES = (0.05, 0.10, 0.90, 0.95)
"""What lies below each end of the intervals of 90 and 80 %."""

_PRICE_CELLS = 8
_AGE_EDGES = (1.5, 2.5, 3.5, 4.5, 6.5, 9.5)
_DRAWN_BY = 250  # cars by which a cell is drawn towards all


@dataclass(frozen=True)
class Intervals:
    """How many typical errors each end lies from the value, by expected price and age."""

    price_edges: Floats  # of the logarithm of the expected price
    age_edges: Floats
    quantiles: Floats  # price x age x `SHARES`
    median_sigma: float

    @classmethod
    def of(cls, error: Floats, sigma: Floats, log_price: Floats, age_years: Floats) -> Self:
        """Count among errors that were made out of fold; at least one car."""
        inner = np.linspace(0, 1, _PRICE_CELLS + 1)[1:-1]
        price_edges = np.quantile(log_price, inner)
        age_edges = np.array(_AGE_EDGES)
        ratio = error / sigma
        of_all = np.quantile(ratio, SHARES)
        quantiles = np.tile(of_all, (_PRICE_CELLS, len(age_edges) + 1, 1))
        price_cell = np.searchsorted(price_edges, log_price)
        age_cell = np.searchsorted(age_edges, age_years)
        for price in range(_PRICE_CELLS):
            for age in range(len(age_edges) + 1):
                cell = ratio[(price_cell == price) & (age_cell == age)]
                if len(cell):
                    share = len(cell) / (len(cell) + _DRAWN_BY)
                    own = np.quantile(cell, SHARES)
                    quantiles[price, age] = share * own + (1 - share) * of_all
        return cls(price_edges, age_edges, quantiles, float(np.median(sigma)))

    def ends(self, sigma: Floats, log_price: Floats, age_years: Floats) -> Doubles:
        """Return the logarithms from the value to the four ends of `SHARES`, one row a car.

        The value lies within its own intervals, and that of 90 % holds that of 80 %.
        """
        price = np.searchsorted(self.price_edges, log_price)
        age = np.searchsorted(self.age_edges, age_years)
        ends = self.quantiles[price, age] * sigma[:, None]
        around = [np.minimum(ends[:, :2], 0), np.maximum(ends[:, 2:], 0)]
        return np.column_stack(around).astype(np.float64)

    def arrays(self) -> dict[str, npt.NDArray]:
        return {
            "interval_price_edges": self.price_edges,
            "interval_age_edges": self.age_edges,
            "interval_quantiles": self.quantiles,
            "interval_median_sigma": np.array(self.median_sigma),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray]) -> Self:
        return cls(
            arrays["interval_price_edges"],
            arrays["interval_age_edges"],
            arrays["interval_quantiles"],
            float(arrays["interval_median_sigma"]),
        )
