"""How long adverts stood for sale and how that ended, counted from the log of what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from listings.models import Sale
from listings.models.conditions import OF_MARKET_SQL, SOLD_SQL
from listings.models.value import VALUED_SQL
from listings.pricing.value.dealer_floor import dealers_behind
from listings.pricing.value.selling_time import BAND_STARTS, RATINGS, SaleCounts
from marketplace.london_time import LONDON

COUNTED_FOR = timedelta(days=182)
"""How far back sales count: older ones tell of another market."""

GAP_CARS_MIN, GAP_SHARE_MIN = 5, 0.3
"""As many cars, and so much of a dealer's stock, that leave within a day by a file left with it."""

_NOT_RETAIL = (Sale.BuyerKind.TRADE, Sale.BuyerKind.AUCTION)

# A stay is a stretch on sale, and ends with what happened next. A sale counts if nothing came after
# it: who takes it back, or sells the car to the trade, has sold it to no buyer. Of a stay in which
# the price changed, only what followed the last change has the rating that is known.
_COUNTED = f"""
    WITH turn AS (
        SELECT event.listing_id, event.to_status, event.happened_at,
            lead(event.happened_at) OVER later AS ended_at,
            lead(event.to_status) OVER later AS ended_as,
            lead(event.source) OVER later AS ended_by,
            lead(event.id, 2) OVER later AS came_after
        FROM listings_listingevent AS event
        WHERE event.from_status IS DISTINCT FROM event.to_status
        WINDOW later AS (PARTITION BY event.listing_id ORDER BY event.id)
    ), stay AS MATERIALIZED (
        SELECT listing.id, listing.model_id, listing.dealer_id, listing.published_at,
            greatest(turn.happened_at, %(since)s, listing.published_at) AS entered_at,
            least(coalesce(turn.ended_at, %(now)s), %(now)s,
                CASE WHEN turn.ended_as = 'sold'
                    THEN (sale.sold_on + 1)::timestamp AT TIME ZONE %(zone)s END) AS left_at,
            turn.ended_as = 'sold' AND turn.came_after IS NULL AND {SOLD_SQL}
                AND coalesce(sale.buyer, '') <> ALL(%(not_retail)s) AS is_sale,
            turn.ended_by IN ('feed', 'api') AS is_by_system, turn.ended_at
        FROM turn JOIN listings_listing AS listing ON listing.id = turn.listing_id
        JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id AND {OF_MARKET_SQL}
        LEFT JOIN listings_sale AS sale
            ON sale.listing_id = listing.id AND sale.sold_at = listing.sold_at
        WHERE turn.to_status = 'live' AND coalesce(turn.ended_at, %(now)s) > %(since)s
            AND listing.published_at IS NOT NULL
    ), left_together AS (
        SELECT dealer_id, ended_at::date AS day, count(*) AS cars
        FROM stay WHERE is_by_system AND ended_at IS NOT NULL
        GROUP BY dealer_id, ended_at::date HAVING count(*) >= {GAP_CARS_MIN}
    ), gap AS (
        SELECT left_together.dealer_id, left_together.day
        FROM left_together JOIN stay ON stay.dealer_id = left_together.dealer_id
            AND stay.entered_at < left_together.day + 1 AND stay.left_at >= left_together.day
        GROUP BY left_together.dealer_id, left_together.day, left_together.cars
        HAVING left_together.cars >= {GAP_SHARE_MIN} * count(*)
    ), told AS (
        SELECT stay.id, stay.model_id, stay.dealer_id,
            stay.is_sale AND gap.day IS NULL AS is_sale,
            extract(epoch FROM stay.entered_at - stay.published_at) / 86400 AS entry,
            extract(epoch FROM greatest(stay.left_at, stay.entered_at + interval '1 hour')
                - stay.published_at) / 86400 AS until,
            extract(epoch FROM last.priced_at - stay.published_at) / 86400 AS priced,
            CASE WHEN {VALUED_SQL}
                THEN array_position(%(ratings)s::text[], value.label::text) END AS rating
        FROM stay JOIN listings_listing AS listing ON listing.id = stay.id
        LEFT JOIN gap ON gap.dealer_id = stay.dealer_id AND gap.day = stay.ended_at::date
            AND stay.is_by_system
        LEFT JOIN listings_listingvalue AS value ON value.listing_id = stay.id
        LEFT JOIN LATERAL (
            SELECT max(changed_at) AS priced_at FROM listings_pricechange AS price
            WHERE price.listing_id = stay.id AND value.label IS NOT NULL
        ) AS last ON true
    ), stretch AS (
        SELECT id, model_id, dealer_id, entry, least(until, greatest(entry, priced)) AS until,
            false AS is_sale, NULL::integer AS rating
        FROM told WHERE rating IS NOT NULL AND priced > entry
        UNION ALL
        SELECT id, model_id, dealer_id,
            CASE WHEN rating IS NULL THEN entry ELSE greatest(entry, coalesce(priced, entry)) END,
            until, is_sale, rating
        FROM told WHERE rating IS NULL OR coalesce(priced, entry) < until
    ), band (place, start, finish) AS (
        SELECT * FROM unnest(%(places)s::int[], %(starts)s::float8[], %(finishes)s::float8[])
    )
    SELECT stretch.model_id, coalesce(stretch.rating - 1, -1), band.place,
        sum(least(stretch.until, band.finish) - greatest(stretch.entry, band.start))::float8,
        count(*) FILTER (WHERE stretch.is_sale AND stretch.until <= band.finish),
        array_agg(DISTINCT stretch.dealer_id)
            FILTER (WHERE stretch.is_sale AND stretch.until <= band.finish)
    FROM stretch JOIN band
        ON stretch.entry < band.finish AND stretch.until > band.start
    WHERE stretch.until > stretch.entry
    GROUP BY stretch.model_id, stretch.rating, band.place
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class SaleLog:
    """What the log holds of each part: its counts, who sold one, and how many dealers that is."""

    counts: SaleCounts
    sellers: Sequence[frozenset[int]]
    dealers: NDArray[np.int64]

    def by_make(self, make_of: Mapping[int, int]) -> Self:
        """Return the log of models by make; `dealers` are those of `dealers_behind`."""
        of_row = np.array([make_of.get(int(each), 0) for each in self.counts.segments], np.int64)
        makes, places = np.unique(of_row[of_row > 0], return_inverse=True)
        shape = (makes.size, *self.counts.days.shape[1:])
        days, sales = np.zeros(shape), np.zeros(shape)
        np.add.at(days, places, self.counts.days[of_row > 0])
        np.add.at(sales, places, self.counts.sales[of_row > 0])
        parts: dict[int, list[frozenset[int]]] = {make: [] for make in makes.tolist()}
        for make, sellers in zip(of_row.tolist(), self.sellers, strict=True):
            parts.setdefault(make, []).append(sellers)
        parts.pop(0, None)
        behind = np.array([dealers_behind(each) for each in parts.values()], np.int64)
        sold = [frozenset[int]().union(*each) for each in parts.values()]
        return type(self)(SaleCounts(makes, days, sales), sold, behind)


def read_sale_log(now: datetime) -> SaleLog:
    """Count the log of the last half year, by model; the database sends sums alone."""
    starts = BAND_STARTS.tolist()
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTED,
            {
                "now": now,
                "since": now - COUNTED_FOR,
                "zone": str(LONDON),
                "not_retail": [str(kind) for kind in _NOT_RETAIL],
                "ratings": list(RATINGS),
                "places": list(range(len(starts))),
                "starts": starts,
                "finishes": [*starts[1:], float("inf")],
            },
        )
        rows = cursor.fetchall()
    return _log(rows)


def _log(rows: list[tuple[int, int, int, float, int, list[int] | None]]) -> SaleLog:
    models = np.unique(np.array([row[0] for row in rows], np.int64))
    places = {model: place for place, model in enumerate(models.tolist())}
    shape = (models.size, len(RATINGS) + 1, BAND_STARTS.size)
    days, sales = np.zeros(shape), np.zeros(shape)
    selling: list[set[int]] = [set() for _ in range(models.size)]
    for model, rating, band, stood, sold, dealers in rows:
        place = places[model]
        days[place, rating, band] += stood
        sales[place, rating, band] += sold
        selling[place].update(dealers or ())
    counts = SaleCounts(models, days, sales)
    sellers = [frozenset(each) for each in selling]
    return SaleLog(counts, sellers, np.array([len(each) for each in sellers], np.int64))
