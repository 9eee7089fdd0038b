"""What keeps the feed true: tombstones that went, revisions of another cluster, a new start."""

import uuid

from django.conf import settings
from django.db import connection, transaction

from listings.models import ChangeFeed

BATCH_SIZE = 5_000

# What a snapshot of now might still have to tell stays. A `pruned_to` from the future came with a
# dump: no cursor of this incarnation is that old.
_PRUNE = """
    WITH gone AS (
        DELETE FROM listings_listingtombstone
        WHERE deleted_at < now() - make_interval(days => %s)
            AND revision < pg_snapshot_xmin(pg_current_snapshot())
        RETURNING revision
    ), pruned AS (
        INSERT INTO listings_changefeed AS feed (id, pruned_to)
        SELECT 1, revision FROM gone ORDER BY revision DESC LIMIT 1
        ON CONFLICT (id) DO UPDATE SET pruned_to = CASE
            WHEN feed.pruned_to > excluded.pruned_to
                AND feed.pruned_to < pg_snapshot_xmax(pg_current_snapshot())
            THEN feed.pruned_to ELSE excluded.pruned_to
        END
    )
    SELECT count(*) FROM gone
"""

_FORGET_FUTURE = """
    DELETE FROM listings_listingtombstone
    WHERE revision >= pg_snapshot_xmax(pg_current_snapshot())
"""

_RESTAMP = """
    WITH ahead AS MATERIALIZED (
        SELECT id FROM listings_listing
        WHERE revision >= pg_snapshot_xmax(pg_current_snapshot())
        ORDER BY revision, id LIMIT %s
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE listings_listing AS listing SET status = listing.status
    FROM ahead WHERE listing.id = ahead.id
"""


def restart() -> None:
    """Tell every mirror to start over, as after a backup of the server's files was put back."""
    ChangeFeed.objects.update_or_create(id=1, defaults={"epoch": uuid.uuid4()})


def restamp_from_the_future(*, limit: int = BATCH_SIZE) -> int:
    """Give adverts that came by a dump from another cluster a revision of this one, in batches.

    Nothing depends on it: readers ask for no revision beyond their own snapshot. It only saves
    them from reading such adverts again when this cluster's transactions get that far.
    """
    total, written = 0, limit
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_FUTURE)
        while written == limit:
            cursor.execute(_RESTAMP, [limit])
            written = cursor.rowcount
            total += written
    return total


@transaction.atomic
def prune_tombstones() -> int:
    """Forget what was deleted more than `CHANGES_KEPT_DAYS` ago, and remember how far."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [settings.CHANGES_KEPT_DAYS])
        count: int = cursor.fetchone()[0]
    return count
