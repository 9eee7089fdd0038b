"""How near each way to tell days to sell comes to a truth that is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.simulations.forecourts import Forecourts, Stays
from listings.pricing.value.selling_time import SaleCounts, SellingTime

Column = NDArray[np.float64]

FEW, MANY = (5, 14), (40, 60)
"""How many sales a segment of each kind has."""
WAYS = ("shrunk hazards", "Kaplan-Meier", "sold only")
_TRUTH_CARS = 3_000


@dataclass(frozen=True)
class MedianErrors:
    """Of a way and a number of sales: mean |error|, and bias of the whole, as shares."""

    segments: int
    error: float
    bias: float
    covered: float | None = None
    """The share of segments whose interval holds the truth."""


def median_errors(forecourts: Forecourts) -> dict[tuple[str, tuple[int, int]], MedianErrors]:
    """Return the errors by way and number of sales."""
    truth = forecourts.median_days(_TRUTH_CARS)
    stays = forecourts.log()
    counts = SaleCounts.of_spells(
        stays.segment, stays.entry, stays.left, stays.is_sale, stays.rating
    )
    fitted = SellingTime.fit(counts, forecourts.families[counts.segments])
    sales = np.bincount(stays.segment, stays.is_sale, truth.size)
    found = {}
    for kind in (FEW, MANY):
        wanted = np.flatnonzero((sales >= kind[0]) & (sales <= kind[1]))
        told = [fitted.days_to_sell(int(segment)) for segment in wanted]
        medians = np.array([each.median or np.nan for each in told if each])
        inside = [
            (each.low or 0) <= truth[segment] <= (each.high or np.inf)
            for segment, each in zip(wanted, told, strict=True)
            if each
        ]
        found["shrunk hazards", kind] = _errors(medians, truth[wanted], float(np.mean(inside)))
        by_limit = np.array([_product_limit(stays, int(segment)) for segment in wanted])
        found["Kaplan-Meier", kind] = _errors(by_limit, truth[wanted])
        sold = np.array([_sold_only(stays, int(segment)) for segment in wanted])
        found["sold only", kind] = _errors(sold, truth[wanted])
    return found


def _errors(found: Column, truth: Column, covered: float | None = None) -> MedianErrors:
    apart = found / truth
    error, bias = np.nanmean(np.abs(apart - 1)), np.expm1(np.nanmean(np.log(apart)))
    return MedianErrors(truth.size, float(error), float(bias), covered)


def _sold_only(stays: Stays, segment: int) -> float:
    """Return the median age of the cars that were sold: what is still there counts for nothing."""
    return float(np.median(stays.left[stays.is_sale & (stays.segment == segment)]))


def _product_limit(stays: Stays, segment: int) -> float:
    """Return the median of Kaplan and Meier with delayed entry; the last age if it is beyond."""
    own = stays.segment == segment
    entry, left, is_sale = stays.entry[own], stays.left[own], stays.is_sale[own]
    surviving = 1.0
    for age in np.sort(left[is_sale]):
        at_risk = int(((entry < age) & (left >= age)).sum())
        surviving *= 1 - 1 / at_risk
        if surviving <= 0.5:
            return float(age)
    return float(left.max())
