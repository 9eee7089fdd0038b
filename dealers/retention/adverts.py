"""What adverts that ended leave behind, and when its time is over."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from dealers.models import ExpiryNotice, FeedCar
from listings.adverts.former_names import forget_names
from listings.models import ChangeSet, Listing, ListingEvent, Photo, PhotoSource, PriceChange
from listings.models.conditions import ENDED, in_status
from listings.pricing.packed_history import pack_prices

# What a car is known by may be its mark; other cells of its row may hold it too.
_FORGET_FEED_CARS = """
    UPDATE dealers_feedcar SET vrm = '', vin = '', extra = NULL, raw_hash = NULL, key = CASE
        WHEN key ~ '^(vrm|vin):' OR upper(regexp_replace(substr(key, 4), '[^A-Za-z0-9]', '', 'g'))
            IN (nullif(vrm, ''), nullif(vin, '')) THEN 'former:' || id
        ELSE key END
    WHERE listing_id = ANY(%s)
"""


def long_ended(before: datetime) -> QuerySet[Listing]:
    """Return adverts that ended, and with which nothing has happened since a moment."""
    since = ListingEvent.objects.filter(listing=OuterRef("pk"), happened_at__gte=before)
    ended = Listing.objects.filter(in_status(*ENDED), created_at__lt=before)
    return ended.exclude(sold_at__gte=before).exclude(expires_at__gte=before).exclude(Exists(since))


def with_photos(before: datetime) -> QuerySet[Listing]:
    """Return those of them that have photos, or addresses of photos."""
    photos = Photo.objects.filter(listing=OuterRef("pk"))
    sources = PhotoSource.objects.filter(listing=OuterRef("pk"))
    return long_ended(before).filter(Exists(photos) | Exists(sources))


@transaction.atomic
def remove_photos(before: datetime, limit: int) -> int:
    """Remove the photos of some adverts; a trigger notes their files, which another job deletes.

    A feed that brings such a car back is read anew, and so brings its photos.
    """
    ids = _locked(with_photos(before), limit)
    Photo.objects.filter(listing__in=ids).delete()
    PhotoSource.objects.filter(listing__in=ids).delete()
    FeedCar.objects.filter(listing__in=ids).update(raw_hash=None)
    return len(ids)


def with_names(before: datetime) -> QuerySet[Listing]:
    """Return those of the long ended that have a mark or VIN."""
    return long_ended(before).filter(Q(vrm__isnull=False) | Q(vin__isnull=False))


@transaction.atomic
def forget_marks(before: datetime, limit: int) -> int:
    """Keep digests in the place of the marks and VINs of some adverts, and of feeds' cars."""
    ids = _locked(with_names(before), limit)
    forget_names(list(Listing.objects.filter(pk__in=ids).order_by("pk")))
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_FEED_CARS, [ids])
    return len(ids)


def with_price_changes(before: datetime) -> QuerySet[Listing]:
    """Return those of the long ended whose prices are not packed."""
    changes = PriceChange.objects.filter(listing=OuterRef("pk"))
    return long_ended(before).filter(Exists(changes))


@transaction.atomic
def pack_ended_prices(before: datetime, limit: int) -> int:
    return pack_prices(_locked(with_price_changes(before), limit))


def with_events(before: datetime) -> QuerySet[Listing]:
    """Return those of the long ended of which events are kept."""
    return long_ended(before).filter(Exists(ListingEvent.objects.filter(listing=OuterRef("pk"))))


@transaction.atomic
def remove_events(before: datetime, limit: int) -> int:
    """Delete the events of some adverts, and the reminders of their ends."""
    ids = _locked(with_events(before), limit)
    ListingEvent.objects.filter(listing__in=ids).delete()
    ExpiryNotice.objects.filter(listing__in=ids).delete()
    return len(ids)


def change_sets_without_events(before: datetime) -> QuerySet[ChangeSet]:
    events = ListingEvent.objects.filter(change_set=OuterRef("pk"))
    return ChangeSet.objects.filter(created_at__lt=before).exclude(Exists(events))


def _locked(rows: QuerySet[Listing], limit: int) -> list[int]:
    locked = rows.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(locked.values_list("pk", flat=True)[:limit])
