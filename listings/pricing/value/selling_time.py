"""How many days cars of a kind stand for sale, and what a price does to that.

The chance to be sold on a day is a hazard that is level within a band of the advert's age, and that
each segment has more or less of. Both are shrunk (gamma-Poisson: Clayton and Kaldor 1987), the
segment to its parent and that to the whole, with a prior worth five sales: what is hardly sold is
like its like. An advert counts from the age at which it was first seen (delayed entry); one that
was withdrawn, ran out or left with a file that did not come says only that it was not sold until
then (censored).
"""

from dataclasses import dataclass
from math import lgamma
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Grid = NDArray[np.float64]
Codes = NDArray[np.int64]

BAND_STARTS = np.array([0.0, 3, 7, 14, 21, 30, 45, 60, 90, 120, 180])
"""Days on sale at which a band of the hazard begins; the last has no end."""

RATINGS = ("lower", "great", "good", "fair", "higher")
"""Cheapest first. Stretches without a rating are counted behind them."""

PRIOR_SALES = 5.0
"""What segments lean on their larger kind with where they are too few to say how alike they are."""
RATING_PRIOR_SALES = 30.0
SALES_MIN = 5
"""With fewer sales nothing is told of a segment."""
DAYS_MAX = 365.0
"""A median beyond this is not told: hardly an advert is seen for as long."""

