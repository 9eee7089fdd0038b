"""Which car a reference goes with, where another advert of the dealer has it: the one in the file.

A number that is used again goes with the new car, and goes back with the old one. Only a car of the
same feed gives its number up, which no other feed brings and nobody wrote by hand.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from dealers.feeds.imports.batch import StagedRow
from dealers.feeds.imports.context import ImportContext
from listings.models import Listing

_OWNERS = """
    SELECT listing.stock_ref, listing.id, NOT 'stock_ref' = ANY (listing.locked_fields)
        AND EXISTS (
            SELECT FROM dealers_feedcar AS car
            WHERE car.listing_id = listing.id AND car.feed_id = %(feed)s
        )
        AND NOT EXISTS (
            SELECT FROM dealers_feedcar AS car
            WHERE car.listing_id = listing.id AND car.feed_id <> %(feed)s AND car.gone_at IS NULL
        )
    FROM listings_listing AS listing
    WHERE listing.dealer_id = %(dealer)s AND listing.stock_ref = ANY(%(refs)s)
"""


class RefOwner(NamedTuple):
    """The advert that has a reference which a row gives another car."""

    listing_id: int
    gives_up: bool


def owners_of(context: ImportContext, rows: Sequence[StagedRow]) -> dict[str, RefOwner]:
    """Return who has the references of rows that are other cars, by the references."""
    wanted = {ref: row for row in rows if (ref := _ref(row))}
    if not wanted:
        return {}
    locked = _writers_locked(rows)
    given: dict[str, Any] = {
        "feed": context.config.feed_id,
        "dealer": context.config.dealer_id,
        "refs": list(wanted),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, given)
        return {
            ref: RefOwner(pk, gives_up and wanted[ref].listing_id not in locked)
            for ref, pk, gives_up in cursor.fetchall()
            if pk != wanted[ref].listing_id
        }


def drop_taken(
    values: Mapping[int, dict[str, object]], owners: Mapping[str, RefOwner]
) -> dict[int, dict[str, object]]:
    """Take references out of values that their owners keep; return what the others give up."""
    given_up: dict[int, dict[str, object]] = {}
    for stated in values.values():
        owner = owners.get(str(stated.get("stock_ref") or ""))
        if owner is None:
            continue
        if owner.gives_up:
            given_up[owner.listing_id] = {"stock_ref": None}
        else:
            del stated["stock_ref"]
    return {pk: each for pk, each in given_up.items() if not values.get(pk, {}).get("stock_ref")}


def _ref(row: StagedRow) -> str:
    return str(row.staged.values.get("stock_ref") or "") if row.staged else ""


def _writers_locked(rows: Sequence[StagedRow]) -> set[int]:
    """Return the adverts of rows whose own reference was written by hand."""
    ids = [row.listing_id for row in rows if row.listing_id]
    locked = Listing.objects.filter(pk__in=ids, locked_fields__contains=["stock_ref"])
    return set(locked.values_list("pk", flat=True)) if ids else set()
