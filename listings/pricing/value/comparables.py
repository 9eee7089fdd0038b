"""The cars most like a car, and by how much their prices correct what the model expects.

All against all is quadratic within a model. So the market is sorted by model, year of age and
mileage, once with and once without the specification, and a car is compared only with those that
stand next to it there: within its own specification first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from listings.pricing.value.cars import CarTable, scattered
from listings.pricing.value.dealer_shares import DealerShares
from listings.pricing.value.market_order import MarketOrder, cells_of, specification

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

MILES_A_STEP, MILEAGE_MAX = 12_000, 6.0
FUEL, GEARBOX = 2.5, 1.2
A_LITRE, LITRES_MAX = 4.0, 3.0
DERIVATIVE, TRIM = 0.6, 0.6
MPG, TAX = 1.0, 0.5  # add to what a car weighs, not to the distance: they tell versions apart
UNKNOWN_SHARE = 0.4  # of the term of a field that one of the two cars alone states
FADING = 0.8
CLOSE = 2.0
RESIDUAL_MAX = 0.3
DEALER_SHARE_MAX = 0.4

# How many cars on either side, by years apart: of the same specification, and of all the others.
_SAME_SPECIFICATION = {0: 32, 1: 20, -1: 20, 2: 8, -2: 8, 3: 4, -3: 4}
_ANY = {0: 20, 1: 10, -1: 10, 2: 4, -2: 4}
_CHUNK = 8_000
_BINS = 128  # dealers that fall into one bin are capped as one
_BEYOND = 1e6  # a distance at which nothing weighs


class Sums(NamedTuple):
    """What the comparables of each car add up to; see `Comparables.sums`.

    `nearness` is what all of them weigh, `weight` what those weigh that may correct the car, and
    `weighted` the sum of their residuals by weight. `dealer_share` is the share that one dealer has
    of the cars at a distance of at most 2.
    """

    nearness: Floats
    weight: Floats
    weighted: Floats
    close: Integers
    dealer_share: Floats

    def correction(self, shrinkage: float | Floats) -> Floats:
        return self.weighted / (self.weight + shrinkage)

    def rows(self, at: Integers) -> "Sums":
        return Sums(
            self.nearness[at],
            self.weight[at],
            self.weighted[at],
            self.close[at],
            self.dealer_share[at],
        )


class Nearest(NamedTuple):
    """One car of the market as another's comparable: `row` is its row in the market."""

    row: int
    distance: float
    residual: float


