"""Writing new adverts, many at once, live or as drafts."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from django.conf import settings
from django.db import connection

from listings.adverts.context import COLUMNS, REFUSAL, ROWS, WriteContext, log
from listings.choices import Status
from listings.models import ListingEvent
from listings.pricing import attribute_prices, take_default_plans

_DEFAULTS = json.dumps({"derivative": "", "description": "", "features": []})
_NAMED = {column: field for field, column in ROWS.items()}
_VALUES = ", ".join(
    f"(given.row->>'{_NAMED[column]}')::bigint AS {column}"
    if column in _NAMED
    else "CASE WHEN taken THEN NULL ELSE filled.stock_ref END AS stock_ref"
    if column == "stock_ref"
    else f"filled.{column}"
    for column in COLUMNS
)
_COLUMNS = ", ".join(COLUMNS)

# A mark or reference that another advert of the dealer has keeps the new one off sale, or leaves it
# without the reference: the row stands all the same, and the caller is told. With EXISTS
# the dealer's whole stock would be read for every batch.
_CREATE = f"""
    WITH car AS MATERIALIZED (
        SELECT given.place, nextval(pg_get_serial_sequence('listings_listing', 'id')) AS id,
            taken, {_VALUES}
        FROM jsonb_array_elements(%(rows)s::jsonb) WITH ORDINALITY AS given (row, place),
            jsonb_populate_record(NULL::listings_listing, '{_DEFAULTS}'::jsonb || given.row)
                AS filled,
            LATERAL (SELECT (
                SELECT other.id FROM listings_listing AS other
                WHERE other.dealer_id = %(dealer)s AND other.stock_ref = filled.stock_ref LIMIT 1
            ) IS NOT NULL AS taken OFFSET 0) AS reference
    ), judged AS MATERIALIZED (
        SELECT car.*, {REFUSAL} AS refusal
        FROM car JOIN dealers_dealer AS dealer ON dealer.id = %(dealer)s
    ), written AS (
        INSERT INTO listings_listing (
            id, dealer_id, status, published_at, confirmed_at, expires_at, {_COLUMNS}
        )
        SELECT id, %(dealer)s, CASE WHEN is_live THEN 'live' ELSE 'draft' END,
            CASE WHEN is_live THEN now() END, CASE WHEN is_live THEN now() END,
            CASE WHEN is_live THEN now() + %(days)s * interval '1 day' END, {_COLUMNS}
        FROM judged, LATERAL (SELECT %(live)s AND refusal = '' AS is_live) AS state
        ORDER BY place
    )
    SELECT id, CASE WHEN %(live)s THEN refusal ELSE '' END,
        %(live)s AND refusal = '', taken
    FROM judged ORDER BY place
"""  # noqa: S608 - put together from constants


class Created(NamedTuple):
    """A new advert; `refusal` is the code of what kept it off sale where it was to be live."""

    listing_id: int
    refusal: str
    is_live: bool
    lost_stock_ref: bool


def create_listings(
    *, dealer_id: int, rows: Sequence[Mapping[str, object]], live: bool, by: WriteContext
) -> list[Created]:
    """Write new adverts in this order, on sale at once where `live` and nothing forbids it.

    `rows` map names of fields to values that JSON can hold; branch, make and model are ids. Raises
    `IntegrityError` and `DataError` where a row breaks a rule: nothing is written then.
    """
    if not rows:
        return []
    attribute_prices(reason=by.price_reason, actor_id=by.actor_id)
    given = {
        "rows": orjson.dumps(rows).decode(),
        "dealer": dealer_id,
        "live": live,
        "days": settings.LISTING_LIFETIME_DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATE, given)
        created = [Created(*row) for row in cursor.fetchall()]
    is_live = {row.listing_id: row.is_live for row in created}
    log(ListingEvent.Kind.CREATED, Status.DRAFT, dict.fromkeys(is_live, ""), by)
    published = {pk: str(Status.DRAFT) for pk, live in is_live.items() if live}
    log(ListingEvent.Kind.PUBLISHED, Status.LIVE, published, by)
    take_default_plans(listing_ids=published, actor_id=by.actor_id)
    return created
