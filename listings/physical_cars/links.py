"""The links between adverts of one car follow the changes: of adverts, and of their photos."""

import time
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction

from listings.changes import ChangedRows, ChangeSource, ChangesPosition, read_changed_rows
from listings.exceptions import CursorExpired
from listings.models import ChangesFollower, Listing
from listings.physical_cars import clues
from listings.physical_cars.neighbourhood import Neighbourhood
from listings.physical_cars.partition import same_cars

NAME = "physical cars"
BATCH_SIZE = 2_000
SECONDS_MAX = 45.0

# Drafts too: a dealer wants to know before a car goes on sale twice.
_UNSEEN = """
    SELECT DISTINCT change.revision, change.id
    FROM unnest(%(lows)s::xid8[], %(low_ids)s::bigint[], %(highs)s::xid8[])
        AS span (low, low_id, high)
    CROSS JOIN LATERAL (
        (
            SELECT revision, id FROM listings_listing
            WHERE (revision, id) > (span.low, span.low_id) AND revision < span.high
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
_UNLINK = "DELETE FROM listings_carlink WHERE listing_id = ANY(%s::bigint[])"
_LINK = """
    INSERT INTO listings_carlink AS link (listing_id, car)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[])
    ON CONFLICT (listing_id) DO UPDATE SET car = excluded.car
    WHERE link.car <> excluded.car
"""


def follow_cars(*, seconds_max: float = SECONDS_MAX) -> int:
    """Bring the links up to date with what changed; return how many adverts were looked at.

    Each batch is a transaction. Whoever finds that another was faster leaves the rest to that one.
    """
    ends, total = time.monotonic() + seconds_max, 0
    has_more = True
    while has_more and time.monotonic() < ends:
        position = ChangesFollower.objects.filter(name=NAME).values_list("position", flat=True)
        before = position.first()
        page = _read(before)
        if not _apply(page, before):
            break
        total, has_more = total + len(page.rows), page.has_more
    return total


def _read(position: dict[str, Any] | None) -> ChangedRows[Listing]:
    source = ChangeSource(Listing.objects.only("id"), _UNSEEN, has_tombstones=True)
    at = ChangesPosition.from_json(position) if position else None
    try:
        return read_changed_rows(at, BATCH_SIZE, source)
    except CursorExpired:
        return read_changed_rows(None, BATCH_SIZE, source)


@transaction.atomic
def _apply(page: ChangedRows[Listing], position: dict[str, Any] | None) -> bool:
    """Link what a page tells of; False where the position has moved since it was read."""
    following = page.following.to_json()
    if position is None:
        _, is_first = ChangesFollower.objects.get_or_create(
            name=NAME, defaults={"position": following}
        )
    else:
        rows = ChangesFollower.objects.filter(name=NAME, position=position)
        is_first = bool(rows.update(position=following))
    if is_first and page.rows:
        _link({id_ for id_, _ in page.rows})
    return is_first


def _link(changed: Collection[int]) -> None:
    """Link adverts anew, and all whose car can depend on what they say or said before.

    A clue that too many had, and have, linked nothing and still does: so a stock photo costs no
    more than looking that up, however many adverts show it.
    """
    concerned, sharers = clues.rewritten(changed, clues.said(changed))
    found = Neighbourhood.of(concerned, sharers)
    _write(concerned | found.near, same_cars(found.adverts()))


def _write(concerned: Collection[int], cars: Mapping[int, int]) -> None:
    linked = {id_: cars[id_] for id_ in concerned if id_ in cars}
    with connection.cursor() as cursor:
        cursor.execute(_UNLINK, [[id_ for id_ in concerned if id_ not in cars]])
        if linked:
            cursor.execute(_LINK, [list(linked), list(linked.values())])
