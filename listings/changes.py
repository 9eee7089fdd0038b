"""The change feed: what a mirror of the public stock has to do to stay one.

A mirror first reads the whole stock by id, then, round by round, what it has not seen. Every round
ends at the snapshot its first page was read in, so that whatever changes between two pages belongs
to the next round. Within a round a page goes on by (revision, id), from which an advert can only
leave by changing again. Each advert is sent as it is when the page is read.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from listings.exceptions import CursorExpired
from listings.models import ChangeFeed, Listing
from listings.revisions import ReadMoment, TransactionSnapshot, one_moment

BATCH_SIZE = 5_000


@dataclass(frozen=True)
class ChangesPosition:
    """Where a page begins.

    `before` is what the mirror has seen; None while it reads the whole stock. `until` is the
    snapshot that the round under way, or the reading of the stock, ends at; None between rounds.
    """

    incarnation: str
    before: TransactionSnapshot | None
    until: TransactionSnapshot | None = None
    revision: int = 0
    id: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        snapshots = {
            name: stored[name] and TransactionSnapshot.parse(stored[name])
            for name in ("before", "until")
        }
        return cls(**{**stored, **snapshots})

    def to_json(self) -> dict[str, Any]:
        before, until = (each and str(each) for each in (self.before, self.until))
        return {**vars(self), "before": before, "until": until}


@dataclass(frozen=True)
class Change:
    """An advert as buyers see it now; None once they do not."""

    id: int
    listing: Listing | None


@dataclass(frozen=True)
class Changes:
    """A page, and the position where the next one begins, were it to come only tomorrow."""

    changes: tuple[Change, ...]
    following: ChangesPosition
    has_more: bool


def read_changes(
    position: ChangesPosition | None, size: int, shown: QuerySet[Listing] | None = None
) -> Changes:
    """Return a page of at most `size` changes from a position, or from the start.

    `shown` are the public adverts with what the reader needs of them; with all that a page shows,
    unless told otherwise. Raises `CursorExpired`.
    """
    rows = _shown() if shown is None else shown
    with one_moment() as moment:
        if position is None:
            position = ChangesPosition(moment.incarnation, before=None, until=moment.snapshot)
        _refuse_expired(position, moment)
        if position.before is None:
            return _page_of_stock(position, rows, size)
        until = position.until or moment.snapshot
        return _page_of_round(position, position.before, until, rows, size)


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

_UNSEEN = """
    SELECT DISTINCT change.revision, change.id
    FROM unnest(%(lows)s::xid8[], %(low_ids)s::bigint[], %(highs)s::xid8[])
        AS span (low, low_id, high)
    CROSS JOIN LATERAL (
        (
            SELECT revision, id FROM listings_listing
            WHERE (revision, id) > (span.low, span.low_id) AND revision < span.high
                AND published_at IS NOT NULL
            ORDER BY revision, id LIMIT %(limit)s
        )
        UNION ALL
        (
            SELECT revision, listing_id FROM listings_listingtombstone
            WHERE (revision, listing_id) > (span.low, span.low_id) AND revision < span.high
            ORDER BY revision, listing_id LIMIT %(limit)s
        )
    ) AS change
    ORDER BY revision, id LIMIT %(limit)s
"""


def _refuse_expired(position: ChangesPosition, moment: ReadMoment) -> None:
    seen = position.before or position.until
    if seen is None or not moment.remembers(seen, position.incarnation):
        raise CursorExpired(
            "What changed since this cursor is no longer known. Start over without `after`, "
            "and drop what the whole stock then does not hold."
        )


def _page_of_stock(position: ChangesPosition, shown: QuerySet[Listing], size: int) -> Changes:
    rows = list(shown.filter(pk__gt=position.id).order_by("pk")[: size + 1])
    page = rows[:size]
    changes = tuple(Change(row.pk, row) for row in page)
    if len(rows) > size:
        following = ChangesPosition(position.incarnation, None, position.until, id=page[-1].pk)
        return Changes(changes, following, has_more=True)
    return Changes(
        changes, ChangesPosition(position.incarnation, before=position.until), has_more=False
    )


def _page_of_round(
    position: ChangesPosition,
    before: TransactionSnapshot,
    until: TransactionSnapshot,
    shown: QuerySet[Listing],
    size: int,
) -> Changes:
    keys = _unseen(position, before, until, size + 1)
    page = keys[:size]
    rows = shown.in_bulk([id_ for _, id_ in page])
    changes = tuple(Change(id_, rows.get(id_)) for _, id_ in page)
    if len(keys) > size:
        following = ChangesPosition(position.incarnation, before, until, *page[-1])
        return Changes(changes, following, has_more=True)
    return Changes(changes, ChangesPosition(position.incarnation, before=until), has_more=False)


def _unseen(
    position: ChangesPosition, before: TransactionSnapshot, until: TransactionSnapshot, limit: int
) -> Sequence[tuple[int, int]]:
    """Return the revisions and ids of published adverts that a round has after a position."""
    at = (position.revision, position.id)
    spans = [
        (*max((low, 0), at), high)
        for low, high in before.unseen_until(until)
        if high > position.revision
    ]
    lows, low_ids, highs = zip(*spans, strict=True) if spans else ((), (), ())
    arguments: dict[str, list[Any] | int] = {
        "lows": [str(low) for low in lows],
        "low_ids": list(low_ids),
        "highs": [str(high) for high in highs],
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNSEEN, arguments)
        return [(int(revision), id_) for revision, id_ in cursor.fetchall()]


def _shown() -> QuerySet[Listing]:
    return Listing.objects.public().with_card().prefetch_related("photos", "price_changes")
