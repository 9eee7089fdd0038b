"""Changing fields of adverts, in sets: only what differs is written and logged.

What a person writes is locked: feeds leave those fields alone until `unlock_fields`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from listings.adverts.context import WriteContext
from listings.adverts.equipment import TEXTS, equipment_of
from listings.adverts.events import LogEntry, record
from listings.adverts.fields import COLUMNS, ROWS, cleaned
from listings.adverts.refusals import in_parts
from listings.adverts.states import ListingState, lock_listings
from listings.choices import Confirmation, PriceReason, Source, Status
from listings.exceptions import InvalidListing, ListingNotFound, NameUnconfirmed
from listings.models import Listing, ListingEvent
from listings.pricing import attribute_prices
from marketplace.errors import DomainError

_NAMED = {column: field for field, column in ROWS.items()}
_ASSIGNMENTS = ", ".join(
    f"{column} = coalesce((row->'values'->>'{_NAMED[column]}')::bigint, listing.{column})"
    if column in _NAMED
    else f"{column} = filled.{column}"
    for column in COLUMNS
)
_ROWS = ", ".join(f"'{field}', listing.{column}" for field, column in ROWS.items())

# Without OFFSET the advert would be made JSON of anew for every field that is compared.
CURRENT = f"SELECT to_jsonb(listing) || jsonb_build_object({_ROWS}) AS car OFFSET 0"
"""An advert as it is, its fields by the names that events and callers use."""

# A make and its model are one choice: whoever locks one locks both.
_IS_LOCKED = """(%(respects_locks)s AND (
    given.key = ANY(listing.locked_fields)
    OR given.key IN ('make', 'model') AND listing.locked_fields && '{make,model}'
))"""

_DIFFER = f"""
    SELECT listing.id, listing.status,
        jsonb_object_agg(given.key, given.value) FILTER (WHERE NOT {_IS_LOCKED}),
        jsonb_object_agg(given.key, jsonb_build_array(now.car->given.key, given.value))
            FILTER (WHERE NOT {_IS_LOCKED}),
        array_agg(given.key ORDER BY given.key) FILTER (WHERE {_IS_LOCKED}),
        CASE WHEN bool_or(given.key = ANY(%(texts)s) AND NOT {_IS_LOCKED}) THEN jsonb_build_object(
            'derivative', derivative, 'features', features, 'description', description
        ) END,
        array_agg(given.key ORDER BY given.key)
            FILTER (WHERE NOT given.key = ANY(listing.locked_fields))
    FROM jsonb_array_elements(%(rows)s::jsonb) AS row
    JOIN listings_listing AS listing ON listing.id = (row->>'id')::bigint,
        LATERAL ({CURRENT}) AS now,
        jsonb_each(row->'values') AS given
    WHERE now.car->given.key IS DISTINCT FROM given.value
    GROUP BY listing.id ORDER BY listing.id
"""  # noqa: S608 - put together from constants

# Two adverts that swap their marks or references have no order in which no rule is ever broken.
_FREE = {
    "vrm": "UPDATE listings_listing SET vrm = NULL WHERE id = ANY(%s)",
    "stock_ref": "UPDATE listings_listing SET stock_ref = NULL WHERE id = ANY(%s)",
}

_CHANGE = f"""
    UPDATE listings_listing AS listing SET {_ASSIGNMENTS},
        equipment = coalesce((row->>'equipment')::bigint, listing.equipment),
        locked_fields = CASE WHEN %(locks)s THEN ARRAY(
            SELECT DISTINCT name COLLATE "C" FROM (
                SELECT unnest(listing.locked_fields)
                UNION ALL SELECT jsonb_object_keys(row->'values')
            ) AS locked (name) ORDER BY 1
        ) ELSE listing.locked_fields END
    FROM jsonb_array_elements(%(rows)s::jsonb) AS row
    JOIN listings_listing AS before ON before.id = (row->>'id')::bigint,
        jsonb_populate_record(before, row->'values') AS filled
    WHERE listing.id = before.id
