"""Changing fields of many adverts: only what differs, and nothing that a person locked."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from django.db import connection

from listings.adverts.context import COLUMNS, ROWS, WriteContext
from listings.pricing import attribute_prices

_NAMED = {column: field for field, column in ROWS.items()}
_ASSIGNMENTS = ", ".join(
    f"{column} = coalesce((row->'values'->>'{_NAMED[column]}')::bigint, listing.{column})"
    if column in _NAMED
    else f"{column} = filled.{column}"
    for column in COLUMNS
)
_ROWS = ", ".join(f"'{field}', listing.{column}" for field, column in ROWS.items())

# Without OFFSET the advert would be made JSON of anew for every field that is compared.
_NOW = f"SELECT to_jsonb(listing) || jsonb_build_object({_ROWS}) AS car OFFSET 0"

# A make and its model are one choice: whoever locks one locks both.
_IS_LOCKED = """(
    given.key = ANY(listing.locked_fields)
    OR given.key IN ('make', 'model') AND listing.locked_fields && '{make,model}'
)"""

_DIFFER = f"""
    SELECT listing.id,
        jsonb_object_agg(given.key, given.value) FILTER (WHERE NOT {_IS_LOCKED}),
        jsonb_object_agg(given.key, jsonb_build_array(now.car->given.key, given.value))
            FILTER (WHERE NOT {_IS_LOCKED}),
        array_agg(given.key ORDER BY given.key) FILTER (WHERE {_IS_LOCKED})
    FROM jsonb_array_elements(%s::jsonb) AS row
    JOIN listings_listing AS listing ON listing.id = (row->>'id')::bigint,
        LATERAL ({_NOW}) AS now,
        jsonb_each(row->'values') AS given
    WHERE now.car->given.key IS DISTINCT FROM given.value
    GROUP BY listing.id
"""  # noqa: S608 - put together from constants

# Two live adverts that swap their marks have no order in which one rule is never broken.
_FREE_MARKS = "UPDATE listings_listing SET vrm = NULL WHERE id = ANY(%s) AND vrm IS NOT NULL"

_CHANGE = f"""
    UPDATE listings_listing AS listing SET {_ASSIGNMENTS}
    FROM jsonb_array_elements(%s::jsonb) AS row
    JOIN listings_listing AS before ON before.id = (row->>'id')::bigint,
        jsonb_populate_record(before, row->'values') AS filled
    WHERE listing.id = before.id
"""  # noqa: S608 - put together from constants

_LOG = """
    INSERT INTO listings_listingevent
        (listing_id, kind, from_status, to_status, actor_id, reason, source, changes)
    SELECT listing.id, 'edited', listing.status, listing.status, %s, %s, %s, row->'changes'
    FROM jsonb_array_elements(%s::jsonb) AS row
    JOIN listings_listing AS listing ON listing.id = (row->>'id')::bigint
    ORDER BY listing.id
"""


class Changed(NamedTuple):
    """The fields of an advert that were written, and those that a lock kept as they are."""

    fields: list[str]
    kept: list[str]


def change_listings(
    *, values: Mapping[int, Mapping[str, object]], by: WriteContext
) -> dict[int, Changed]:
    """Write what differs, by the adverts' ids, which `lock_listings` has locked.

    Returns the adverts where anything differs. Raises as `create_listings`.
    """
    if not values:
        return {}
    found = _differing(values)
    writes = [{"id": pk, "values": changes} for pk, changes, _, _ in found if changes]
    logs = [{"id": pk, "changes": log} for pk, changes, log, _ in found if changes]
    if writes:
        attribute_prices(reason=by.price_reason, actor_id=by.actor_id)
        moving = [pk for pk, changes, _, _ in found if changes and "vrm" in changes]
        with connection.cursor() as cursor:
            if moving:
                cursor.execute(_FREE_MARKS, [moving])
            cursor.execute(_CHANGE, [_json(writes)])
            cursor.execute(_LOG, [by.actor_id, by.reason, by.source, _json(logs)])
    return {pk: Changed(sorted(changes or ()), kept or []) for pk, changes, _, kept in found}


def _differing(values: Mapping[int, Mapping[str, object]]) -> list[Any]:
    rows = [{"id": pk, "values": fields} for pk, fields in values.items()]
    with connection.cursor() as cursor:
        cursor.execute(_DIFFER, [_json(rows)])
        return [
            (pk, changes and orjson.loads(changes), log and orjson.loads(log), kept)
            for pk, changes, log, kept in cursor.fetchall()
        ]


def _json(rows: list[dict[str, object]]) -> str:
    return orjson.dumps(rows).decode()
