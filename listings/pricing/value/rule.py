"""The published rule by which an asking price is rated against a car's value."""

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from listings.choices import NoRating, PriceRating

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

LABELS: tuple[PriceRating | None, ...] = (None, *PriceRating)
"""The label of each code of a column: none is 0, `lower` 1, and so on."""

REASONS: tuple[NoRating | None, ...] = (None, *NoRating)
"""The reason of each code of a column: none is 0."""

LABEL_CODES = {label: code for code, label in enumerate(LABELS) if label}
REASON_CODES = {reason: code for code, reason in enumerate(REASONS) if reason}


@dataclass(frozen=True)
class RatedCars:
    """What the rule looks at, one row a car; `price` is 0 where it is on application.

    Prices and values are whole pounds, `value` is 0 where `no_value` has a reason. `k` widens the
    scale and `sigma` is the typical error of the logarithm; `half_width` is half the interval of
    90 % as a share of the value. `previous` are the codes of the labels that the cars have so far.
    """

    price: Integers
    value: Integers
    k: Floats
    sigma: Floats
    half_width: Floats
    comparables: Integers
    age_years: Floats
    mileage: Floats
    is_written_off: Flags
    is_derivative_unknown: Flags
    no_value: Codes
    previous: Codes

    def __len__(self) -> int:
        return len(self.price)


@dataclass(frozen=True)
class RatingRule:
    """Every number of the rule. Edges are prices as shares of the value, at k = 1."""

    version: str = "2026.1"
    great_from: float = 0.85
    good_from: float = 0.93
    fair_from: float = 1.03
    higher_from: float = 1.12
    k_min: float = 0.7
    k_max: float = 1.8
    hysteresis: float = 0.025
    comparables_min: int = 8
    comparables_kept: int = 6
    half_width_max: float = 0.25
    half_width_kept: float = 0.27
    age_years_max: float = 15
    value_min: int = 1_500
    value_max: int = 70_000
    new_miles: int = 300
    new_age_years: float = 0.5
    check_price_sigmas: float = 4.4

    def __post_init__(self) -> None:
        edges = (self.great_from, self.good_from, self.fair_from, self.higher_from)
        if list(edges) != sorted(set(edges)) or edges[0] <= 0:
            raise ValueError(f"The edges of a rule must rise: {edges}")

    def k(self, sigma: Floats, median: float) -> Floats:
        """Return by how much the scale of each car is wider than the usual, to a thousandth."""
        return np.round(np.clip(sigma / median, self.k_min, self.k_max), 3).astype(np.float64)

    def edges(self, value: Integers, k: Floats) -> Integers:
        """Return four prices a car, in whole pounds: the first of `great`, and so on upwards."""
        shares = np.log([self.great_from, self.good_from, self.fair_from, self.higher_from])
        pounds = np.exp(np.asarray(k)[:, None] * shares) * np.asarray(value)[:, None]
        return np.rint(pounds).astype(np.int64)

    def rate(self, cars: RatedCars) -> tuple[Codes, Codes]:
        """Return codes of `LABELS` and of `REASONS`: a car has a label or a reason, never both."""
        reasons = self._reasons(cars)
        labels = np.where(reasons == 0, self._labels(cars), 0).astype(np.int8)
        return labels, reasons

    def numbers(self) -> dict[str, float | str]:
        """Return every number by its name, to be published."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def _labels(self, cars: RatedCars) -> Codes:
        """Return labels by the edges in whole pounds that are shown; past one by hysteresis."""
        edges = self.edges(cars.value, cars.k)
        price = cars.price[:, None]
        plain = 1 + (price >= edges).sum(axis=1)
        risen = 1 + (price >= edges * (1 + self.hysteresis)).sum(axis=1)
        fallen = 1 + (price >= edges * (1 - self.hysteresis)).sum(axis=1)
        stays = (cars.previous > 0) & (risen <= cars.previous) & (cars.previous <= fallen)
        return np.where(stays, cars.previous, plain).astype(np.int8)

    def _reasons(self, cars: RatedCars) -> Codes:
        """Return the first reason that holds, in this order; a rated car stays rated for longer."""
        was_rated = cars.previous > 0
        slack = np.where(was_rated, self.hysteresis, 0)
        needed = np.where(was_rated, self.comparables_kept, self.comparables_min)
        widest = np.where(was_rated, self.half_width_kept, self.half_width_max)
        with np.errstate(divide="ignore", invalid="ignore"):
            sigmas = np.abs(np.log(cars.price / cars.value)) / cars.sigma
        cheap = cars.value < self.value_min * (1 - slack)
        dear = cars.value > self.value_max * (1 + slack)
        is_new = (cars.mileage < self.new_miles) & (cars.age_years < self.new_age_years)
        holds = {
            NoRating.NO_PRICE: cars.price <= 0,
            NoRating.WRITTEN_OFF: cars.is_written_off,
            NoRating.TOO_OLD: cars.age_years > self.age_years_max,
            NoRating.NEARLY_NEW: is_new,
            NoRating.VALUE_OUT_OF_RANGE: cheap | dear,
            NoRating.FEW_CLOSE_COMPARABLES: cars.comparables < needed,
            NoRating.WIDE_INTERVAL: cars.half_width > widest,
            NoRating.UNKNOWN_DERIVATIVE: cars.is_derivative_unknown,
            NoRating.CHECK_PRICE: sigmas > self.check_price_sigmas,
        }
        codes = [np.int8(REASON_CODES[reason]) for reason in holds]
        found = np.select(list(holds.values()), codes, default=np.int8(0))
        return np.where(cars.no_value > 0, cars.no_value, found).astype(np.int8)


@cache
def current_rule() -> RatingRule:
    """Return the rule with the numbers of `PRICE_RATING_RULE`, which name a version of their own.

    Raises `ImproperlyConfigured`.
    """
    numbers = settings.PRICE_RATING_RULE
    if numbers.keys() - {each.name for each in fields(RatingRule)}:
        raise ImproperlyConfigured("PRICE_RATING_RULE has a number that the rule has not.")
    if numbers and numbers.get("version", RatingRule.version) == RatingRule.version:
        raise ImproperlyConfigured("PRICE_RATING_RULE needs a version of its own.")
    try:
        return RatingRule(**numbers)
    except (TypeError, ValueError) as error:
        raise ImproperlyConfigured(f"PRICE_RATING_RULE: {error}") from None
