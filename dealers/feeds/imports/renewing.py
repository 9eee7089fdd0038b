"""A file that has not changed still says that its cars stand there."""

from typing import Any

from django.db import connection, transaction

from listings.adverts import UNSETTLED, WriteContext, confirm_listings, lock_listings, soonest_end
from listings.choices import Source

BATCH_SIZE = 2_000

_PRESENT = f"""
    SELECT car.id, car.listing_id FROM dealers_feedcar AS car
    JOIN listings_listing AS listing ON listing.id = car.listing_id
    WHERE car.feed_id = %(feed)s AND car.id > %(after)s
        AND car.absent_since IS NULL AND car.gone_at IS NULL
        AND listing.status = 'live' AND {UNSETTLED}
    ORDER BY car.id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants


def renew_present(*, feed_id: int, limit: int = BATCH_SIZE) -> int:
    """Renew the live adverts of a feed's cars where that gains enough; return how many."""
    by = WriteContext(source=Source.FEED, reason="its feed has not changed")
    total, last_id = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            given: dict[str, Any] = {"feed": feed_id, "after": last_id, "limit": limit}
            cursor.execute(_PRESENT, {**given, "soonest_end": soonest_end(), "with_drafts": False})
            cars = dict(cursor.fetchall())
            if not cars:
                return total
            standings = lock_listings(listing_ids=cars.values())
            total += confirm_listings(states=list(standings.values()), by=by)
            last_id = max(cars)
