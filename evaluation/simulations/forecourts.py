"""Forecourts on which cars stand until they are sold: how long that takes is known.

Nothing here is a hazard that is level in bands: each car has a pull of its own, buyers come by the
day of the week, prices are cut as cars age, and interest in a new advert wears off. Dealers
withdraw cars, adverts run out, the log begins when cars already stand there, and files fail to come
for weeks, with which all cars of a dealer seem to go.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

DEALERS = 40
EDGES = (0.85, 0.93, 1.03, 1.12)  # of price by value, between the ratings
LONGEST = 1_500
_WEEKDAYS = np.array([0.9, 0.8, 0.85, 0.9, 1.1, 1.6, 0.85])


@dataclass(frozen=True)
class Trade:
    """How cars are sold. Ages are days on sale; shares are of a day."""

    name: str
    spread: float
    """Of the segments' speeds, in logs."""
    novelty: float
    """How much more a new advert is looked at than an old one."""
    cut: float
    """How much of its price a car loses in thirty days."""
    withdrawn: float
    """The share of standing cars that a dealer takes back each day."""
    expires_at: int
    gaps: int
    """How many files of a year fail to come, for each dealer."""
    heat: float = 0.0
    """How much faster all sell in the middle of the year."""


@dataclass(frozen=True)
class Stays:
    """Stretches of adverts in the log, in which the price had one rating; see `SaleCounts`."""

    segment: Codes
    entry: Column
    left: Column
    is_sale: Flags
    is_gap: Flags
    """Left with a file that did not come: the log of a careless feed calls that a sale."""
    rating: Codes
    car: Codes


TRADES: Mapping[str, Trade] = {
    each.name: each
    for each in (
        Trade("calm", 0.2, 0.3, 0.03, 0.002, 120, 0),
        Trade("hasty buyers, withdrawals", 0.2, 0.8, 0.05, 0.006, 60, 1),
        Trade("files that fail, a hot summer", 0.2, 0.5, 0.04, 0.004, 90, 3, heat=0.35),
    )
}


@dataclass(frozen=True)
class _Kinds:
    """What sets segments apart: how fast they sell, and how much price and novelty count."""

    speed: Column
    novelty: Column
    bargain: Column
    family: Codes


@dataclass(frozen=True)
class _Cars:
    segment: Codes
    arrives: Column
    """Day of the log, before 0 for what stood there when it began."""
    pull: Column
    ratio: Column
    is_cut: Flags
    """Whether its dealer cuts prices at all."""
    patience: Column
    """How much of hazard a car bears until somebody wants it."""
    handover: Column
    """Days from there to the sale: viewing, finance, part exchange."""


