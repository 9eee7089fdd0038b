"""The local level model: a level that wanders, seen through noise (Kalman filter and smoother)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float64]

_STEPS = np.geomspace(1e-4, 0.05, 15)  # standard deviations of a week's move, in logs
_SPREADS = np.array([0.0, 0.005, 0.01, 0.02, 0.04])  # of what a week has of its own
_SHARE_OF_WANDERING = 0.25


@dataclass(frozen=True)
class Wandering:
    """Variances: of a week's move, and of what a week has of its own and does not keep."""

    step: float
    spread: float

    def start(self, weeks: int) -> float:
        """Return the variance of a level in its first week, whose mean over all weeks is near 0."""
        return _SHARE_OF_WANDERING * self.step * weeks + self.step


@dataclass(frozen=True)
class LocalLevel:
    """Smoothed levels and their variances, a row for each series and a column for each week."""

    levels: Grid
    variances: Grid


def smooth(means: Grid, precisions: Grid, wandering: Wandering, start: float) -> LocalLevel:
    """Return the levels given all weeks; a precision of 0 is a week that was not seen.

    `start` is the variance of the level before the first week, around 0.
    """
    count, weeks = means.shape
    levels, variances = np.empty((count, weeks)), np.empty((count, weeks))
    level, variance = np.zeros(count), np.full(count, start)
    for week in range(weeks):
        level, variance, _, _ = _seen(
            level, variance, means[:, week], _noise(precisions[:, week], wandering.spread)
        )
        levels[:, week], variances[:, week] = level, variance
        variance = variance + wandering.step
    for week in range(weeks - 2, -1, -1):  # Rauch, Tung and Striebel
        ahead = variances[:, week] + wandering.step
        gain = variances[:, week] / ahead
        levels[:, week] += gain * (levels[:, week + 1] - levels[:, week])
        variances[:, week] += gain**2 * (variances[:, week + 1] - ahead)
    return LocalLevel(levels, variances)


def likeliest_wandering(means: Grid, precisions: Grid, *, starts_near: bool = False) -> Wandering:
    """Return how they wander, the same for all series, under which these means are likeliest.

    `starts_near`: levels begin near 0, as distances from a whole do.
    """
    candidates = [Wandering(step**2, spread**2) for step in _STEPS for spread in _SPREADS]
    steps = np.array([each.step for each in candidates])[:, None]
    spreads = np.array([each.spread for each in candidates])[:, None]
    count, weeks = means.shape
    starts = np.array([each.start(weeks) if starts_near else 1.0 for each in candidates])
    level = np.zeros((len(candidates), count))
    variance = np.repeat(starts[:, None], count, axis=1)
    likelihood = np.zeros(len(candidates))
    for week in range(weeks):
        noise = _noise(precisions[None, :, week], spreads)
        level, variance, surprise, total = _seen(level, variance, means[None, :, week], noise)
        seen = np.isfinite(total)
        terms = np.log(np.where(seen, total, 1.0)) + np.where(seen, surprise**2 / total, 0.0)
        likelihood -= 0.5 * terms.sum(axis=1)
        variance = variance + steps
    return candidates[int(likelihood.argmax())]


def _noise(precision: Grid, spread: float | Grid) -> Grid:
    """Return the variance of a week's mean; it is infinite where nothing was seen."""
    safe = np.where(precision > 0, precision, 1.0)
    return np.where(precision > 0, 1.0 / safe + spread, np.inf)


def _seen(level: Grid, variance: Grid, mean: Grid, noise: Grid) -> tuple[Grid, Grid, Grid, Grid]:
    """Return level and variance after a week was seen, its surprise and what that varies by."""
    total = variance + noise
    surprise = mean - level
    gain = variance / total
    return level + gain * surprise, variance * (1.0 - gain), surprise, total
