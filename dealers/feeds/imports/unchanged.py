"""Cars whose rows are as they were: still there, so they are confirmed, and few are written."""

from typing import Any

from django.db import connection, transaction

from dealers.feeds.imports.batch import BatchResult
from dealers.feeds.imports.context import ImportContext
from listings.adverts import (
    UNSETTLED,
    WriteContext,
    confirm_listings,
    lock_listings,
    publish_listings,
    soonest_end,
)
from listings.choices import Source, Status
from listings.models.conditions import LIVE_SQL

_NEXT = "SELECT min(first_number) FROM dealers_feedseen WHERE run_id = %s AND first_number > %s"
_BACK = """
    UPDATE dealers_feedcar AS car SET absent_since = NULL FROM dealers_feedseen AS seen
    WHERE seen.run_id = %(run)s AND seen.first_number = %(first)s
        AND car.id = ANY(seen.cars) AND car.absent_since IS NOT NULL
"""
_TO_SETTLE = f"""
    SELECT listing.id FROM dealers_feedseen AS seen, unnest(seen.cars) AS entry (car)
    JOIN dealers_feedcar AS car ON car.id = entry.car
    JOIN listings_listing AS listing ON listing.id = car.listing_id
    WHERE seen.run_id = %(run)s AND seen.first_number = %(first)s AND {UNSETTLED}
"""  # noqa: S608 - put together from constants
_PRESENT = f"""
    SELECT car.id, car.listing_id FROM dealers_feedcar AS car
    JOIN listings_listing AS listing ON listing.id = car.listing_id
    WHERE car.feed_id = %(feed)s AND car.id > %(after)s
        AND car.absent_since IS NULL AND car.gone_at IS NULL
        AND {LIVE_SQL} AND {UNSETTLED}
    ORDER BY car.id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants

BATCH_SIZE = 2_000


def confirm_seen(context: ImportContext, position: int) -> BatchResult:
    """Confirm the next chunk of unchanged rows; say which adverts went on sale by that."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [context.run_id, position])
        first = cursor.fetchone()[0]
        if first is None:
            return BatchResult()
        given = {
            "run": context.run_id,
            "first": first,
            "soonest_end": soonest_end(),
            "with_drafts": context.config.publishes,
        }
        cursor.execute(_BACK, given)
        cursor.execute(_TO_SETTLE, given)
        ids = [pk for (pk,) in cursor.fetchall()]
    return _confirmed(context, ids, first)


def renew_present(*, feed_id: int, limit: int = BATCH_SIZE) -> int:
    """Renew the live adverts of a feed whose file has not changed, where that gains enough.

    Returns how many were renewed.
    """
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


def _confirmed(context: ImportContext, ids: list[int], first: int) -> BatchResult:
    standings = lock_listings(listing_ids=ids) if ids else {}
    showing = [row for row in standings.values() if row.status in (Status.DRAFT, Status.EXPIRED)]
    refused = publish_listings(states=showing, by=context.by)
    confirm_listings(states=list(standings.values()), by=context.by)
    shown = [row for row in showing if row.listing_id not in refused]
    return BatchResult(
        last=first,
        renewed=[row.listing_id for row in shown if row.status == Status.EXPIRED],
        published=[row.listing_id for row in shown if row.status == Status.DRAFT],
    )
