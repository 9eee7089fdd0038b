"""How well prices of next week's adverts are foretold by each way to reckon with time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.simulations.drifting_market import MODELS, Adverts
from listings.pricing.value.market_index import MarketIndex, fuel_of_segments, segment_codes

Column = NDArray[np.float64]
WINDOW_WEEKS = 8
_PASSES = 3
_FITS = 4  # of reweighted least squares
_KNOTS_AGE = (1.0, 2.0, 3.5, 5.0, 7.0, 9.0, 11.0)
_KNOTS_USE = (-20_000.0, 0.0, 20_000.0, 50_000.0)


@dataclass(frozen=True)
class Drifted:
    """The errors of one way: of each price (share of it), and the bias of the whole, in logs."""

    mape: float
    bias: float


def drift_errors(adverts: Adverts, origins: Sequence[int]) -> dict[str, Drifted]:
    """Return by way how well each week of `origins` was foretold from those before it."""
    ways: dict[str, Callable[[Adverts, NDArray[np.bool_], NDArray[np.bool_]], Column]] = {
        "oracle": _by_oracle,
        "index": _by_index,
        f"window of {WINDOW_WEEKS} weeks": _by_window,
        "all history": _by_history,
    }
    weeks = adverts.day // 7
    errors: dict[str, list[Column]] = {name: [] for name in ways}
    for origin in origins:
        past, next_week = weeks < origin, weeks == origin
        for name, way in ways.items():
            foretold = way(adverts, past, next_week)
            errors[name].append(np.log(adverts.price[next_week]) - foretold)
    return {name: _drifted(np.concatenate(found)) for name, found in errors.items()}


def _drifted(apart: Column) -> Drifted:
    """Return MAPE and bias of prices that were not wrong."""
    right = apart[np.abs(apart) < 0.6]
    return Drifted(float(np.abs(np.expm1(-right)).mean()), float(np.median(right)))


def _by_oracle(adverts: Adverts, past: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Column:
    """Foretell by one who knows how far the market had moved each car's price."""
    design = _design(adverts)
    weights = _fitted(design[past], np.log(adverts.price[past]) - adverts.drift[past])
    foretold: Column = design[wanted] @ weights + adverts.drift[wanted]
    return foretold


def _by_index(adverts: Adverts, past: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Column:
    """Foretell by fit and index in turn: each is fitted to what the other leaves."""
    design, asked = _design(adverts), np.log(adverts.price)
    weeks = adverts.day // 7
    segments = segment_codes(adverts.body, adverts.fuel, adverts.age)
    index = MarketIndex.empty()
    for _ in range(_PASSES):
        offset = index.offset(segments, weeks)
        weights = _fitted(design[past], asked[past] - offset[past])
        residuals = asked[past] - design[past] @ weights
        index = MarketIndex.fit(weeks[past], segments[past], residuals, group_of=fuel_of_segments)
    foretold: Column = design[wanted] @ weights + index.offset(segments[wanted], weeks[wanted])
    return foretold


def _by_window(adverts: Adverts, past: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Column:
    newest = adverts.day[wanted].min()
    return _by_history(adverts, past & (adverts.day >= newest - 7 * WINDOW_WEEKS), wanted)


def _by_history(adverts: Adverts, past: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Column:
    design = _design(adverts)
    foretold: Column = design[wanted] @ _fitted(design[past], np.log(adverts.price[past]))
    return foretold


def _design(adverts: Adverts) -> Column:
    """Return the columns that a price is regressed on: each model with its age, and bent lines."""
    of_model = np.eye(MODELS)[adverts.model]
    use = adverts.mileage - 8_400 * adverts.age
    bends = [adverts.age, use / 10_000]
    bends += [np.maximum(adverts.age - knot, 0) for knot in _KNOTS_AGE]
    bends += [np.maximum(use - knot, 0) / 10_000 for knot in _KNOTS_USE]
    of_age = of_model * adverts.age[:, None]
    return np.hstack([of_model, of_age, np.stack(bends, axis=1)])


def _fitted(design: Column, asked: Column) -> Column:
    """Return the weights of a regression that wrong prices hardly move (Huber's)."""
    trust: Column = np.ones_like(asked)
    ridge = 0.1 * np.eye(design.shape[1])
    for _ in range(_FITS):
        weighted = design * trust[:, None]
        found = np.linalg.solve(design.T @ weighted + ridge, weighted.T @ asked)
        weights: Column = found.astype(np.float64)
        far = np.abs(asked - design @ weights)
        bound = 2 * float(np.median(far))
        trust = bound / np.maximum(far, bound)
    return weights
