"""The weeks of the market are written here alone: supply, how fast cars sell, and the index."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from listings.choices import Status
from listings.models import MarketWeek, Model
from listings.models.conditions import ENDED, OF_MARKET_SQL, PUBLIC_SQL, SOLD_SQL, in_status_sql
from listings.pricing.value.dealer_floor import DEALERS_MIN
from listings.pricing.value.market_index import MarketIndex
from listings.pricing.value.new_adverts import LOOKED_BACK, NewAdverts, monday, week_number
from listings.pricing.value.retail import told_by_kind
from listings.pricing.value.sale_log import SaleLog, read_sale_log
from listings.pricing.value.selling_time import SellingTime
from marketplace.london_time import LONDON, london_today

LEVEL_CHANGE_MIN = 0.0002
"""A level that moved less is left as it stands."""

_BATCH = 10_000
_SHOWN_SQL = in_status_sql((Status.LIVE, *ENDED))

# For each make and model, and for the whole. What is live now says nothing of a week that is over.
# A make's dealers are counted as `dealers_behind` has it.
_COUNT = f"""
    WITH shown AS (
        SELECT listing.make_id, listing.model_id, listing.dealer_id, {PUBLIC_SQL} AS is_public,
            {_SHOWN_SQL} AND listing.published_at >= %(starts)s
                AND listing.published_at < %(ends)s AS is_new,
            {SOLD_SQL} AND listing.sold_at >= %(starts)s AND listing.sold_at < %(ends)s AS is_sold
        FROM listings_listing AS listing
        JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
        WHERE {OF_MARKET_SQL} AND ({PUBLIC_SQL} OR listing.published_at >= %(starts)s
            OR listing.sold_at >= %(starts)s)
    ), few AS (
        SELECT model_id FROM shown GROUP BY model_id
        HAVING count(DISTINCT dealer_id) FILTER (WHERE is_public) < {DEALERS_MIN}
    )
    INSERT INTO listings_marketweek AS kept (week, make_id, model_id, listed, sold, live, dealers)
    SELECT %(week)s, shown.make_id, shown.model_id, count(*) FILTER (WHERE is_new),
        count(*) FILTER (WHERE is_sold),
        CASE WHEN %(is_now)s THEN count(*) FILTER (WHERE is_public) END,
        CASE WHEN %(is_now)s THEN least(
            count(DISTINCT dealer_id) FILTER (WHERE is_public),
            CASE WHEN grouping(shown.make_id) = 0 AND count(few.model_id) > 0
                THEN count(DISTINCT dealer_id) FILTER (WHERE is_public AND few.model_id IS NOT NULL)
            END
        ) END
    FROM shown LEFT JOIN few ON few.model_id = shown.model_id
    GROUP BY GROUPING SETS ((shown.make_id), (shown.model_id), ())
    ON CONFLICT (week, make_id, model_id, segment) DO UPDATE
    SET listed = EXCLUDED.listed, sold = EXCLUDED.sold,
        live = coalesce(EXCLUDED.live, kept.live),
        dealers = coalesce(EXCLUDED.dealers, kept.dealers)
"""  # noqa: S608 - put together from constants
_SELL = """
    INSERT INTO listings_marketweek (week, make_id, model_id, sales, selling_dealers, days_to_sell,
        days_low, days_high, days_by_rating)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (week, make_id, model_id, segment) DO UPDATE
    SET sales = EXCLUDED.sales, selling_dealers = EXCLUDED.selling_dealers,
        days_to_sell = EXCLUDED.days_to_sell, days_low = EXCLUDED.days_low,
        days_high = EXCLUDED.days_high, days_by_rating = EXCLUDED.days_by_rating
"""
_LEVEL = f"""
    INSERT INTO listings_marketweek AS kept
        (week, make_id, model_id, segment, level, level_error)
    SELECT * FROM unnest(
        %s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[]
    ) AS told (week, make_id, model_id, segment, level, level_error)
    WHERE (told.model_id IS NULL
            OR EXISTS (SELECT FROM listings_model AS model WHERE model.id = told.model_id))
        AND (told.make_id IS NULL
            OR EXISTS (SELECT FROM listings_make AS make WHERE make.id = told.make_id))
    ON CONFLICT (week, make_id, model_id, segment) DO UPDATE
    SET level = EXCLUDED.level, level_error = EXCLUDED.level_error
    WHERE kept.level IS NULL OR abs(kept.level - EXCLUDED.level) >= {LEVEL_CHANGE_MIN}
        OR abs(kept.level_error - EXCLUDED.level_error) >= {LEVEL_CHANGE_MIN}
