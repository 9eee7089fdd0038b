"""Who writes many adverts, where an advert stands, and the log of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from listings.choices import PriceReason, Source, Status
from listings.models import Listing, ListingEvent

COLUMNS = tuple(
    field.attname
    for field in Listing._meta.concrete_fields
    if field.editable and not field.primary_key and field.name != "dealer"
)
"""What a dealer's stock says about a car, as columns of the table."""

ROWS = {"branch": "branch_id", "make": "make_id", "model": "model_id"}
"""Fields that name another row, with their columns."""

# `car` is the advert, `dealer` its dealer: what `lifecycle` refuses for every advert going live.
REFUSAL = """
    CASE
        WHEN NOT dealer.is_active THEN 'dealer_suspended'
        WHEN car.write_off IN ('a', 'b') THEN 'not_publishable'
        WHEN EXISTS (
            SELECT FROM listings_listing AS other
            WHERE other.dealer_id = dealer.id AND other.vrm = car.vrm AND other.status = 'live'
                AND other.id <> car.id
        ) THEN 'already_live'
        ELSE ''
    END
"""

_LOG = """
    INSERT INTO listings_listingevent
        (listing_id, kind, from_status, to_status, actor_id, reason, source)
    SELECT event.id, %s, nullif(event.was, ''), %s, %s, %s, %s
    FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS event (id, was, place)
    ORDER BY event.place
"""


@dataclass(frozen=True)
class WriteContext:
    """Who writes and why, for the log and the price history."""

    source: Source
    reason: str
    actor_id: int | None = None
    price_reason: PriceReason = PriceReason.FEED


class ListingState(NamedTuple):
    """Where an advert stands; `refusal` is the code of what keeps it off sale, or empty."""

    listing_id: int
    status: str
    published_at: datetime | None
    expires_at: datetime | None
    sold_at: datetime | None
    refusal: str


def log(kind: ListingEvent.Kind, to: Status, was: Mapping[int, str], by: WriteContext) -> None:
    """Write one event for each advert; `was` maps ids to the status before, empty for none."""
    if not was:
        return
    given = [kind, to, by.actor_id, by.reason, by.source, list(was), list(was.values())]
    with connection.cursor() as cursor:
        cursor.execute(_LOG, given)
