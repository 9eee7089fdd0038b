"""The market as it was last fitted, kept by a process, and adverts valued by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import structlog
from django.db import connection, transaction
from psycopg import Connection, sql

from listings.choices import NoRating
from listings.models import MarketFit
from listings.pricing.value.advert_cars import (
    ADVERTS,
    AdvertCars,
    among,
    read_adverts,
    unvalued,
)
from listings.pricing.value.car_values import CarValues
from listings.pricing.value.fitted_market import MarketModel
from listings.pricing.value.market_cars import market_of
from listings.pricing.value.rule import REASON_CODES, current_rule
from listings.pricing.value.stored_values import (
    ValueColumns,
    ValuedAdverts,
    hold_current_fit,
    rate,
    read_clock,
    store,
)

MODELS_AT_ONCE = 20  # whose cars are in memory
ADVERTS_AT_ONCE = 1_000

_UNVALUED = f"SELECT listing.id FROM {ADVERTS} WHERE {{}} ORDER BY listing.id"  # noqa: S608 - ours

log = structlog.get_logger(__name__)


class CurrentMarket:
    """What a process knows of the current fit; `refresh` reads it anew where another is current.

    `fit` is None before the first refit, and after an upgrade that cannot read the last; `model`
    also where the market was too young to be fitted.
    """

    def __init__(self) -> None:
        self.fit: MarketFit | None = None
        self.model: MarketModel | None = None

    def refresh(self) -> MarketFit | None:
        current = MarketFit.objects.filter(is_current=True)
        row = current.defer("content").first()
        if row is None:
            self.fit = self.model = None
        elif self.fit is None or self.fit.pk != row.pk:
            self._load(row)
        return self.fit

    def value(self, ids: list[int]) -> "FreshValues | None":
        """Return the values of those adverts that have none as they are now; None without any."""
        if self.fit is None:
            return None
        read_at = read_clock()
        condition = sql.SQL("{} AND {}").format(among(ids), unvalued(self.fit.pk))
        adverts = read_adverts(condition, date.fromisoformat(self.fit.details["as_of"]))
        if not len(adverts):
            return None
        parts = [self._value(part, self.fit.pk).columns() for part in _by_models(adverts)]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return FreshValues(columns, self.fit, read_at)

    def value_all(self) -> int:
        """Value all adverts that have no value as they are now; return how many were written."""
        fit = self.refresh()
        if fit is None:
            return 0
        written, ids = 0, _unvalued(fit.pk)
        for start in range(0, len(ids), ADVERTS_AT_ONCE):
            fresh = self.value(ids[start : start + ADVERTS_AT_ONCE])
            with transaction.atomic():
                written += fresh.store() or 0 if fresh else 0
        return written

    def _load(self, row: MarketFit) -> None:
        stored = MarketFit.objects.filter(pk=row.pk).values_list("content", flat=True).first()
        try:
            self.model = MarketModel.from_bytes(bytes(stored)) if stored else None
            self.fit = row
        except ValueError as error:
            self.fit = self.model = None
            log.warning("market_fit_unreadable", fit=row.pk, reason=str(error))

    def _value(self, adverts: AdvertCars, fit_id: int) -> ValuedAdverts:
        if self.model is None:
            return unvaluable(adverts)
        market = market_of(adverts.cars.model.tolist(), fit_id)
        return rate(adverts, self.model.values(adverts.cars, market), current_rule())


@dataclass(frozen=True)
class FreshValues:
    """Values by a fit, of adverts as they were at a time, to be written."""

    columns: ValueColumns
    fit: MarketFit
    read_at: datetime

    def store(self) -> int | None:
        """Write them; None where another fit is current. The caller is in a transaction."""
        current = hold_current_fit()
        if current is None or current.pk != self.fit.pk:
            return None
        return store(self.columns, current, self.read_at)


def unvaluable(adverts: AdvertCars) -> ValuedAdverts:
    """Return adverts without a value: nothing is known to compare them with."""
    count = len(adverts)
    nothing, one = np.zeros(count, np.int64), np.ones(count)
    values = CarValues(
        key=adverts.cars.key.astype(np.int64),
        value=nothing,
        low_80=nothing,
        high_80=nothing,
        low_90=nothing,
        high_90=nothing,
        comparables=nothing,
        sigma=one,
        k=one,
        residual=np.full(count, np.nan),
        is_derivative_unknown=np.zeros(count, np.bool_),
        no_value=np.full(count, REASON_CODES[NoRating.FEW_COMPARABLES], np.int8),
    )
    return rate(adverts, values, current_rule())


def _unvalued(fit_id: int) -> list[int]:
    raw: Connection = connection.connection
    with raw.cursor() as cursor:
        rows = cursor.execute(sql.SQL(_UNVALUED).format(unvalued(fit_id)))
        return [id_ for (id_,) in rows]


def _by_models(adverts: AdvertCars) -> Iterator[AdvertCars]:
    """Yield the adverts of a few models at a time."""
    models = np.unique(adverts.cars.model)
    for first in range(0, len(models), MODELS_AT_ONCE):
        few = models[first : first + MODELS_AT_ONCE]
        yield adverts.rows(np.flatnonzero(np.isin(adverts.cars.model, few)))