"""  # noqa: S608 - put together from constants


def renew_market_weeks(now: datetime | None = None) -> int:
    """Bring supply and days to sell of this week and the last up to date; return how many rows.

    Safe twice and when killed: each statement is whole, and the next night says it all again.
    """
    moment = now or timezone.now()
    week = week_number(moment.astimezone(LONDON).date())
    counted = _count(week - 1, is_now=False) + _count(week, is_now=True)
    return counted + _sell(week, moment)


def renew_kinds() -> int:
    """Work out how each kind of car sells and keep it as this week's; return how many kinds."""
    kinds = told_by_kind()
    MarketWeek.objects.update_or_create(
        week=monday(week_number(london_today())),
        make=None,
        model=None,
        segment=None,
        defaults={"kinds": {name: asdict(figures) for name, figures in kinds.items()}},
    )
    return len(kinds)


def renew_market_index() -> int:
    """Write the levels of all weeks, as far as they moved; return how many. Safe as above."""
    adverts = NewAdverts.read(timezone.now(), segment_index())
    if not adverts.weeks.size:
        return 0
    makes = adverts.index_of_makes(_makes_of_models())
    indexes = ((adverts.index_of_segments(), 2), (adverts.index_of_models(), 1), (makes, 0))
    return sum(_write(_levels(index, part)) for index, part in indexes)


def segment_index() -> MarketIndex:
    """Return the index of segments as it was last written; without one, the empty one."""
    since = timezone.now().date() - LOOKED_BACK
    rows = MarketWeek.objects.with_segment_level().filter(week__gt=since)
    told = np.array(
        [
            (week_number(week), -1 if segment is None else segment, level, error)
            for week, segment, level, error in rows.values_list(
                "week", "segment", "level", "level_error"
            ).iterator()
        ]
    ).reshape(-1, 4)
    if not len(told):
        return MarketIndex.empty()
    first = int(told[:, 0].min())
    parts, places = np.unique(told[:, 1].astype(np.int64), return_inverse=True)
    columns = told[:, 0].astype(np.int64) - first
    levels = np.zeros((parts.size, int(columns.max()) + 1))
    errors = np.zeros_like(levels)
    levels[places, columns], errors[places, columns] = told[:, 2], told[:, 3]
    return MarketIndex(first, parts[1:], levels, errors)


def _count(week: int, *, is_now: bool) -> int:
    starts, ends = (
        datetime.combine(monday(each), datetime.min.time(), LONDON) for each in (week, week + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT, {"week": monday(week), "starts": starts, "ends": ends, "is_now": is_now}
        )
        return int(cursor.rowcount)


@transaction.atomic
def _sell(week: int, now: datetime) -> int:
    """Write days to sell where enough were sold; take back what no longer holds."""
    this_week = MarketWeek.objects.filter(week=monday(week)).exclude(make=None, model=None)
    this_week.exclude(sales=None).update(
        sales=None,
        selling_dealers=None,
        days_to_sell=None,
        days_low=None,
        days_high=None,
        days_by_rating=None,
    )
    models, make_of = read_sale_log(now), _makes_of_models()
    parents = [make_of.get(int(model), 0) for model in models.counts.segments]
    rows = [
        (monday(week), None, model, *told)
        for model, *told in _days(models, SellingTime.fit(models.counts, parents))
        if model in make_of
    ]
    makes = models.by_make(make_of)
    rows += [
        (monday(week), make, None, *told)
        for make, *told in _days(makes, SellingTime.fit(makes.counts))
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_SELL, rows)
    return len(rows)


def _days(log: SaleLog, fitted: SellingTime) -> Iterator[tuple[Any, ...]]:
    """Yield each part that enough of were sold, and its columns as `_SELL` has them."""
    for part, dealers in zip(log.counts.segments.tolist(), log.dealers.tolist(), strict=True):
        days, by_rating = fitted.days_to_sell(part), fitted.days_by_rating(part)
        if days is not None and by_rating is not None:
            told = (days.sales, dealers, days.median, days.low, days.high)
            yield part, *told, list(by_rating.values())


def _makes_of_models() -> dict[int, int]:
    return dict(Model.objects.values_list("id", "make_id"))


Level = tuple[Any, int | None, int | None, int | None, float, float]


def _levels(index: MarketIndex, part: int) -> Iterator[Level]:
    """Yield the columns of each row; `part` is the place of the code among make, model, segment.

    The whole is written with the segments.
    """
    codes: list[int | None] = [None, *index.segments.tolist()]
    for row, code in enumerate(codes):
        if part != 2 and code is None:
            continue
        make, model, segment = (code if place == part else None for place in range(3))
        for column in range(index.levels.shape[1]):
            level, error = index.levels[row, column], index.errors[row, column]
            week = monday(index.first_week + column)
            yield week, make, model, segment, float(level), float(error)


def _write(levels: Iterator[Level]) -> int:
    written, batch = 0, list[Level]()
    for level in levels:
        batch.append(level)
        if len(batch) == _BATCH:
            written += _write_batch(batch)
            batch = []
    return written + (_write_batch(batch) if batch else 0)


def _write_batch(batch: Sequence[Level]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LEVEL, [list(column) for column in zip(*batch, strict=True)])
        return int(cursor.rowcount)
