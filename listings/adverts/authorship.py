"""Who wrote each field of an advert last, as its log and its prices say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from listings.choices import PriceReason, Source
from listings.models import Listing, ListingEvent, PriceChange

_LAST_CHANGES = """
    SELECT DISTINCT ON (field) field, event.id
    FROM listings_listingevent AS event, jsonb_object_keys(event.changes) AS field
    WHERE event.listing_id = %s AND jsonb_typeof(event.changes) = 'object'
    ORDER BY field, event.id DESC
"""

_SOURCES = {
    PriceReason.FEED: Source.FEED,
    PriceReason.PLAN: Source.SYSTEM,
    PriceReason.LOAD: Source.SYSTEM,
}


@dataclass(frozen=True)
class Writing:
    """The last time somebody wrote a field; `source` is None where it was not kept."""

    source: str | None
    actor: Any
    at: datetime
    reason: str


def last_writings(listing: Listing) -> dict[str, Writing]:
    """Return who wrote each field last; fields that were never changed are the creator's.

    Four queries, however long the log.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST_CHANGES, [listing.pk])
        ids: dict[str, int] = dict(cursor.fetchall())
    events = ListingEvent.objects.select_related("actor").in_bulk(list(ids.values()))
    found = {name: _of_event(events[pk]) for name, pk in ids.items()}
    own = ListingEvent.objects.filter(listing=listing.pk, kind=ListingEvent.Kind.CREATED)
    created = own.select_related("actor").order_by("id").first()
    if created is not None:
        for field in Listing._meta.concrete_fields:
            if field.editable:
                found.setdefault(field.name, _of_event(created))
    price = _price(listing)
    if price is not None and ("price" not in found or price.at > found["price"].at):
        found["price"] = price
    return found


def _of_event(event: ListingEvent) -> Writing:
    return Writing(event.source, event.actor, event.happened_at, event.reason)


def _price(listing: Listing) -> Writing | None:
    """Return who set the price last, as its history says: plans leave no event."""
    changes = PriceChange.objects.filter(listing=listing.pk).select_related("actor")
    last = changes.order_by("-id").first()
    if last is None:
        return None
    reason = PriceReason(last.reason)
    source = _SOURCES.get(reason, Source.PERSON)
    return Writing(source, last.actor, last.changed_at, reason.label)