@dataclass(frozen=True)
class Comparables:
    """The market: cars with a price, each physical car once, and the residual of each."""

    cars: CarTable
    residual: Floats
    fold: Integers
    dealers: DealerShares

    @classmethod
    def of(cls, cars: CarTable, residual: Floats, fold: Integers) -> Self:
        """Return the market of those cars that have a residual, of each the latest advert.

        All with a price count where it is asked how many dealers a model has. `fold` is the fold
        that did not see a car, negative where none saw it.
        """
        has = np.flatnonzero(np.isfinite(residual))
        order = has[
            np.lexsort((cars.key[has], np.nan_to_num(cars.listed_on[has]), cars.identity[has]))
        ]
        identity = cars.identity[order]
        is_last = np.append(identity[1:] != identity[:-1], True) if len(order) else order > 0
        kept = np.sort(order[is_last])
        return cls(cars.rows(kept), residual[kept], fold[kept], DealerShares.of(cars))

    def dealers_of(self, model: Integers) -> tuple[Integers, Floats]:
        """Return how many dealers have cars of each model, and the largest's share of them."""
        return self.dealers.of_models(model)

    def sums(self, cars: CarTable, fold: Integers) -> Sums:
        """Return for each car the sums over its comparables, itself left out.

        A car of a fold is corrected by cars of its own fold alone: what is expected of them was
        learnt without it, so its own price can not come back to it, turned round, by their
        residuals.
        """
        nearness, weighted, close, share = self.sums_of_all(cars)
        weight = nearness.copy()
        for number, part in self._parts.items():
            rows = np.flatnonzero(fold == number)
            weight[rows], weighted[rows], *_ = part.sums_of_all(cars.rows(rows))
        return Sums(nearness, weight, weighted, close, share)

    def nearest(self, car: CarTable, count: int = 10) -> list[Nearest]:
        """Return the comparables of one car, the closest first."""
        rows, distance = self._candidates(car)
        order = np.lexsort((rows[0], distance[0]))[:count]
        return [
            Nearest(int(rows[0, at]), float(distance[0, at]), float(self.residual[rows[0, at]]))
            for at in order
            if distance[0, at] < _BEYOND
        ]

    def sums_of_all(self, cars: CarTable) -> tuple[Floats, Floats, Integers, Floats]:
        nearness, weighted, share = (np.zeros(len(cars)) for _ in range(3))
        close = np.zeros(len(cars), np.int64)
        for rows in _chunks(cars):
            part = self._sums(cars.rows(rows))
            nearness[rows], weighted[rows], close[rows], share[rows] = part
        return nearness, weighted, close, share

    @cached_property
    def _parts(self) -> dict[int, "Comparables"]:
        """The market of each fold alone."""
        return {
            int(number): Comparables(
                self.cars.rows(rows), self.residual[rows], self.fold[rows], self.dealers
            )
            for number in np.unique(self.fold[self.fold >= 0])
            for rows in [np.flatnonzero(self.fold == number)]
        }

    @cached_property
    def _orders(self) -> tuple[MarketOrder, MarketOrder]:
        cars = self.cars
        return (
            MarketOrder.of(cells_of(cars, specification(cars)), cars.mileage, cars.key),
            MarketOrder.of(cells_of(cars, None), cars.mileage, cars.key),
        )

    def _candidates(self, cars: CarTable) -> tuple[Integers, Floats]:
        """Return rows of the market for each car, and how far they are from it."""
        narrow, wide = self._orders
        ours = specification(cars)
        same = [
            narrow.beside(cells_of(cars, ours, years), cars.mileage, count)
            for years, count in _SAME_SPECIFICATION.items()
        ]
        rest = np.hstack(
            [
                wide.beside(cells_of(cars, None, years), cars.mileage, count)
                for years, count in _ANY.items()
            ]
        )
        rest[self._specification[rest] == ours[:, None]] = -1  # they stand among the same
        rows = np.hstack([*same, rest])
        distance = self._distance(cars, rows)
        is_no_other = (rows < 0) | (self.cars.identity[rows] == cars.identity[:, None])
        return rows, np.where(is_no_other, np.float32(_BEYOND), distance)

    @cached_property
    def _specification(self) -> npt.NDArray[np.uint64]:
        return specification(self.cars)

    def _distance(self, cars: CarTable, rows: Integers) -> Floats:
        market = self.cars
        miles = np.abs(market.mileage[rows] - cars.mileage[:, None])
        distance = np.minimum(miles / np.float32(MILES_A_STEP), np.float32(MILEAGE_MAX))
        distance += np.abs(market.age_years[rows] - cars.age_years[:, None])
        for name, apart in _TERMS.items():
            theirs, ours = getattr(market, name)[rows], getattr(cars, name)[:, None]
            distance += _term(theirs != ours, theirs < 0, ours < 0, apart)
        theirs, ours = market.engine_cc[rows], cars.engine_cc[:, None]
        litres = np.nan_to_num(np.abs(theirs - ours) / np.float32(1_000))
        size = np.minimum(litres * np.float32(A_LITRE), np.float32(LITRES_MAX))
        return distance + size + _term(False, np.isnan(theirs), np.isnan(ours), LITRES_MAX / 2)

    def _version_apart(self, cars: CarTable, rows: Integers) -> Floats:
        """Return how far two cars are apart by the figures of their type approval."""
        apart = np.zeros(rows.shape, np.float32)
        for name, term in (("mpg", MPG), ("tax", TAX)):
            theirs, ours = getattr(self.cars, name)[rows], getattr(cars, name)[:, None]
            apart += _term(theirs != ours, np.isnan(theirs), np.isnan(ours), term)
        return apart

    def _sums(self, cars: CarTable) -> tuple[Floats, Floats, Integers, Floats]:
        rows, distance = self._candidates(cars)
        apart = distance + self._version_apart(cars, rows)
        weight = np.exp(apart / np.float32(-FADING)) * (distance < _BEYOND)
        bins = (scattered(self.cars.dealer) % np.uint64(_BINS)).astype(np.int16)[rows]
        weight *= _cut(weight, bins)
        is_close = distance <= CLOSE
        close = is_close.sum(axis=1)
        most = _by_bin(is_close, bins).max(axis=1, initial=0)
        residual = np.clip(self.residual, -RESIDUAL_MAX, RESIDUAL_MAX).astype(np.float32)[rows]
        return (
            weight.sum(axis=1, dtype=np.float64),
            (weight * residual).sum(axis=1, dtype=np.float64),
            close,
            most / np.maximum(close, 1),
        )


_TERMS = {"fuel": FUEL, "transmission": GEARBOX, "derivative": DERIVATIVE, "trim": TRIM}


def _term(differs: Flags | bool, is_unknown: Flags, is_ours_unknown: Flags, apart: float) -> Floats:
    """Return what a field adds: nothing where neither car states it."""
    full, part, none = np.float32(apart), np.float32(apart * UNKNOWN_SHARE), np.float32(0)
    one_is_unknown = is_unknown | is_ours_unknown
    term = np.where(is_unknown & is_ours_unknown, none, part)
    return np.where(one_is_unknown, term, np.where(differs, full, none))


def _chunks(cars: CarTable) -> Iterator[Integers]:
    """Yield rows by model, age and mileage: neighbours share what they are compared with."""
    order = np.lexsort((cars.mileage, cars.age_years, cars.model))
    for start in range(0, len(order), _CHUNK):
        yield order[start : start + _CHUNK]


def _by_bin(weight: npt.NDArray, bins: Integers) -> Floats:
    """Return the sum of each car's weights by bin of dealers."""
    count = len(weight)
    at = np.arange(count)[:, None] * _BINS + bins
    sums = np.bincount(at.ravel(), weight.ravel(), count * _BINS)
    return sums.astype(np.float64).reshape(count, _BINS)


def _cut(weight: Floats, bins: Integers) -> Floats:
    """Return by how much each weight is cut, so that no dealer has more than its share.

    The most that a dealer may have is a share of what is left of all: found by iteration, as
    cutting one dealer raises the shares of the others. Two dealers cannot both be cut enough.
    """
    sums = _by_bin(weight, bins)
    most = np.full(len(weight), np.inf)
    for _ in range(8):
        most = DEALER_SHARE_MAX * np.minimum(sums, most[:, None]).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.minimum(1, most[:, None] / sums)
    cut: Floats = np.nan_to_num(np.take_along_axis(factor, bins.astype(np.int64), axis=1))
    return cut.astype(np.float32)
