"""Difference hashes for photos that were stored before there were any, a batch at a time."""

import io
import time
from collections.abc import Sequence

import structlog
from django.core.files.storage import default_storage
from django.db import connection, transaction
from PIL import Image

from listings.models import Listing, Photo
from listings.photos.difference_hash import NO_HASH, difference_hash
from marketplace.errors import StorageAway

BATCH = 100
WIDTH_MIN = 320  # pixels of the file that is read
SECONDS_MAX = 15.0

_WRITE = """
    UPDATE listings_photo AS photo SET difference_hash = given.hash
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given (id, image, hash)
    WHERE photo.id = given.id AND photo.image = given.image AND photo.difference_hash IS NULL
"""

log = structlog.get_logger(__name__)


def add_missing_hashes(*, batch: int = BATCH, seconds_max: float = SECONDS_MAX) -> int:
    """Hash photos that have no hash, for so many seconds; return how many were written.

    The smallest file of at least `WIDTH_MIN` is read. One that is gone or broken gets `NO_HASH`, so
    that it is read once, but not where all files of a batch are gone: then it is the folder that is
    not there. While the storage is away nothing is written. A photo that was replaced meanwhile has
    a hash already. A live advert gets a new revision, by which its links are looked at again.
    """
    ends, total, last = time.monotonic() + seconds_max, 0, 0
    while time.monotonic() < ends:
        missing = Photo.objects.filter(difference_hash=None, pk__gt=last).order_by("pk")
        rows = list(missing[:batch])
        try:
            hashes = [_hash_of(photo) for photo in rows]
        except (OSError, StorageAway) as error:
            log.warning("photos_not_hashed", error=str(error))
            break
        if len(rows) < batch or any(known_by is not None for known_by in hashes):
            total += _write(rows, [known_by or NO_HASH for known_by in hashes])
        if len(rows) < batch:
            break
        last = rows[-1].pk
    return total


def _hash_of(photo: Photo) -> int | None:
    """Return a photo's hash, `NO_HASH` of one that cannot be decoded, and None of one not there."""
    sizes = photo.sizes()
    name = next((size.jpeg for size in sizes if size.width >= WIDTH_MIN), str(photo.image))
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
            return difference_hash(picture)
    except (OSError, ValueError, SyntaxError) as error:
        log.warning("photo_not_hashed", photo_id=photo.pk, error=str(error))
        return NO_HASH


@transaction.atomic
def _write(rows: Sequence[Photo], hashes: Sequence[int]) -> int:
    """Write hashes; the adverts are locked first, as by everybody who writes their photos."""
    listings = Listing.objects.filter(pk__in={photo.listing_id for photo in rows}).order_by("pk")
    list(listings.select_for_update(no_key=True).values_list("pk"))
    with connection.cursor() as cursor:
        given = [photo.pk for photo in rows], [str(photo.image) for photo in rows], list(hashes)
        cursor.execute(_WRITE, given)
        return int(cursor.rowcount)
