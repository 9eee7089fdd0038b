"""The market fitted anew, and every live advert valued by it.

Reading, fitting and valuing take minutes and hold nothing; what they found is written in one short
transaction at the end, so that a refit that is killed anywhere leaves the values before.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from importlib import import_module
from time import monotonic
from types import ModuleType

import numpy as np
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from listings.models import MarketFit
from listings.pricing.value.advert_cars import AdvertCars, live_or_ended_within, read_adverts
from listings.pricing.value.cars import CarTable
from listings.pricing.value.comparables import Comparables
from listings.pricing.value.current_market import CurrentMarket, unvaluable
from listings.pricing.value.fitted_market import MarketModel
from listings.pricing.value.market_cars import joined, store_market
from listings.pricing.value.market_index import MarketIndex, segment_codes
from listings.pricing.value.market_weeks import segment_index
from listings.pricing.value.new_adverts import days_of, week_number, weeks_of_days
from listings.pricing.value.prior import read_asking_prices
from listings.pricing.value.rule import current_rule
from listings.pricing.value.stored_values import ValuedAdverts, rate, read_clock, store
from marketplace.errors import DomainError
from marketplace.lease import LeaseHolder, LeaseLost
from marketplace.london_time import LONDON, in_london, london_today

LEASE = "refit_values"
LEASE_SECONDS = 30
CONTENTS_KEPT = 3
_MEASURED = {
    "error": "mape",
    "coverage_80": "coverage_80",
    "coverage_90": "coverage_90",
    "width_90": "width_90",
}
PRICES_MIN = 300
"""Of fewer prices nothing is learnt that holds for another car."""
YOUNG_EVERY = timedelta(hours=1)
"""So often a market that could not be fitted for want of adverts is tried again."""

log = structlog.get_logger(__name__)


class RefitRefused(DomainError):
    """Nothing was fitted; the values before stay."""

    level = logging.ERROR


class RefitUnderWay(RefitRefused):
    code = "refit_under_way"
    level = logging.INFO


class FittingUnavailable(RefitRefused):
    code = "fitting_unavailable"


@dataclass(frozen=True)
class Refit:
    """What a refit did: the fit, how many adverts have a value, and how many a rating."""

    fit: MarketFit
    adverts: int
    valued: int
    rated: int


def refit_is_due(now: datetime | None = None) -> bool:
    """Tell whether the hour of the last night's refit has passed since the last one began."""
    if settings.VALUES_REFIT_TIME is None:
        return False
    now = now or timezone.now()
    last = MarketFit.objects.filter(is_current=True).only("fitted_at", "error").first()
    if last is None:
        return True
    if last.error is None and last.fitted_at < now - YOUNG_EVERY:
        return True
    return last.fitted_at < _last(settings.VALUES_REFIT_TIME, now)


def refit() -> Refit:
    """Fit the market and value all live adverts by it. Raises `RefitRefused`."""
    lease = LeaseHolder(LEASE, seconds=LEASE_SECONDS)
    try:
        with lease.renewed():
            done = _refit(lease)
    except LeaseLost:
        raise RefitUnderWay("Another process is fitting values.") from None
    CurrentMarket().value_all()
    log.info("values_refitted", fit=done.fit.pk, adverts=done.adverts, rated=done.rated)
    return done


@dataclass(frozen=True)
class _Fitted:
    """What was learnt: without a model there were too few prices."""

    model: MarketModel | None
    market: Comparables
    valued: ValuedAdverts


@dataclass
class _Stopwatch:
    """The seconds that each step took."""

    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=monotonic)

    def stop(self, step: str) -> None:
        now = monotonic()
        self.seconds[step], self._since = round(now - self._since, 2), now


def _refit(lease: LeaseHolder) -> Refit:
    library, began_at, as_of = _fitting_library(), read_clock(), london_today()
    watch = _Stopwatch()
    adverts = read_adverts(live_or_ended_within(settings.VALUES_WEEKS), as_of)
    index = segment_index()
    own = _at_one_level(adverts.cars.rows(adverts.is_learnt), as_of, index)
    elsewhere = read_asking_prices(as_of, own.model)
    live = adverts.rows(adverts.is_live)
    del adverts  # a million take 200 MB
    watch.stop("reading")
    fitted = _fit(library, joined([own, elsewhere]), live, watch)
    fit = MarketFit(
        rule=current_rule().version,
        fitted_at=began_at,
        adverts=len(own),
        prior=len(elsewhere),
        details={"as_of": as_of.isoformat(), "is_indexed": bool(index.segments.size)},
    )
    if fitted.model:
        fit.content = fitted.model.to_bytes()
        fit.details["measured"] = measured = dict(fitted.model.measured)
        for name, told in _MEASURED.items():
            setattr(fit, name, measured[told])
    _store(fit, fitted, lease)
    watch.stop("storing")
    fit.details["seconds"] = watch.seconds
    fit.save(update_fields=["details"])
    return Refit(
        fit,
        adverts=len(live),
        valued=int((fitted.valued.values.value > 0).sum()),
        rated=int((fitted.valued.labels > 0).sum()),
    )


def _at_one_level(cars: CarTable, as_of: date, index: MarketIndex) -> CarTable:
    """Say how far the market of the day of each price lay above that of today."""
    segments = segment_codes(cars.body_type, cars.fuel, cars.age_years)
    told_on = np.where(np.isfinite(cars.listed_on), cars.listed_on, days_of(as_of))
    then = index.offset(segments, weeks_of_days(told_on))
    moved = then - index.offset(segments, week_number(as_of))
    return replace(cars, index=moved.astype(cars.index.dtype))


def _fit(library: ModuleType, cars: CarTable, live: AdvertCars, watch: _Stopwatch) -> _Fitted:
    if len(cars) < PRICES_MIN:
        nothing = cars.rows(slice(0))
        return _Fitted(None, Comparables.of(nothing, nothing.price, nothing.key), unvaluable(live))
    model, market = library.fit(cars)
    watch.stop("fitting")
    values = model.values(live.cars, market, library.fast_score)
    watch.stop("valuing")
    return _Fitted(model, market, rate(live, values, current_rule()))


@transaction.atomic
def _store(fit: MarketFit, fitted: _Fitted, lease: LeaseHolder) -> None:
    """Make a fit and its values those that are current, all at once."""
    lease.check()
    MarketFit.objects.filter(is_current=True).update(is_current=False)  # whoever values waits
    fit.is_current = True
    fit.save(force_insert=True)
    store(fitted.valued.columns(), fit, read_at=fit.fitted_at)
    store_market(fitted.market, fit)
    kept = MarketFit.objects.filter(content__isnull=False).order_by("-fitted_at")
    older = list(kept.values_list("pk", flat=True)[CONTENTS_KEPT:])
    MarketFit.objects.filter(pk__in=older).update(content=None)


def _fitting_library() -> ModuleType:
    """Import what fits, which a worker may lack. Raises `FittingUnavailable`."""
    try:
        return import_module("listings.pricing.value.market_model")
    except (ImportError, OSError) as error:
        raise FittingUnavailable(
            "LightGBM cannot be loaded, so nothing was fitted: install requirements/values.txt, "
            f"and the library of OpenMP (libgomp1 in Debian). {error}"
        ) from error


def _last(hour: time, now: datetime) -> datetime:
    """Return when London's clock last showed a time."""
    today = datetime.combine(in_london(now).date(), hour, LONDON)
    return today if today <= now else today - timedelta(days=1)
