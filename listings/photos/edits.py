"""The verbs of a person: add a photograph, remove it, put them in order."""

from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction

from listings.models import Listing, ListingEvent, Photo, PhotoOriginal, PhotoSource
from listings.photos.files import discard_due, made_from
from listings.photos.order import locked_listing, number, refuse_one_more
from listings.photos.pictures import check_picture
from listings.photos.tasks import make_photo_sizes
from marketplace import quotas
from marketplace.outbox import enqueue


@transaction.atomic
def add_photo(*, listing_id: int, upload: BinaryIO, actor_id: int | None) -> Photo:
    """Append a photo to an advert; raises as `check_picture` and `locked_listing` do.

    It raises `QuotaReached` and `StorageFull` as well. A small picture is there at once; a
    worker makes the larger sizes from the original and discards that.
    """
    checked = check_picture(upload)
    files = made_from(checked.preview)
    listing = locked_listing(listing_id)
    photos = list(listing.photos.select_related("source"))
    refuse_one_more(photos)
    _refuse_beyond_quotas(listing.dealer_id)
    count = len(photos)
    photo = Photo.objects.create(listing=listing, position=count, **files.fields)
    PhotoOriginal.objects.create(photo=photo, content=checked.content)
    _log(listing, actor_id, before=count, after=count + 1)
    files.write_with_transaction()
    enqueue(make_photo_sizes, photo.pk)
    return photo


@transaction.atomic
def remove_photo(*, listing_id: int, photo_id: int, actor_id: int | None) -> None:
    """Remove a photo, and its files once that is certain; one that is gone already is no error.

    One that was fetched stays away for as long as its address is on the advert's list.
    """
    listing = locked_listing(listing_id)
    photos = list(listing.photos.all())
    gone = next((photo for photo in photos if photo.pk == photo_id), None)
    if gone is None:
        return
    sources = PhotoSource.objects.filter(photo=gone)
    sources.wanted().update(state=PhotoSource.FetchState.REMOVED, next_attempt_at=None)
    sources.exclude(state=PhotoSource.FetchState.REMOVED).delete()
    gone.delete()
    number([photo for photo in photos if photo is not gone])
    _log(listing, actor_id, before=len(photos), after=len(photos) - 1)
    transaction.on_commit(discard_due, robust=True)


@transaction.atomic
def reorder_photos(*, listing_id: int, photo_ids: Sequence[int], actor_id: int | None) -> None:
    """Put an advert's photos in this order, the cover first; ones not named follow as they were."""
    listing = locked_listing(listing_id)
    photos = list(listing.photos.all())
    places = {photo_id: place for place, photo_id in enumerate(photo_ids)}
    ordered = sorted(photos, key=lambda photo: places.get(photo.pk, len(places)))
    if ordered == photos:
        return
    number(ordered)
    _log(listing, actor_id, before=len(photos), after=len(photos))


def _refuse_beyond_quotas(dealer_id: int) -> None:
    """An original of up to 20 MB stands in the database until a worker has made its sizes."""
    waiting = PhotoOriginal.objects.for_dealer(dealer_id)
    quotas.require("photos_waiting", dealer_id=dealer_id, count=waiting.count)
    mine = Photo.objects.for_dealer(dealer_id)
    quotas.require("photos", dealer_id=dealer_id, count=mine.count)


def _log(listing: Listing, actor_id: int | None, *, before: int, after: int) -> None:
    ListingEvent.objects.create(
        listing=listing,
        kind=ListingEvent.Kind.EDITED,
        from_status=listing.status,
        to_status=listing.status,
        actor_id=actor_id,
        changes={"photos": [before, after]},
    )
