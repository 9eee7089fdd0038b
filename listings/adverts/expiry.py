"""The sweeps that make the status tell the truth: adverts that ran out, reservations that ended.

Buyers do not wait for them, as every query looks at the clock itself. A batch is one statement and
one transaction, so a sweep killed at any point leaves nothing half done; rows that somebody holds
are skipped, and found by the next run. `limit`, at least 1, is the size of a batch in rows, taken
in the order of their primary key.
"""

from django.db import connection

BATCH_SIZE = 5_000

_EXPIRE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM listings_listing
        WHERE status = 'live' AND expires_at <= now()
        ORDER BY id LIMIT %s
        FOR NO KEY UPDATE SKIP LOCKED
    ), expired AS (
        UPDATE listings_listing AS listing SET status = 'expired', reserved_until = NULL
        FROM due WHERE listing.id = due.id
        RETURNING listing.id
    )
    INSERT INTO listings_listingevent (listing_id, kind, from_status, to_status, reason)
    SELECT id, 'expired', 'live', 'expired', 'ran out' FROM expired ORDER BY id
"""

_RELEASE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM listings_listing
        WHERE reserved_until <= now()
        ORDER BY id LIMIT %s
        FOR NO KEY UPDATE SKIP LOCKED
    ), released AS (
        UPDATE listings_listing AS listing SET reserved_until = NULL
        FROM due WHERE listing.id = due.id
        RETURNING listing.id, listing.status
    )
    INSERT INTO listings_listingevent (listing_id, kind, from_status, to_status, reason)
    SELECT id, 'released', status, status, 'reservation ended' FROM released ORDER BY id
"""


def expire_due(*, limit: int = BATCH_SIZE) -> int:
    """Expire every live advert past its end, reserved or not, `limit` rows at a time."""
    return _in_batches(_EXPIRE, limit)


def release_overdue(*, limit: int = BATCH_SIZE) -> int:
    """End every reservation whose time is over, `limit` rows at a time."""
    return _in_batches(_RELEASE, limit)


def _in_batches(statement: str, limit: int) -> int:
    total, written = 0, limit
    with connection.cursor() as cursor:
        while written == limit:
            cursor.execute(statement, [limit])
            written = cursor.rowcount
            total += written
    return total
