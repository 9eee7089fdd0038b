"""What a feed remembers of the cars in a batch."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from listings.photos import set_photo_urls_in_bulk

# A row of a known car, whatever it was known by, becomes the newest thing remembered of it.
_REMEMBER = """
    WITH told AS MATERIALIZED (
        SELECT car.* FROM json_to_recordset(%(cars)s::json) AS car (
            car bigint, key text, vrm text, vin text, listing bigint, hash text, extra jsonb,
            price bigint, gone boolean
        )
    ), moved AS (
        UPDATE dealers_feedcar AS known SET key = told.key, listing_id = told.listing,
            vrm = coalesce(told.vrm, known.vrm), vin = coalesce(told.vin, known.vin),
            raw_hash = decode(told.hash, 'hex'), extra = told.extra, price = told.price,
            changed_run = %(run)s, applied_at = clock_timestamp(), absent_since = NULL,
            gone_at = CASE WHEN told.gone THEN coalesce(known.gone_at, now()) END
        FROM told WHERE known.id = told.car
    )
    INSERT INTO dealers_feedcar
        (feed_id, key, vrm, vin, listing_id, raw_hash, extra, price, changed_run, applied_at,
            gone_at)
    SELECT %(feed)s, key, coalesce(vrm, ''), coalesce(vin, ''), listing, decode(hash, 'hex'),
        extra, price, %(run)s, clock_timestamp(),
        CASE WHEN gone THEN now() END
    FROM told WHERE car IS NULL
    ON CONFLICT (listing_id, feed_id) DO UPDATE SET key = excluded.key,
        vrm = excluded.vrm, vin = excluded.vin, raw_hash = excluded.raw_hash,
        extra = excluded.extra, price = excluded.price, changed_run = excluded.changed_run,
        applied_at = clock_timestamp(), absent_since = NULL, gone_at = excluded.gone_at
"""


def remember(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Keep what the file says of the cars that a batch has written, and ask for their photos."""
    written = [row for row in rows if row.staged and row.listing_id]
    cars = [
        {
            "car": row.car_id,
            "key": row.key,
            "vrm": row.staged.values.get("vrm"),
            "vin": row.staged.values.get("vin"),
            "listing": row.listing_id,
            "hash": row.raw_hash.hex(),
            "extra": row.extra,
            "price": row.staged.values.get("price", row.car.price if row.car else None),
            "gone": row.stays_gone or row.staged.availability == "sold",
        }
        for row in written
        if row.staged
    ]
    if cars:
        given: dict[str, Any] = {
            "cars": orjson.dumps(cars).decode(),
            "run": context.run_id,
            "feed": context.config.feed_id,
        }
        with connection.cursor() as cursor:
            cursor.execute(_REMEMBER, given)
        _ask_for_photos(context, written)


def _ask_for_photos(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    by_listing = {row.listing_id: row for row in rows if row.listing_id}
    wanted = [
        (pk, row.staged.photos)
        for pk, row in by_listing.items()
        if row.staged and row.staged.photos is not None
    ]
    by = context.by
    told = set_photo_urls_in_bulk(wanted, actor_id=by.actor_id, source=by.source, origin=by.origin)
    for pk in told.changed:
        row = by_listing[pk]
        if row.outcome in (Outcome.UNCHANGED, Outcome.UPDATED):
            row.outcome, row.fields = Outcome.UPDATED, [*row.fields, "photos"]
    for pk, messages in told.warnings.items():
        for message in messages:
            by_listing[pk].warn("photo", message, "photos")
