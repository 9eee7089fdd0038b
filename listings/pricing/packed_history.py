"""Prices of adverts that ended, packed into a row of each: what a value is made of stays."""

from collections.abc import Sequence

from django.db import connection, transaction

from marketplace.london_time import LONDON

# The last price of a London day counts. An advert that came back is packed a second time behind
# the first.
_PACK = """
    WITH gone AS (
        DELETE FROM listings_pricechange WHERE listing_id = ANY(%(ids)s)
        RETURNING listing_id, id, (changed_at AT TIME ZONE %(zone)s)::date AS day, new_price
    ), last AS (
        SELECT DISTINCT ON (listing_id, day) listing_id, day, new_price FROM gone
        ORDER BY listing_id, day, id DESC
    )
    INSERT INTO listings_packedprices AS packed (listing_id, days, prices)
    SELECT listing_id, array_agg(day ORDER BY day), array_agg(new_price ORDER BY day) FROM last
    GROUP BY listing_id
    ON CONFLICT (listing_id) DO UPDATE
    SET days = packed.days || EXCLUDED.days, prices = packed.prices || EXCLUDED.prices
"""


@transaction.atomic
def pack_prices(ids: Sequence[int]) -> int:
    """Pack the price changes of these adverts, which write nothing any more; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PACK, {"ids": list(ids), "zone": str(LONDON)})
        return int(cursor.rowcount)
