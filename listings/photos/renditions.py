"""The sizes of an uploaded photograph, made by a worker from the original."""

from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from listings.exceptions import InvalidListing
from listings.models import Listing, Photo, PhotoOriginal
from listings.photos.files import WIDTH_MAX, PhotoFiles, made_from, note_before_writing
from listings.photos.pictures import decoded
from marketplace.errors import StorageAway

ATTEMPTS_MAX = 5
OVERDUE = timedelta(minutes=2)
STORAGE_RETRY = timedelta(minutes=10)

_CLAIM = """
    UPDATE listings_photooriginal SET attempts = attempts + 1, next_attempt_at =
        CASE WHEN attempts + 1 < %(max)s THEN statement_timestamp() + interval '10 minutes' END
    WHERE photo_id = %(id)s AND next_attempt_at <= statement_timestamp()
    RETURNING content
"""

log = structlog.get_logger(__name__)


def make_sizes(*, photo_id: int) -> None:
    """Show an uploaded photo in every size and discard its original.

    Nothing happens where another worker is at it, where the photo is gone and where the sizes are
    made. A picture that cannot be made into sizes keeps its preview and its original; so does one
    whose sizes cannot be kept (`StorageAway`), and it is tried again until they can.
    """
    content = _claimed(photo_id)
    if content is None:
        return
    try:
        files = made_from(decoded(content, width_max=WIDTH_MAX))
    except InvalidListing as refusal:
        log.warning("photo_sizes_not_made", photo_id=photo_id, reason=refusal.message)
        PhotoOriginal.objects.filter(pk=photo_id).update(next_attempt_at=None)
        return
    note = note_before_writing(files)
    try:
        files.write()
    except StorageAway:  # no fault of the picture: the attempt does not count
        note.delete()
        PhotoOriginal.objects.filter(pk=photo_id, attempts__gt=0).update(
            attempts=F("attempts") - 1, next_attempt_at=timezone.now() + STORAGE_RETRY
        )
        raise
    with transaction.atomic():
        if _show(photo_id, files):
            note.delete()


def overdue_originals(*, limit: int) -> list[int]:
    """Return photos whose sizes should have been made by now."""
    due = PhotoOriginal.objects.filter(next_attempt_at__lte=timezone.now() - OVERDUE)
    return list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def _claimed(photo_id: int) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"id": photo_id, "max": ATTEMPTS_MAX})
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])


def _show(photo_id: int, files: PhotoFiles) -> bool:
    """Replace the preview by these files unless another worker has; whoever writes locks first."""
    listing_id = Photo.objects.filter(pk=photo_id).values("listing_id")
    Listing.objects.select_for_update(no_key=True).filter(pk__in=listing_id).first()
    deleted, _ = PhotoOriginal.objects.filter(pk=photo_id).delete()
    return bool(deleted and Photo.objects.filter(pk=photo_id).update(**files.fields))
