"""Writing new adverts, in sets, live or as drafts."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import connection, transaction

from listings.adverts.context import REASON_LENGTH_MAX, WriteContext
from listings.adverts.equipment import equipment_of
from listings.adverts.events import OPEN_CHANGE_SET, signature
from listings.adverts.fields import COLUMN_TYPES, COLUMNS, REQUIRED_FIELDS, ROWS, cleaned
from listings.adverts.refusals import in_parts
from listings.adverts.states import OBSTACLE, TWIN
from listings.choices import PriceReason, Source
from listings.exceptions import InvalidListing
from listings.language.derivative import Filled, fill, read
from listings.models import Listing
from listings.pricing import attribute_prices, take_default_plans
from marketplace.errors import DomainError

REMARK = "remark"
"""What the log says of a new advert beside the writer's reason; no field of it."""

_WRITTEN = (*COLUMNS, "equipment")
_COLUMNS = ", ".join(_WRITTEN)
_NAMED = {column: f"given.{field}" for field, column in ROWS.items()}
_VALUES_OF = {
    "stock_ref": "CASE WHEN taken THEN NULL ELSE given.stock_ref END",
    "derivative": "coalesce(given.derivative, '')",
    "description": "coalesce(given.description, '')",
    "features": "coalesce(given.features, '{}')",
    **_NAMED,
}
_VALUES = ", ".join(f"{_VALUES_OF.get(name, f'given.{name}')} AS {name}" for name in _WRITTEN)
_GIVEN = ", ".join(
    f"{_NAMED.get(name, name).removeprefix('given.')} {COLUMN_TYPES[name]}" for name in _WRITTEN
)

