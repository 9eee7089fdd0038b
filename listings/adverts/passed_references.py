"""References that undoing brings back to an advert, while another advert has them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from listings.models import ListingEvent

_HOLDERS = """
    SELECT DISTINCT other.id FROM listings_listingevent AS event
    JOIN listings_listing AS listing ON listing.id = event.listing_id
    JOIN listings_listing AS other ON other.dealer_id = listing.dealer_id
        AND other.stock_ref = event.changes->'stock_ref'->>0 AND other.id <> listing.id
    WHERE event.change_set_id = ANY(%s) AND event.listing_id = ANY(%s)
        AND event.changes ? 'stock_ref'
"""
_HELD = f"""
    SELECT wanted.id, other.id, EXISTS (
        SELECT FROM listings_listingevent AS event WHERE event.listing_id = other.id
            AND event.kind = '{ListingEvent.Kind.CREATED}' AND event.change_set_id = ANY(%s)
    )
    FROM unnest(%s::bigint[], %s::text[]) AS wanted (id, ref)
    JOIN listings_listing AS listing ON listing.id = wanted.id
    JOIN listings_listing AS other ON other.dealer_id = listing.dealer_id
        AND other.stock_ref = wanted.ref AND other.id <> wanted.id
"""  # noqa: S608 - put together from constants


def holders_of(change_set_ids: Collection[int], listing_ids: Collection[int]) -> set[int]:
    """Return the adverts that have references which the change sets took from others."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [list(change_set_ids), list(listing_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def held(wanted: Mapping[int, str], change_set_ids: Collection[int]) -> dict[int, tuple[int, bool]]:
    """Return who has the reference that each advert wants, and whether the sets created that."""
    if not wanted:
        return {}
    given: list[Any] = [list(change_set_ids), list(wanted), list(wanted.values())]
    with connection.cursor() as cursor:
        cursor.execute(_HELD, given)
        return {pk: (other, is_created) for pk, other, is_created in cursor.fetchall()}
