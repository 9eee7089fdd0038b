"""How far comparables are drawn towards none, and what is added to all values.

Both are chosen within each fold: its trees saw none of its cars, so one price among them counts as
one of many. Among all cars a price also moves the trees of the other folds, and those move both.
"""

import numpy as np
import numpy.typing as npt

from listings.pricing.value.comparables import Sums
from listings.pricing.value.fitted_market import FOLDS

Floats = npt.NDArray[np.float64]

SHRINKAGES = (0.3, 0.6, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1_000.0)
_WORSE, _WORSE_OF_ONE_CAR = 0.002, 64.0


def constants(
    believed: npt.NDArray[np.bool_], fold: npt.NDArray[np.int64], error: Floats, sums: Sums
) -> tuple[Floats, Floats]:
    """Return the shrinkage and the centre of each fold; `error` is that of the trees."""
    shrinkages, centres = np.ones(FOLDS), np.zeros(FOLDS)
    for number in range(FOLDS):
        own = np.flatnonzero(believed & (fold == number))
        if own.size:
            of_own = sums.rows(own)
            shrinkages[number] = _shrinkage(error[own], of_own)
            centres[number] = _centre(error[own] - of_own.correction(float(shrinkages[number])))
    return shrinkages, centres


def _shrinkage(error: Floats, sums: Sums) -> float:
    """Return the shrinkage under which the corrections leave the least error.

    A mean of all, those that are worse by a few thousandths of the error hardly weighing: one car's
    price then moves the choice by next to nothing, where the best of the list would change. The
    fewer the cars, the more one of them moves, and the less the errors decide.
    """
    corrections = (sums.correction(each) for each in SHRINKAGES)
    left = np.array([np.abs(error - each).mean() for each in corrections])
    worse = _WORSE + _WORSE_OF_ONE_CAR / len(error)
    weight = np.exp((1 - left / left.min()) / worse)
    return float(np.exp(np.average(np.log(SHRINKAGES), weights=weight)))


def _centre(error: Floats) -> float:
    """Return what is added to all values so that their mean relative error is the least.

    That is the median of the errors, each weighing the value over the price: as too much by a tenth
    is more than too little by a tenth of the same price.
    """
    order = np.argsort(error, kind="stable")
    weight = np.cumsum(np.exp(-error[order]))
    return float(error[order][np.searchsorted(weight, weight[-1] / 2)])
