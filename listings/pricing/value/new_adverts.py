"""What newly listed adverts asked beside what the model makes of them: the index is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from listings.choices import BodyType, Fuel
from listings.models.conditions import OF_MARKET_SQL
from listings.models.value import VALUED_SQL
from listings.pricing.value.market_index import MarketIndex, fuel_of_segments, segment_codes
from marketplace.london_time import LONDON

LOOKED_BACK = timedelta(weeks=104)
DEALER_SHARE_MAX = 0.4
"""No dealer has more of the weight of a week's adverts of one part of the market."""

_ALONE_WEIGHT = 2.0  # adverts that one dealer counts for where nobody else lists any
_FIRST_MONDAY = date(1970, 1, 5)
_EPOCH = date(1970, 1, 1)
_ROWS_AT_ONCE = 20_000

# The price that was asked when the advert was first shown; a row of packed prices is older than
# those that are not packed.
_NEW = f"""
    SELECT ((listing.published_at AT TIME ZONE %(zone)s)::date - %(monday)s) / 7,
        listing.model_id, listing.dealer_id,
        coalesce(array_position(%(bodies)s::text[], listing.body_type::text), 0) - 1,
        coalesce(array_position(%(fuels)s::text[], listing.fuel::text), 0) - 1,
        ((listing.published_at AT TIME ZONE %(zone)s)::date
            - coalesce(listing.first_registered_on, make_date(listing.year, 7, 1))) / 365.25,
        ln(asked.price) - ln(listing.price) + value.residual,
        CASE WHEN (fit.details ->> 'is_indexed')::boolean
            THEN ((fit.fitted_at AT TIME ZONE %(zone)s)::date - %(monday)s) / 7 END
    FROM listings_listingvalue AS value
    JOIN listings_listing AS listing ON listing.id = value.listing_id
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id AND {OF_MARKET_SQL}
    JOIN listings_marketfit AS fit ON fit.id = value.fit_id
    LEFT JOIN listings_packedprices AS packed ON packed.listing_id = listing.id
    CROSS JOIN LATERAL (
        SELECT coalesce(packed.prices[1],
            (SELECT new_price FROM listings_pricechange AS price
                WHERE price.listing_id = listing.id AND price.changed_at <= listing.published_at
                ORDER BY price.id DESC LIMIT 1),
            (SELECT new_price FROM listings_pricechange AS price
                WHERE price.listing_id = listing.id AND price.new_price IS NOT NULL
                ORDER BY price.id LIMIT 1),
            listing.price) AS price
    ) AS asked
    WHERE listing.published_at > %(since)s AND value.residual IS NOT NULL AND listing.price > 0
        AND {VALUED_SQL}
"""  # noqa: S608 - put together from constants


def week_number(day: date) -> int:
    return (day - _FIRST_MONDAY).days // 7


def days_of(day: date) -> int:
    """Return a day as days since 1970, as `CarTable` has it."""
    return (day - _EPOCH).days


def weeks_of_days(days: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the weeks of days since 1970."""
    return (days.astype(np.int64) - days_of(_FIRST_MONDAY)) // 7


def monday(week: int) -> date:
    return _FIRST_MONDAY + timedelta(weeks=week)


@dataclass(frozen=True)
class NewAdverts:
    """Columns of adverts that were new within `LOOKED_BACK`, each at its first price.

    `residuals` are logs of the price less the model's value, moved to one level: a fit that reckons
    with the index values cars as of its own week, and says so as `is_indexed` in its details.
    """

    weeks: NDArray[np.int64]
    models: NDArray[np.int64]
    segments: NDArray[np.int64]
    dealers: NDArray[np.int64]
    residuals: NDArray[np.float64]

    @classmethod
    def read(cls, now: datetime, index: MarketIndex) -> Self:
        """Read them a few at a time; `index` is what the fits reckoned with."""
        rows = _rows(now)
        weeks, models, dealers, bodies, fuels = rows[:, :5].astype(np.int64).T
        segments = segment_codes(bodies, fuels, rows[:, 5])
        is_moved = np.isfinite(rows[:, 7])
        fitted = np.where(is_moved, rows[:, 7], 0).astype(np.int64)
        levels = np.where(is_moved, index.offset(segments, fitted), 0.0)
        return cls(weeks, models, segments, dealers, rows[:, 6] + levels)

    def index_of_segments(self) -> MarketIndex:
        weights = capped_weights(self.weeks, self.segments, self.dealers)
        return MarketIndex.fit(
            self.weeks, self.segments, self.residuals, weights, group_of=fuel_of_segments
        )

    def index_of_models(self) -> MarketIndex:
        weights = capped_weights(self.weeks, self.models, self.dealers)
        return MarketIndex.fit(self.weeks, self.models, self.residuals, weights)

    def index_of_makes(self, make_of: Mapping[int, int]) -> MarketIndex:
        """Return the index of makes, those of models that have gone left out."""
        models, places = np.unique(self.models, return_inverse=True)
        makes = np.array([make_of.get(model, 0) for model in models.tolist()], np.int64)[places]
        known = makes > 0
        weeks, makes, dealers = self.weeks[known], makes[known], self.dealers[known]
        weights = capped_weights(weeks, makes, dealers)
        return MarketIndex.fit(weeks, makes, self.residuals[known], weights)


def capped_weights(
    weeks: NDArray[np.int64], parts: NDArray[np.int64], dealers: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return weights under which no dealer has more than its share of a week and part."""
    cells, cell = np.unique(np.stack([weeks, parts]), axis=1, return_inverse=True)
    of_cell = np.bincount(cell, minlength=cells.shape[1])
    _, owner, own = np.unique(
        np.stack([cell, dealers]), axis=1, return_inverse=True, return_counts=True
    )
    mine = own[owner]
    others = of_cell[cell] - mine
    most = np.maximum(others * DEALER_SHARE_MAX / (1 - DEALER_SHARE_MAX), _ALONE_WEIGHT)
    weights: NDArray[np.float64] = np.minimum(1.0, most / np.maximum(mine, 1))
    return weights


def _rows(now: datetime) -> NDArray[np.float64]:
    given: dict[str, Any] = {
        "zone": str(LONDON),
        "monday": _FIRST_MONDAY,
        "since": now - LOOKED_BACK,
        "bodies": BodyType.values,
        "fuels": Fuel.values,
    }
    parts = [np.empty((0, 8))]
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_NEW, given)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            parts.append(np.array(rows, np.float64))
    return np.concatenate(parts)
