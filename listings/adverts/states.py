"""Where adverts stand, read under a lock."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from listings.models.conditions import LIVE_SQL

# `car` is the advert that may go live, `dealer` its dealer.
TWIN = f"""
    LEFT JOIN LATERAL (
        SELECT listing.id FROM listings_listing AS listing
        WHERE listing.dealer_id = dealer.id AND listing.vrm = car.vrm AND {LIVE_SQL}
            AND listing.id <> car.id LIMIT 1
    ) AS twin ON true
"""  # noqa: S608 - put together from constants
OBSTACLE = """
    CASE
        WHEN NOT dealer.is_active THEN 'dealer_suspended'
        WHEN car.write_off IN ('a', 'b') THEN 'not_publishable'
        WHEN car.make_id IN (SELECT id FROM listings_make WHERE confirmation = 'pending')
            OR car.model_id IN (SELECT id FROM listings_model WHERE confirmation = 'pending')
            THEN 'name_unconfirmed'
        WHEN twin.id IS NOT NULL THEN 'already_live'
        ELSE ''
    END
"""
"""The code of what keeps an advert off sale; asks for `TWIN`."""

_LOCK = "SELECT FROM listings_listing WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

_STATES = f"""
    SELECT car.id, car.dealer_id, car.make_id, car.vrm, car.status, car.published_at,
        car.expires_at, car.reserved_until, car.reserved_by, car.sold_at, {OBSTACLE}, twin.id
    FROM listings_listing AS car JOIN dealers_dealer AS dealer ON dealer.id = car.dealer_id {TWIN}
    WHERE car.id = ANY(%s) ORDER BY car.id
"""  # noqa: S608 - put together from constants


class ListingState(NamedTuple):
    """Where an advert stands.

    `obstacle` is the code of what would keep it off sale, or empty; `twin_id` is the live advert
    of the same dealer and registration mark.
    """

    listing_id: int
    dealer_id: int
    make_id: int
    vrm: str | None
    status: str
    published_at: datetime | None
    expires_at: datetime | None
    reserved_until: datetime | None
    reserved_by: str | None
    sold_at: datetime | None
    obstacle: str
    twin_id: int | None


def lock_listings(*, listing_ids: Collection[int]) -> dict[int, ListingState]:
    """Lock adverts in the order of their keys; return where each that exists stands."""
    if not listing_ids:
        return {}
    ids = sorted(listing_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [ids])
        cursor.execute(_STATES, [ids])
        return {row[0]: ListingState(*row) for row in cursor.fetchall()}
