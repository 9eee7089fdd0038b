"""The log of writes: one change set for a call, one event for each advert it changed."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection

from listings.adverts.context import WriteContext
from listings.models import ListingEvent

OPEN_CHANGE_SET = """
    INSERT INTO listings_changeset (source, actor_id, reason, origin)
    SELECT %(source)s, %(actor)s::bigint, %(reason)s, %(origin)s
"""

_RECORD = f"""
    WITH change_set AS ({OPEN_CHANGE_SET} RETURNING id)
    INSERT INTO listings_listingevent (
        listing_id, kind, from_status, to_status, actor_id, reason, source, changes, locked,
        change_set_id
    )
    SELECT event.id, event.kind, event.was, event.became, %(actor)s::bigint,
        %(reason)s, %(source)s, event.changes::jsonb, event.locked::text[], change_set.id
    FROM change_set, unnest(
        %(ids)s::bigint[], %(kinds)s::text[], %(were)s::text[], %(became)s::text[],
        %(changes)s::text[], %(locked)s::text[]
    ) WITH ORDINALITY AS event (id, kind, was, became, changes, locked, place)
    ORDER BY event.place
"""  # noqa: S608 - put together from constants


class LogEntry(NamedTuple):
    """What happened to one advert; `locked` are fields that feeds leave alone from now on."""

    listing_id: int
    kind: ListingEvent.Kind
    was: str
    became: str
    changes: dict[str, Any]
    locked: list[str] | None = None


def record(*, entries: Sequence[LogEntry], by: WriteContext) -> None:
    """Write the log of one call, in this order; nothing where nothing happened."""
    if not entries:
        return
    ids, kinds, were, became, changes, locked = zip(*entries, strict=True)
    given = {
        "ids": list(ids),
        "kinds": list(kinds),
        "were": list(were),
        "became": list(became),
        "changes": [orjson.dumps(each).decode() for each in changes],
        "locked": [_array(each) for each in locked],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {**given, **signature(by)})


def signature(by: WriteContext) -> dict[str, Any]:
    """Return what `OPEN_CHANGE_SET` and the events of its call are given."""
    return {
        "source": by.source,
        "actor": by.actor_id,
        "reason": by.reason,
        "origin": by.origin,
    }


def _array(names: list[str] | None) -> str | None:
    """Write an array for PostgreSQL to read: of arrays of unequal length it makes no array."""
    return f"{{{','.join(names)}}}" if names else None