# A mark or reference that another advert of the dealer has keeps the new one off sale, or leaves it
# without the reference: the row stands all the same, and the caller is told. With EXISTS
# the dealer's whole stock would be read for every batch.
_CREATE = f"""
    WITH car AS MATERIALIZED (
        SELECT given.ordinality AS place,
            nextval(pg_get_serial_sequence('listings_listing', 'id')) AS id,
            taken, given.{REMARK}, {_VALUES}
        FROM ROWS FROM (json_to_recordset(%(rows)s::json) AS ({_GIVEN}, {REMARK} text))
                WITH ORDINALITY AS given,
            LATERAL (SELECT %(drops_taken_refs)s AND (
                SELECT other.id FROM listings_listing AS other
                WHERE other.dealer_id = %(dealer)s AND other.stock_ref = given.stock_ref LIMIT 1
            ) IS NOT NULL AS taken OFFSET 0) AS reference
    ), judged AS MATERIALIZED (
        SELECT car.*, {OBSTACLE} AS refusal
        FROM car JOIN dealers_dealer AS dealer ON dealer.id = %(dealer)s {TWIN}
    ), written AS (
        INSERT INTO listings_listing (
            id, dealer_id, status, published_at, confirmed_at, expires_at, {_COLUMNS}
        )
        SELECT id, %(dealer)s, CASE WHEN is_live THEN 'live' ELSE 'draft' END,
            CASE WHEN is_live THEN now() END, CASE WHEN is_live THEN now() END,
            CASE WHEN is_live THEN now() + %(days)s * interval '1 day' END, {_COLUMNS}
        FROM judged, LATERAL (SELECT %(live)s AND refusal = '' AS is_live) AS state
        ORDER BY place
    ), change_set AS (
        {OPEN_CHANGE_SET} RETURNING id
    ), told AS (
        INSERT INTO listings_listingevent (
            listing_id, kind, from_status, to_status, actor_id, reason, source, change_set_id
        )
        SELECT event.id, kind, was, became, %(actor)s::bigint,
            left(concat_ws(' ', nullif(%(reason)s, ''), remark), {REASON_LENGTH_MAX}),
            %(source)s, change_set.id
        FROM change_set, (
            SELECT id, place, 1 AS step, 'created' AS kind, NULL AS was, 'draft' AS became, remark
            FROM judged
            UNION ALL SELECT id, place, 2, 'published', 'draft', 'live', NULL
            FROM judged WHERE %(live)s AND refusal = ''
        ) AS event
        ORDER BY step, place
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


def create_listing(
    *,
    fields: Mapping[str, Any],
    actor_id: int | None,
    price_reason: PriceReason = PriceReason.EDIT,
    source: Source = Source.PERSON,
    reason: str = "",
) -> Listing:
    """Write one new draft, as `draft_listings` does; raises what it returns."""
    by = WriteContext(source, reason, actor_id, price_reason)
    _refuse_incomplete(fields)
    with transaction.atomic():
        dealer_id = fields["branch"].dealer_id
        (made,) = draft_listings(dealer_id=dealer_id, rows=[fields], by=by)
        if isinstance(made, DomainError):
            raise made
        return Listing.objects.get(pk=made)


@transaction.atomic
def draft_listings(
    *, dealer_id: int, rows: Sequence[Mapping[str, Any]], by: WriteContext
) -> list[int | DomainError]:
    """Write new drafts in this order; return the id of each, or why it was not written.

    `rows` map names of `EDITABLE_FIELDS` to values, rows for keys. What the derivative states
    fills the fields that are missing; where it contradicts one, the field stands and the event
    says so. Refusals are `InvalidListing` with a message for each field at fault, and
    `DuplicateStockRef`.
    """
    drafts = [_draft(fields, dealer_id) for fields in rows]

    def write(part: Sequence[dict[str, object]]) -> list[int]:
        created = create_listings(
            dealer_id=dealer_id, rows=part, live=False, by=by, drops_taken_refs=False
        )
        return [row.listing_id for row in created]

    ready = [each for each in drafts if not isinstance(each, DomainError)]
    written = iter(in_parts(ready, write))
    return [each if isinstance(each, DomainError) else next(written) for each in drafts]


def create_listings(
    *,
    dealer_id: int,
    rows: Sequence[Mapping[str, object]],
    live: bool,
    by: WriteContext,
    drops_taken_refs: bool = True,
) -> list[Created]:
    """Write new adverts in this order, on sale at once where `live` and nothing forbids it.

    `rows` map names of fields to values that JSON can hold; branch, make and model are ids.
    A row may have a `REMARK`, too. A stock reference that is taken is left out and told, where
    `drops_taken_refs`. Raises `IntegrityError` and `DataError`
    where a row breaks a rule: nothing is written then.
    """
    if not rows:
        return []
    attribute_prices(reason=by.price_reason, actor_id=by.actor_id)
    given = {"dealer": dealer_id, "live": live, "drops_taken_refs": drops_taken_refs}
    created = _insert(rows, {**given, **signature(by)})
    published = [row.listing_id for row in created if row.is_live]
    if published:
        take_default_plans(listing_ids=published, actor_id=by.actor_id)
    return created


def _insert(rows: Sequence[Mapping[str, object]], given: Mapping[str, Any]) -> list[Created]:
    read = [{**row, "equipment": equipment_of(row)} for row in rows]
    told = {"rows": orjson.dumps(read).decode(), "days": settings.LISTING_LIFETIME_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_CREATE, {**told, **given})
        return [Created(*row) for row in cursor.fetchall()]


def _draft(fields: Mapping[str, Any], dealer_id: int) -> dict[str, object] | DomainError:
    try:
        _refuse_incomplete(fields)
        filled = fill(fields, read(str(fields.get("derivative", ""))))
        values = cleaned({**fields, **filled.added}, dealer_id=dealer_id)
    except InvalidListing as error:
        return error
    remark = _contradictions(filled)
    return {**values, REMARK: remark} if remark else values


def _refuse_incomplete(fields: Mapping[str, Any]) -> None:
    missing = {name: ["This field is required."] for name in REQUIRED_FIELDS - fields.keys()}
    if missing:
        raise InvalidListing("Some fields are missing.", fields=missing)


def _contradictions(filled: Filled) -> str:
    differing = (f"{each.field} {each.read}, not {each.stated}" for each in filled.contradictions)
    said = ", ".join(differing)
    return f"The derivative says {said}." if said else ""
