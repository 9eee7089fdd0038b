"""Cars whose rows are as they were: still there, so they are confirmed, and few are written."""

from django.db import connection

from dealers.feeds.imports.batch import BatchResult
from dealers.feeds.imports.context import ImportContext
from listings.adverts import (
    UNSETTLED,
    confirm_listings,
    lock_listings,
    publish_listings,
    soonest_end,
)
from listings.choices import Status

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
    return _settled(context, ids, first)


def _settled(context: ImportContext, ids: list[int], first: int) -> BatchResult:
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
