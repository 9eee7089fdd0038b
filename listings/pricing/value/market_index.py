"""How far the whole market, and each segment of it, has moved from week to week.

Residuals are log asking price less what the model fits, of *newly listed* adverts at their first
price: a price that is cut later tells of the advert's age, not of the market. The level of the
whole is a random walk, and each segment's distance from it another, slower one (local level
models, Durbin and Koopman 2012, chapter 2), so that a segment of few adverts follows the whole.
Between the two stands what the segments of a group, such as a fuel, have in common.
Outliers count less (Huber 1964), and how fast levels move is taken from the data by likelihood.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from listings.pricing.value.local_level import (
    LocalLevel,
    Wandering,
    likeliest_wandering,
    smooth,
)

Codes = NDArray[np.int64]
Grid = NDArray[np.float64]

AGE_BANDS = (3.0, 6.0, 10.0)
"""Years at which a car passes into the next band."""

WRONG_PRICE = 0.7
"""A residual as far from its level is a wrong price, and tells nothing."""

_HUBER = 1.345  # times the scale: 95 % as efficient as the mean where nothing is wrong
_ROUNDS, _EXCHANGES = 5, 8
_SCALE_MIN = 0.01
_MAD_TO_SIGMA = 1.4826


def segment_codes(
    body_type: NDArray[np.integer], fuel: NDArray[np.integer], age_years: NDArray[np.floating]
) -> NDArray[np.int64]:
    """Return the segment of each car: body, fuel and band of age; codes are -1 where missing."""
    bands = np.digitize(np.nan_to_num(age_years), AGE_BANDS)
    bodies, fuels = body_type.astype(np.int64) + 1, fuel.astype(np.int64) + 1
    codes: NDArray[np.int64] = (bodies * 64 + fuels) * (len(AGE_BANDS) + 1) + bands
    return codes


def fuel_of_segments(segments: Codes) -> Codes:
    """Return the fuel of each segment, plus 1: what moves the cars of one moves all of them."""
    return segments // (len(AGE_BANDS) + 1) % 64


@dataclass(frozen=True)
class MarketIndex:
    """Levels in logs by segment and week, with their standard errors; row 0 is the whole.

    `segments` are sorted codes, whose rows follow that of the whole.
    """

    first_week: int
    segments: NDArray[np.int64]
    levels: NDArray[np.float64]
    errors: NDArray[np.float64]

    @classmethod
    def empty(cls) -> Self:
        """Return the index of a market of which nothing is known: all offsets are 0."""
        level = np.zeros((1, 1))
        return cls(0, np.empty(0, np.int64), level, np.full((1, 1), np.inf))

    @classmethod
    def fit(
        cls,
        weeks: ArrayLike,
        segments: ArrayLike,
        residuals: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        group_of: Callable[[Codes], Codes] | None = None,
    ) -> Self:
        """Return the index of these adverts, one residual each; `weights` are at most 1.

        Weeks are whole numbers in their order, such as days // 7; those without an advert in
        between are bridged. `group_of` gives the group of each of some segments.
        """
        rows = _Rows.read(weeks, segments, residuals, weights)
        if not rows.residuals.size:
            return cls.empty()
        groups = np.zeros(rows.codes.size, np.int64)
        if group_of is not None:
            _, groups = np.unique(group_of(rows.codes), return_inverse=True)
        layers = _fit(rows, groups)
        levels = np.vstack([layers[0].levels, _sum([each.levels for each in layers], groups)])
        variances = _sum([each.variances for each in layers], groups)
        variances = np.vstack([layers[0].variances, variances])
        return cls(rows.first_week, rows.codes, levels, np.sqrt(variances))

    @property
    def last_week(self) -> int:
        return self.first_week + int(self.levels.shape[1]) - 1

    def offset(self, segments: ArrayLike, weeks: ArrayLike) -> NDArray[np.float64]:
        """Return the level of each: take it from a log price, and add that of today.

        A segment that the index does not know has the whole's; before the first week and after
        the last the nearest holds.
        """
        offsets: NDArray[np.float64] = self.levels[self._row(segments), self._column(weeks)]
        return offsets

    def error(self, segments: ArrayLike, weeks: ArrayLike) -> NDArray[np.float64]:
        """Return the standard error of each offset."""
        errors: NDArray[np.float64] = self.errors[self._row(segments), self._column(weeks)]
        return errors

    def _row(self, segments: ArrayLike) -> NDArray[np.int64]:
        wanted = np.asarray(segments, np.int64)
        if not self.segments.size:
            return np.zeros(wanted.shape, np.int64)
        places = np.minimum(np.searchsorted(self.segments, wanted), self.segments.size - 1)
        return np.where(self.segments[places] == wanted, places + 1, 0)

    def _column(self, weeks: ArrayLike) -> NDArray[np.int64]:
        since = np.asarray(weeks, np.int64) - self.first_week
        return np.clip(since, 0, self.levels.shape[1] - 1)


@dataclass(frozen=True)
class _Rows:
    first_week: int
    codes: NDArray[np.int64]
    columns: NDArray[np.int64]
    """Weeks since the first."""
    places: NDArray[np.int64]
    """Of each row's segment in `codes`."""
    residuals: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def read(
        cls, weeks: ArrayLike, segments: ArrayLike, residuals: ArrayLike, weights: ArrayLike | None
    ) -> Self:
        values = np.asarray(residuals, np.float64)
        shares = np.ones_like(values) if weights is None else np.asarray(weights, np.float64)
        known = np.isfinite(values) & (shares > 0)
        days = np.asarray(weeks, np.int64)[known]
        codes, places = np.unique(np.asarray(segments, np.int64)[known], return_inverse=True)
        first = int(days.min()) if days.size else 0
        return cls(first, codes, days - first, places, values[known], shares[known])

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.size, int(self.columns.max()) + 1

    def cells(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sums by segment and week."""
        segments, weeks = self.shape
        cell = self.places * weeks + self.columns
        sums = np.bincount(cell, amounts, segments * weeks).astype(np.float64)
        return sums.reshape(segments, weeks)


def _fit(rows: _Rows, groups: Codes) -> list[LocalLevel]:
    """Return the levels of the whole, of groups apart from it, and of segments apart from those.

    Each round weighs every advert by its distance from the levels found so far, which is the
    descent of a convex problem.
    """
    levels = np.broadcast_to(_medians(rows), rows.shape)
    for _ in range(_ROUNDS):
        means, precisions = _cells(rows, levels)
        layers = _levels(means, precisions, groups)
        levels = _sum([each.levels for each in layers], groups)
    return layers


def _sum(layers: Sequence[Grid], groups: Codes) -> Grid:
    """Return the sum over whole, group and segment, by segment."""
    whole, of_groups, own = layers
    return whole + of_groups[groups] + own


def _medians(rows: _Rows) -> NDArray[np.float64]:
    """Return the median of each week; a week without adverts has that of all."""
    found = np.full(rows.shape[1], np.median(rows.residuals))
    order = np.lexsort((rows.residuals, rows.columns))
    counts = np.bincount(rows.columns, minlength=found.size)
    middles = np.cumsum(counts) - counts + counts // 2
    present = counts > 0
    found[present] = rows.residuals[order][middles[present]]
    return found


def _cells(
    rows: _Rows, levels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and precision (1 / variance) by segment and week, outliers counting less."""
    apart = rows.residuals - levels[rows.places, rows.columns]
    far = np.abs(apart)
    is_right = far < WRONG_PRICE
    near = far[is_right] if is_right.any() else far
    scale = max(_SCALE_MIN, _MAD_TO_SIGMA * float(np.median(near)))
    bound = _HUBER * scale
    trust = rows.weights * np.where(is_right, bound / np.maximum(far, bound), 0.0)
    inside = rows.weights * (far <= bound)
    pulled = np.minimum(far, bound) * is_right
    # the variance of one advert's pull on a Huber mean: E[psi²] / E[psi']²
    share = max(float(inside.sum() / rows.weights.sum()), 0.1)
    variance = float((rows.weights * pulled**2).sum() / rows.weights.sum()) / share**2
    sums, totals = rows.cells(trust * rows.residuals), rows.cells(trust)
    means = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
    # adverts of one weight w tell as much as w of them, and no less than their effective number
    return means, totals / max(variance, _SCALE_MIN**2)


def _levels(means: Grid, precisions: Grid, groups: Codes) -> list[LocalLevel]:
    """Return the levels: each layer is smoothed given the others until they agree (Gauss-Seidel).

    A layer's wandering is found where those above it leave off. One group is none.
    """
    weeks = means.shape[1]
    parts = [np.zeros_like(groups), groups, np.arange(groups.size)]
    layers = [_still(int(part.max()) + 1, weeks) for part in parts]
    settled = [0, 1, 2] if groups.any() else [0, 2]
    wanderings: dict[int, Wandering] = {}
    for _ in range(_EXCHANGES):
        for place in settled:
            others = _sum([each.levels for each in layers], groups)
            others = others - layers[place].levels[parts[place]]
            pooled = _pooled(means - others, precisions, parts[place])
            if place not in wanderings:
                wanderings[place] = likeliest_wandering(*pooled, starts_near=place > 0)
            start = wanderings[place].start(weeks) if place else 1.0
            layers[place] = smooth(*pooled, wanderings[place], start=start)
    return layers


def _still(count: int, weeks: int) -> LocalLevel:
    return LocalLevel(np.zeros((count, weeks)), np.zeros((count, weeks)))


def _pooled(means: Grid, precisions: Grid, parts: Codes) -> tuple[Grid, Grid]:
    """Return mean and precision of each part and week, over its segments."""
    shape = (int(parts.max()) + 1, means.shape[1])
    totals, sums = np.zeros(shape), np.zeros(shape)
    np.add.at(totals, parts, precisions)
    np.add.at(sums, parts, means * precisions)
    return np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0), totals