_PRIORS = np.geomspace(PRIOR_SALES, 160, 11)
_SEGMENTS_MIN = 8
_ROUNDS = 4
_SHAPE_TRUST_MAX = 25.0
"""In an interval, what a band's prior counts for: shapes are less alike than few sales show."""
_DRAWS = 400
_INTERVAL = [_DRAWS // 20, _DRAWS - 1 - _DRAWS // 20]  # 90 % lie within


@dataclass(frozen=True)
class SaleCounts:
    """Days on sale and sales, each by segment, rating and band of age; the statistic of a fit."""

    segments: Codes
    """Sorted."""
    days: Grid
    sales: Grid

    @classmethod
    def of_spells(
        cls,
        segment: ArrayLike,
        entry: ArrayLike,
        left: ArrayLike,
        is_sale: ArrayLike,
        rating: ArrayLike | None = None,
    ) -> Self:
        """Count stretches on sale, in each of which the price had one rating.

        `entry` and `left` are ages of the advert in days: one that stood for sale before it was
        seen has an `entry` above 0, and one that changes its rating goes on as another stretch.
        `rating` is a place in `RATINGS`, or -1 for none.
        """
        segments, places = np.unique(np.asarray(segment, np.int64), return_inverse=True)
        ends, is_sold = np.asarray(left, np.float64), np.asarray(is_sale, np.bool_)
        starts = np.clip(np.asarray(entry, np.float64), 0.0, ends)
        unrated = len(RATINGS)
        ratings = np.full(ends.shape, -1) if rating is None else np.asarray(rating, np.int64)
        cell = places * (unrated + 1) + np.where(ratings < 0, unrated, ratings)
        shape = (segments.size, unrated + 1, BAND_STARTS.size)
        days, sales = np.zeros(shape), np.zeros(shape)
        count = segments.size * (unrated + 1)
        for band, start in enumerate(BAND_STARTS):
            end = BAND_STARTS[band + 1] if band + 1 < BAND_STARTS.size else np.inf
            within = np.maximum(np.minimum(ends, end) - np.maximum(starts, start), 0.0)
            days[:, :, band] = np.bincount(cell, within, count).reshape(shape[:2])
            # a sale as a band begins ends the days of the one before
            in_band = is_sold & ((ends > start) | (start == 0)) & (ends <= end)
            sales[:, :, band] = np.bincount(cell, in_band, count).reshape(shape[:2])
        return cls(segments, days, sales)


@dataclass(frozen=True)
class DaysToSell:
    """The median of a segment with its interval of 90 %; ends beyond `DAYS_MAX` are None."""

    sales: int
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SellingTime:
    """Hazards by segment and band, and what ratings do to them."""

    segments: Codes
    sales: Codes
    """By segment."""
    hazards: Grid
    """Of a price of usual rating, whose factor is 1."""
    level_sales: Grid
    """What each segment's level rests on, in sales: its own and the prior's."""
    shape_sales: Grid
    """The same of each band."""
    factors: Grid
    """What each of `RATINGS` multiplies the hazard by: never more for a dearer one."""
    mix: Grid
    """The mean factor of the whole market in each band."""

    @classmethod
    def fit(cls, counts: SaleCounts, parents: ArrayLike | None = None) -> Self:
        """Return what was learnt; `parents` names for each segment the larger one it belongs to."""
        families = np.zeros(counts.segments.size, np.int64)
        if parents is not None:
            _, families = np.unique(np.asarray(parents, np.int64), return_inverse=True)
        sales = counts.sales.sum(axis=1)
        factors = np.ones(len(RATINGS) + 1)
        for _ in range(_ROUNDS):
            hazards = _hazards((counts.days * factors[:, None]).sum(axis=1), sales, families)
            factors = _factors(counts, hazards.hazards)
        days = counts.days.sum(axis=0)
        mix = (days * factors[:, None]).sum(axis=0) / np.maximum(days.sum(axis=0), 1e-9)
        total = sales.sum(axis=1)
        return cls(
            segments=counts.segments,
            sales=total.astype(np.int64),
            hazards=hazards.hazards,
            level_sales=total + hazards.level_prior,
            shape_sales=sales + min(hazards.shape_prior, _SHAPE_TRUST_MAX),
            factors=factors[:-1],
            mix=np.where(days.sum(axis=0) > 0, mix, 1.0),
        )

    def days_to_sell(self, segment: int) -> DaysToSell | None:
        """Return the median at the whole market's mix of prices; None where too little was sold."""
        row = self._row(segment)
        if row is None or self.sales[row] < SALES_MIN:
            return None
        hazards = self.hazards[row] * self.mix
        chance = np.random.default_rng(segment)
        level, shape = self.level_sales[row], self.shape_sales[row]
        drawn = hazards * chance.gamma(level, 1 / level, (_DRAWS, 1))
        drawn *= chance.gamma(shape, 1 / shape, (_DRAWS, shape.size))
        low, high = np.sort(_medians(drawn))[_INTERVAL]
        median = _medians(hazards[None])[0]
        return DaysToSell(int(self.sales[row]), _told(median), _told(low), _told(high))

    def days_by_rating(self, segment: int) -> dict[str, float | None] | None:
        """Return the median of cars at each rating; cheaper is never slower."""
        row = self._row(segment)
        if row is None or self.sales[row] < SALES_MIN:
            return None
        medians = _medians(self.hazards[row] * self.factors[:, None])
        return {rating: _told(days) for rating, days in zip(RATINGS, medians, strict=True)}

    def _row(self, segment: int) -> int | None:
        place = int(np.searchsorted(self.segments, segment))
        is_known = place < self.segments.size and self.segments[place] == segment
        return place if is_known else None


@dataclass(frozen=True)
class _Shrunk:
    hazards: Grid
    level_prior: float
    shape_prior: float
    """Both in sales."""


def _medians(hazards: Grid) -> Grid:
    """Return the age by which half are sold, for each row; infinite if it is beyond `DAYS_MAX`."""
    starts = np.append(BAND_STARTS, DAYS_MAX)
    reached = np.cumsum(hazards * np.diff(starts), axis=1)
    half = np.log(2.0)
    band = np.minimum((reached < half).sum(axis=1), BAND_STARTS.size - 1)
    rows = np.arange(len(hazards))
    beyond = (reached[rows, band] - half) / hazards[rows, band]
    return np.where(beyond >= 0, starts[band + 1] - beyond, np.inf)


def _told(days: float) -> float | None:
    return float(days) if np.isfinite(days) else None


def _hazards(days: Grid, sales: Grid, families: Codes) -> _Shrunk:
    """Return the hazard of each segment and band, shrunk to its family's and that to the whole."""
    level = (sales.sum() + PRIOR_SALES) / max(float(days.sum()), 1.0)
    whole = (sales.sum(axis=0) + PRIOR_SALES) / (days.sum(axis=0) + PRIOR_SALES / level)
    of_family = _shrunk(_summed(days, families), _summed(sales, families), whole)
    return _shrunk(days, sales, of_family.hazards[families])


def _summed(amounts: Grid, families: Codes) -> Grid:
    sums = np.zeros((int(families.max(initial=0)) + 1, amounts.shape[1]))
    np.add.at(sums, families, amounts)
    return sums


def _shrunk(days: Grid, sales: Grid, usual: Grid) -> _Shrunk:
    """Return the hazards of segments of which `usual` is the prior: their level, then their shape.

    Each is a gamma's mean after so many sales where so many were to be expected.
    """
    expected = (days * usual).sum(axis=1, keepdims=True)
    total = sales.sum(axis=1, keepdims=True)
    level_prior = _prior_sales(total, expected)
    # the gamma's median, so that the days that follow are as likely too many as too few
    levelled = usual * (total + level_prior - 1 / 3) / (expected + level_prior)
    in_band = days * levelled
    shape_prior = _prior_sales(sales, in_band)
    hazards = levelled * (sales + shape_prior) / (in_band + shape_prior)
    return _Shrunk(hazards, level_prior, shape_prior)


def _prior_sales(sales: Grid, expected: Grid) -> float:
    """Return how many sales the prior is worth: the more, the more alike the segments are.

    Each candidate is weighed by how likely it makes these sales (negative binomial), and what is
    averaged is the variance of segments, which is 1 / sales.
    """
    seen = expected > 0
    if int(seen.sum()) < _SEGMENTS_MIN:
        return PRIOR_SALES
    counts, means = sales[seen], expected[seen]
    numbers, places = np.unique(counts, return_inverse=True)
    likely = np.empty_like(_PRIORS)
    for row, prior in enumerate(_PRIORS):
        rises = np.array([lgamma(number + prior) for number in numbers]) - lgamma(prior)
        terms = rises[places] - (counts + prior) * np.log(means + prior) + prior * np.log(prior)
        likely[row] = terms.sum()
    weights = np.exp(likely - likely.max())
    return float(weights.sum() / (weights / _PRIORS).sum())


def _factors(counts: SaleCounts, hazards: Grid) -> Grid:
    """Return what each rating does to the hazard: 1 on the whole, and for cars that have none."""
    expected = (counts.days * hazards[:, None]).sum(axis=(0, 2))[:-1]
    sales = counts.sales.sum(axis=(0, 2))[:-1]
    weights = expected + RATING_PRIOR_SALES
    factors = _falling((sales + RATING_PRIOR_SALES) / weights, weights)
    if expected.sum() > 0:
        factors = factors * expected.sum() / (expected * factors).sum()
    return np.append(factors, 1.0)


def _falling(factors: Grid, weights: Grid) -> Grid:
    """Return the nearest factors that never rise (pool adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []
    for factor, weight in zip(factors, weights, strict=True):
        block = (float(factor), float(weight), 1)
        while blocks and blocks[-1][0] < block[0]:
            mean, mass, size = blocks.pop()
            both = mass + block[1]
            block = ((mean * mass + block[0] * block[1]) / both, both, size + block[2])
        blocks.append(block)
    return np.concatenate([np.full(size, mean) for mean, _, size in blocks])