class Forecourts:
    """A year of a trade; `sizes` are how many cars come of each segment."""

    FAMILIES = 6
    DAYS = 365

    def __init__(self, trade: Trade, sizes: Codes, seed: int) -> None:
        self._trade, self._sizes = trade, sizes
        self._chance = np.random.default_rng(seed)
        self._kinds = self._drawn_kinds(sizes.size)

    @property
    def families(self) -> Codes:
        """Return the larger kind that each segment belongs to."""
        return self._kinds.family

    def median_days(self, cars: int) -> Column:
        """Return the truth of each segment, by so many cars that nobody takes back."""
        segments = np.repeat(np.arange(self._sizes.size), cars)
        # of a whole year, as the log tells of one: some seasons are faster
        ages = self._sale_ages(self._drawn_cars(segments, first_day=0))
        return np.median(ages.reshape(-1, cars), axis=1)

    def log(self) -> Stays:
        """Return what the log of the year holds."""
        chance, trade = self._chance, self._trade
        segments = np.repeat(np.arange(self._sizes.size), self._sizes)
        cars = self._drawn_cars(segments, first_day=-150)
        sold = self._sale_ages(cars)
        taken = chance.exponential(1 / trade.withdrawn, sold.size)
        ran_out = trade.expires_at * chance.geometric(0.4, sold.size).astype(np.float64)
        ends = np.minimum(np.minimum(taken, ran_out), self.DAYS - cars.arrives)
        stays = _by_month(cars, np.maximum(-cars.arrives, 0.0), np.minimum(ends, sold), trade)
        stays = _marked(stays, sold, ends)
        dealer = np.floor(DEALERS * chance.beta(0.7, 1.4, sold.size)).astype(np.int64)
        for gap in self._gaps():
            stays = _without(stays, gap, dealer, cars.arrives)
        return stays

    def _drawn_kinds(self, count: int) -> _Kinds:
        chance, trade = self._chance, self._trade
        family = np.arange(count) % self.FAMILIES
        of_family = chance.uniform(-0.35, 0.35, self.FAMILIES)[family]
        own = trade.spread * (chance.random((3, count)).sum(axis=0) - 1.5) * 2
        return _Kinds(
            speed=np.exp(-3.75 + of_family + own),
            novelty=trade.novelty * chance.uniform(0.5, 1.5, count),
            bargain=chance.uniform(2.5, 5.5, count),
            family=family,
        )

    def _drawn_cars(self, segments: Codes, first_day: float) -> _Cars:
        chance, count = self._chance, segments.size
        return _Cars(
            segment=segments,
            arrives=chance.uniform(first_day, self.DAYS, count),
            pull=chance.choice([0.6, 1.0, 1.4], count, p=[0.3, 0.4, 0.3]),
            ratio=np.exp(0.09 * chance.standard_normal(count)),
            is_cut=chance.random(count) < 0.6,
            patience=chance.exponential(1.0, count),
            handover=chance.gamma(2.5, 2.2, count),
        )

    def _sale_ages(self, cars: _Cars) -> Column:
        """Return the age at which each car is sold, if nobody takes it back before."""
        kinds, trade = self._kinds, self._trade
        speed = (kinds.speed[cars.segment] * cars.pull).astype(np.float32)
        novelty, bargain = kinds.novelty[cars.segment], kinds.bargain[cars.segment]
        ages, left = np.full(speed.size, float(LONGEST)), cars.patience.copy()
        standing = np.arange(speed.size)
        for age in range(LONGEST):
            day = cars.arrives[standing] + age
            season = 1 + trade.heat * np.sin(np.pi * (day % self.DAYS) / self.DAYS)
            asked = _ratio(cars.ratio[standing], cars.is_cut[standing], age // 30, trade)
            hazard = speed[standing] * (1 + novelty[standing] * np.exp(-age / 6)) * season
            hazard *= _WEEKDAYS[day.astype(np.int64) % 7] * asked ** -bargain[standing]
            is_sold = left[standing] <= hazard
            gone = standing[is_sold]
            ages[gone] = age + left[gone] / hazard[is_sold] + cars.handover[gone]
            left[standing] -= hazard
            standing = standing[~is_sold]
            if not standing.size:
                break
        return ages

    def _gaps(self) -> list[tuple[int, float, float]]:
        """Return dealer, first day and last day of each file that does not come."""
        chance = self._chance
        return [
            (dealer, start, start + chance.uniform(6, 25))
            for dealer in range(DEALERS)
            for start in chance.uniform(0, self.DAYS, self._trade.gaps)
        ]


def _ratio(ratio: Column, is_cut: Flags, month: int, trade: Trade) -> Column:
    cut: Column = np.where(is_cut, (1 - trade.cut) ** min(month, 6), 1.0)
    return ratio * cut


def _by_month(cars: _Cars, entry: Column, left: Column, trade: Trade) -> Stays:
    """Return the stretches between changes of price, which come every thirty days."""
    parts = []
    for month in range(LONGEST // 30 + 1):
        start, end = np.maximum(entry, 30.0 * month), np.minimum(left, 30.0 * (month + 1))
        asked = _ratio(cars.ratio, cars.is_cut, month, trade)
        rows = np.flatnonzero(end > start)
        if not rows.size and month > LONGEST // 90:
            break
        rating = np.searchsorted(EDGES, asked[rows], side="right")
        parts.append((rows, start[rows], end[rows], rating))
    car, start, end, rating = (np.concatenate(each) for each in zip(*parts, strict=True))
    nothing = np.zeros(car.size, np.bool_)
    return Stays(cars.segment[car], start, end, nothing, nothing, rating, car)


def _marked(stays: Stays, sold: Column, ends: Column) -> Stays:
    is_sale = (stays.left == sold[stays.car]) & (sold <= ends)[stays.car]
    return Stays(
        stays.segment, stays.entry, stays.left, is_sale, stays.is_gap, stays.rating, stays.car
    )


def _without(stays: Stays, gap: tuple[int, float, float], dealer: Codes, arrives: Column) -> Stays:
    """Return the stretches with what no file told of taken out: they end, and may go on after."""
    owner, first, last = gap
    from_age, to_age = first - arrives[stays.car], last - arrives[stays.car]
    is_cut = (dealer[stays.car] == owner) & (stays.entry < to_age) & (stays.left > from_age)
    before, after = is_cut & (stays.entry < from_age), is_cut & (stays.left > to_age)
    rows = np.concatenate([np.flatnonzero(~is_cut), np.flatnonzero(before), np.flatnonzero(after)])
    whole, ends = int((~is_cut).sum()), int(before.sum())
    entry, left = stays.entry[rows].copy(), stays.left[rows].copy()
    is_sale, is_gap = stays.is_sale[rows].copy(), stays.is_gap[rows].copy()
    cut_off = slice(whole, whole + ends)
    left[cut_off] = from_age[rows[cut_off]]
    is_sale[cut_off], is_gap[cut_off] = False, True
    entry[whole + ends :] = to_age[rows[whole + ends :]]
    return Stays(
        stays.segment[rows], entry, left, is_sale, is_gap, stays.rating[rows], stays.car[rows]
    )