"""  # noqa: S608 - put together from constants


class Changed(NamedTuple):
    """The fields of an advert that were written, and those that a lock kept as they are."""

    fields: list[str]
    kept: list[str]


class _Difference(NamedTuple):
    listing_id: int
    status: str
    values: dict[str, object]
    changes: dict[str, Any]
    kept: list[str]
    texts: dict[str, Any]
    unlocked: list[str]

    def row(self) -> dict[str, object]:
        """Return what is written, with what the texts now say where one of them differs."""
        row: dict[str, object] = {"id": self.listing_id, "values": self.values}
        if self.texts:
            row["equipment"] = equipment_of({**self.texts, **self.values})
        return row


def edit_listing(
    *,
    listing_id: int,
    changes: Mapping[str, Any],
    actor_id: int | None,
    price_reason: PriceReason = PriceReason.EDIT,
    source: Source = Source.PERSON,
    reason: str = "",
) -> Listing:
    """Change some fields of one advert, as `edit_listings` does; raises what it returns."""
    by = WriteContext(source, reason, actor_id, price_reason)
    with transaction.atomic():
        changed = edit_listings(changes={listing_id: changes}, by=by)[listing_id]
        if isinstance(changed, DomainError):
            raise changed
        return Listing.objects.get(pk=listing_id)


@transaction.atomic
def edit_listings(
    *, changes: Mapping[int, Mapping[str, Any]], by: WriteContext
) -> dict[int, Changed | DomainError]:
    """Change some fields of adverts, by their ids; return what became of each.

    Values are as in `draft_listings`, and so are the refusals; besides these there are
    `ListingNotFound`, and `NameUnconfirmed`, `NotPublishable` or `AlreadyLive` where a live advert
    may not become this. Without a difference nothing is written or logged.
    """
    states = lock_listings(listing_ids=changes)
    values: dict[int, dict[str, object]] = {}
    refused: dict[int, Changed | DomainError] = {}
    for pk, fields in changes.items():
        try:
            values[pk] = _cleaned(fields, states.get(pk))
        except (InvalidListing, ListingNotFound, NameUnconfirmed) as error:
            refused[pk] = error

    def write(ids: Sequence[int]) -> list[Changed]:
        changed = change_listings(values={pk: values[pk] for pk in ids}, by=by)
        return [changed.get(pk, Changed([], [])) for pk in ids]

    return refused | dict(zip(values, in_parts(list(values), write), strict=True))


def change_listings(
    *, values: Mapping[int, Mapping[str, object]], by: WriteContext, locks: bool = True
) -> dict[int, Changed]:
    """Write what differs, by the adverts' ids, which `lock_listings` has locked.

    Values are as in `create_listings`. A feed leaves locked fields alone, a person locks what is
    written, unless `locks` says that nothing is. Returns the adverts where anything differs. Raises
    as `create_listings`.
    """
    if not values:
        return {}
    found = _differing(values, by)
    writes = [row for row in found if row.values]
    if writes:
        attribute_prices(reason=by.price_reason, actor_id=by.actor_id)
        _write(writes, by, locks=locks and by.source == Source.PERSON)
    return {row.listing_id: Changed(sorted(row.values), row.kept) for row in found}


def _cleaned(fields: Mapping[str, Any], state: ListingState | None) -> dict[str, object]:
    if state is None:
        raise ListingNotFound(ListingNotFound.words)
    if state.status == Status.LIVE and _is_unconfirmed(fields):
        raise NameUnconfirmed(NameUnconfirmed.words, fields={"model": [NameUnconfirmed.words]})
    return cleaned(fields, dealer_id=state.dealer_id, make_id=state.make_id)


def _is_unconfirmed(fields: Mapping[str, Any]) -> bool:
    names = (fields.get("make"), fields.get("model"))
    return any(each and each.confirmation == Confirmation.PENDING for each in names)


def _differing(values: Mapping[int, Mapping[str, object]], by: WriteContext) -> list[_Difference]:
    given: dict[str, Any] = {
        "rows": _json([{"id": pk, "values": fields} for pk, fields in values.items()]),
        "respects_locks": by.source == Source.FEED,
        "texts": list(TEXTS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIFFER, given)
        return [
            _Difference(
                pk, status, _loaded(new), _loaded(log), kept or [], _loaded(texts), free or []
            )
            for pk, status, new, log, kept, texts, free in cursor.fetchall()
        ]


def _write(rows: Sequence[_Difference], by: WriteContext, *, locks: bool) -> None:
    given: dict[str, Any] = {
        "rows": _json([row.row() for row in rows]),
        "locks": locks,
    }
    with connection.cursor() as cursor:
        for name, statement in _FREE.items():
            if passed_on := _passed_on(rows, name):
                cursor.execute(statement, [passed_on])
        cursor.execute(_CHANGE, given)
    kind = ListingEvent.Kind.EDITED
    entries = [
        LogEntry(
            row.listing_id,
            kind,
            row.status,
            row.status,
            row.changes,
            row.unlocked if locks else None,
        )
        for row in rows
    ]
    record(entries=entries, by=by)


def _passed_on(rows: Sequence[_Difference], name: str) -> list[int]:
    """Return the adverts whose name, of a kind, another of these takes over."""
    pairs = {row.listing_id: row.changes[name] for row in rows if name in row.values}
    taken = {after for _, after in pairs.values() if after}
    return [pk for pk, (before, _) in pairs.items() if before in taken]


def _loaded(text: str | None) -> dict[str, Any]:
    return orjson.loads(text) if text else {}


def _json(rows: list[dict[str, object]]) -> str:
    return orjson.dumps(rows).decode()
