"""What is told of the market of a model, or of a make: never so much that it lays a dealer bare.

What is told rests on at least five dealers: on those with a car on sale for what is on sale, on
those who sold one for days to sell. A make's figure is told where as many are also behind what its
models that are told leave over (`dealers_behind`). How many cars are on sale anybody can count.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from listings.choices import PriceRating
from listings.models import MarketWeek
from listings.models.conditions import PUBLIC_SQL
from listings.models.market import MarketWeekQuerySet
from listings.models.value import VALUED_SQL
from listings.pricing.value.dealer_floor import DEALERS_MIN, dealers_behind

WEEKS_TOLD = 52
FRESH_FOR = timedelta(days=10)
"""Days to sell that are older are not told."""

_PART = "listing.{}_id = %s"
_ON_SALE = f"""
    SELECT listing.model_id, count(*), array_agg(DISTINCT listing.dealer_id),
        array_agg(DISTINCT listing.dealer_id) FILTER (WHERE listing.price IS NOT NULL),
        percentile_disc(ARRAY[0.0, 0.25, 0.5, 0.75, 1.0]) WITHIN GROUP (ORDER BY listing.price)
    FROM listings_listing AS listing JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    WHERE {_PART} AND {PUBLIC_SQL}
    GROUP BY GROUPING SETS ((listing.model_id), ())
    ORDER BY grouping(listing.model_id)
"""  # noqa: S608 - put together from constants
_RATED = f"""
    SELECT listing.model_id, value.label, count(*), array_agg(DISTINCT listing.dealer_id)
    FROM listings_listing AS listing JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    JOIN listings_listingvalue AS value ON value.listing_id = listing.id
    WHERE {_PART} AND {PUBLIC_SQL} AND value.label IS NOT NULL AND {VALUED_SQL}
    GROUP BY listing.model_id, value.label
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class ToldWeek:
    """`index` is 100 in the first week that has one; what is not told is None."""

    week: date
    index: float | None
    error: float | None
    listed: int | None
    sold: int | None
    live: int | None


@dataclass(frozen=True)
class ToldDays:
    """Median days to sell; `low` and `high` hold 90 %, and None is more than a year."""

    median: int | None
    low: int | None
    high: int | None
    sales: int


@dataclass(frozen=True)
class ToldMarket:
    """What is told of a model or a make. `prices`: least, quartiles and most, in pounds."""

    live: int
    prices: Sequence[int] | None
    ratings: Mapping[str, float] | None
    """The share of each rating, of the cars that have one."""
    days_to_sell: ToldDays | None
    weeks: Sequence[ToldWeek]


def market_of_model(model_id: int) -> ToldMarket:
    """Return what is told of a model's market now, and of its last weeks, oldest first."""
    return _market("model", model_id, MarketWeek.objects.of_model(model_id))


def market_of_make(make_id: int) -> ToldMarket:
    """Return the same of all models of a make together."""
    return _market("make", make_id, MarketWeek.objects.of_make(make_id))


def days_by_rating(model_id: int) -> Mapping[str, int | None]:
    """Return the median days to sell at each rating, None for more than a year; empty if untold."""
    since = timezone.now().date() - FRESH_FOR
    row = _last_sold(MarketWeek.objects.of_model(model_id).in_order(since))
    days = row.days_by_rating if row else None
    return dict(zip(PriceRating.values, map(_whole, days), strict=True)) if days else {}


def _market(part: str, part_id: int, rows: MarketWeekQuerySet) -> ToldMarket:
    on_sale = _on_sale(part, part_id)
    weeks = rows.in_order(timezone.now().date() - timedelta(weeks=WEEKS_TOLD, days=-1))
    return ToldMarket(
        live=on_sale.live,
        prices=on_sale.prices if on_sale.pricing_dealers >= DEALERS_MIN else None,
        ratings=_ratings(part, part_id),
        days_to_sell=_days(weeks),
        weeks=_weeks(weeks, has_index=on_sale.dealers >= DEALERS_MIN),
    )


class _OnSale(NamedTuple):
    live: int
    dealers: int
    """Behind the cars, as `dealers_behind` has it."""
    pricing_dealers: int
    """Behind those that have a price."""
    prices: Sequence[int] | None


def _on_sale(part: str, part_id: int) -> _OnSale:
    with connection.cursor() as cursor:
        cursor.execute(_ON_SALE.format(part), [part_id])
        *models, (_, live, _, _, prices) = cursor.fetchall()
    dealers = dealers_behind(of_model for _, _, of_model, _, _ in models)
    return _OnSale(live, dealers, dealers_behind(priced or () for *_, priced, _ in models), prices)


def _ratings(part: str, part_id: int) -> Mapping[str, float] | None:
    counts: Counter[str] = Counter()
    dealers: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RATED.format(part), [part_id])
        for model, label, count, owners in cursor:
            counts[label] += count
            dealers.setdefault(model, set()).update(owners)
    if dealers_behind(dealers.values()) < DEALERS_MIN:
        return None
    return {label: round(counts[label] / counts.total(), 3) for label in PriceRating.values}


def _days(weeks: Sequence[MarketWeek]) -> ToldDays | None:
    row = _last_sold(weeks)
    if row is None:
        return None
    return ToldDays(
        median=_whole(row.days_to_sell),
        low=_whole(row.days_low),
        high=_whole(row.days_high),
        sales=row.sales or 0,
    )


def _last_sold(weeks: Sequence[MarketWeek]) -> MarketWeek | None:
    """Return the newest week that has days to sell, unless they are old or of too few dealers."""
    newest = timezone.now().date() - FRESH_FOR
    for row in reversed(weeks):
        if row.sales is not None and row.week >= newest:
            return row if (row.selling_dealers or 0) >= DEALERS_MIN else None
    return None


def _whole(days: float | None) -> int | None:
    return None if days is None else round(days)


def _weeks(weeks: Sequence[MarketWeek], *, has_index: bool) -> list[ToldWeek]:
    levels = [row.level for row in weeks if row.level is not None]
    base = levels[0] if levels else 0.0
    return [_week(row, base, has_index=has_index) for row in weeks]


def _week(row: MarketWeek, base: float, *, has_index: bool) -> ToldWeek:
    is_told = (row.dealers or 0) >= DEALERS_MIN
    index = None if row.level is None or not has_index else 100 * exp(row.level - base)
    error = None if index is None or row.level_error is None else index * row.level_error
    return ToldWeek(
        week=row.week,
        index=None if index is None else round(index, 1),
        error=None if error is None else round(error, 1),
        listed=row.listed if is_told else None,
        sold=row.sold if is_told else None,
        live=row.live,
    )
