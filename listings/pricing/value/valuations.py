"""What a car would ask here that nobody advertises."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from listings.choices import NoRating
from listings.models import ListingValue, MarketFit
from listings.pricing.value.car_values import CarValues
from listings.pricing.value.comparable_adverts import (
    ComparableAdvert,
    ComparedCar,
    ValuedCar,
    comparable_adverts,
)
from listings.pricing.value.contributions import Contributions, contributions
from listings.pricing.value.described_cars import DescribedCar, described_table
from listings.pricing.value.kept_market import kept_market
from listings.pricing.value.market_cars import market_of
from listings.pricing.value.ratings import RULE, Confidence, rating_of
from listings.pricing.value.rule import REASONS

NOT_VALUED = "not_valued"
VALUED = ("value", "low_80", "high_80", "low_90", "high_90", "comparables")


@dataclass(frozen=True)
class Valuation:
    """What such a car asks, in whole pounds, or the reason why nobody knows.

    `nearest` are the public adverts that this rests on, of `comparables` in all.
    """

    value: int | None
    low_80: int | None
    high_80: int | None
    low_90: int | None
    high_90: int | None
    comparables: int
    confidence: Confidence | None
    reason: str | None
    rule: str
    fitted_at: datetime | None
    nearest: tuple[ComparableAdvert, ...] = ()
    contributions: Contributions | None = None


def value_car(car: DescribedCar) -> Valuation:
    """Value a car that nobody advertises, without the library that fits; nothing of it is kept."""
    current = kept_market()
    if current is None:
        return _unknown(NOT_VALUED, None)
    fit, model, as_of = current
    market = market_of([car.model_id], fit.pk)
    if not len(market.cars):
        return _unknown(NoRating.UNKNOWN_MODEL, fit)
    table = described_table(car, as_of)
    values = model.values(table, market)
    if reason := REASONS[values.no_value[0]]:
        return _unknown(reason, fit)
    row = _row(values, fit)
    rating = rating_of(row)
    amounts: dict[str, Any] = {name: getattr(row, name) for name in VALUED}
    return Valuation(
        **amounts,
        confidence=rating.confidence,
        reason=None,
        rule=rating.rule,
        fitted_at=fit.fitted_at,
        nearest=tuple(
            _nearest(car, row.value or 0, float(model.predict(table)[0] + table.index[0]))
        ),
        contributions=contributions(model, table, row.value or 0),
    )


def _nearest(car: DescribedCar, value: int, expected: float) -> list[ComparableAdvert]:
    compared = ComparedCar(*(getattr(car, name) for name in ComparedCar._fields))
    correction = math.log(value) - expected
    return comparable_adverts(ValuedCar(car.model_id, compared, value, correction, mark=car.vrm))


def _row(values: CarValues, fit: MarketFit) -> ListingValue:
    """Return what would stand in the car's row if it were an advert."""
    return ListingValue(fit=fit, **{name: int(getattr(values, name)[0]) for name in VALUED})


def _unknown(reason: str, fit: MarketFit | None) -> Valuation:
    rule, fitted_at = (fit.rule, fit.fitted_at) if fit else (RULE.version, None)
    return Valuation(None, None, None, None, None, 0, None, reason, rule, fitted_at)
