"""Giving fields that a person wrote back to the feeds."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from listings.adverts.context import WriteContext
from listings.adverts.events import LogEntry, record
from listings.choices import Source
from listings.exceptions import ListingNotFound
from listings.models import Listing, ListingEvent


@transaction.atomic
def unlock_fields(*, listing_id: int, fields: Collection[str], actor_id: int | None) -> Listing:
    """Give fields back to the feeds, which write them when they next see the car.

    Fields that are not locked are no error. Raises `ListingNotFound`.
    """
    listing = Listing.objects.select_for_update(no_key=True).filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound(ListingNotFound.words)
    before = list(listing.locked_fields)
    listing.locked_fields = [name for name in before if name not in fields]
    if listing.locked_fields == before:
        return listing
    listing.unlocked_at = timezone.now()
    listing.save(update_fields=["locked_fields", "unlocked_at"])
    changes = {"locked_fields": [before, listing.locked_fields]}
    kind = ListingEvent.Kind.UNLOCKED
    entry = LogEntry(listing.pk, kind, listing.status, listing.status, changes)
    record(entries=[entry], by=WriteContext(Source.PERSON, actor_id=actor_id))
    return listing
