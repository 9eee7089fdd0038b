"""The market in an order in which like cars stand side by side, so that few are compared."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from listings.pricing.value.cars import CarTable, scattered

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]

_MILES_MAX = 1e6  # miles that no car has


@dataclass(frozen=True)
class MarketOrder:
    """The market's rows in an order of cells, and the miles within each cell."""

    rows: Integers
    cells: Integers
    place: Floats  # rises through the whole order: the number of the cell, then miles

    @classmethod
    def of(cls, cell: Integers, mileage: Floats, key: Integers) -> Self:
        miles = np.minimum(np.nan_to_num(mileage), _MILES_MAX - 1).astype(np.float64)
        rows = np.lexsort((key, miles, cell))
        cells, number = np.unique(cell[rows], return_inverse=True)
        return cls(rows, cells, number * _MILES_MAX + miles[rows])

    def beside(self, cell: Integers, mileage: Floats, count: int) -> Integers:
        """Return for each car the rows of so many cars on either side; -1 where there is none."""
        if not len(self.rows):
            return np.full((len(cell), 0), -1)
        number = np.searchsorted(self.cells, cell)
        number[number == len(self.cells)] = 0
        exists = self.cells[number] == cell
        miles = np.minimum(np.nan_to_num(mileage), _MILES_MAX - 1)
        start = np.searchsorted(self.place, number * _MILES_MAX)
        end = np.searchsorted(self.place, (number + 1) * _MILES_MAX)
        here = np.searchsorted(self.place, number * _MILES_MAX + miles)
        at = here[:, None] + np.arange(-count, count)
        inside = (at >= start[:, None]) & (at < end[:, None]) & exists[:, None]
        return np.where(inside, self.rows[np.where(inside, at, 0)], -1)


def specification(cars: CarTable) -> npt.NDArray[np.uint64]:
    """Return a number that equal specifications share: derivative, fuel, gearbox, engine, mpg."""
    litres = np.nan_to_num(np.round(cars.engine_cc / 100), nan=-1)
    mpg = np.nan_to_num(np.round(cars.mpg * 10), nan=-1)
    number = np.zeros(len(cars), np.uint64)
    for column in (cars.derivative, cars.fuel, cars.transmission, litres, mpg):
        number = scattered(number + (column.astype(np.int64) + 2).astype(np.uint64))
    return number


def cells_of(
    cars: CarTable, specifications: npt.NDArray[np.uint64] | None, years: int = 0
) -> npt.NDArray[np.uint64]:
    """Return the number of each car's cell: its model, its age in years, its specification."""
    age = np.floor(np.nan_to_num(cars.age_years)).astype(np.int64) + years + 8
    cell = scattered(cars.model.astype(np.int64) * 1_024 + age)
    return cell if specifications is None else scattered(cell ^ specifications)
