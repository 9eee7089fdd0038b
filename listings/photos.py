"""Photographs of an advert: what is accepted, and the verbs that add, remove and order them.

A picture is decoded and written anew before it is kept, so that what we serve holds nothing but
the picture: no place where it was taken, no second file behind the last pixel.
"""

import io
import struct
import uuid
from collections.abc import Sequence
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from PIL import Image, ImageOps, UnidentifiedImageError

from listings.exceptions import InvalidListing, ListingNotFound
from listings.models import Listing, ListingEvent, Photo

UPLOAD_BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 50_000_000
PHOTOS_MAX = 50

_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,  # Pillow's own for a broken PNG
    ValueError,
    TypeError,  # from a broken EXIF block, as the next
    struct.error,
    EOFError,
)


def checked_picture(upload: BinaryIO) -> ContentFile:
    """Return an uploaded picture as a new file of the same format, upright and without metadata.

    Raises `InvalidListing` for what is not a JPEG, PNG or WebP picture, is broken, moves, or is
    larger than `UPLOAD_BYTES_MAX` bytes or `PIXELS_MAX` pixels.
    """
    upload.seek(0)
    raw = upload.read(UPLOAD_BYTES_MAX + 1)
    if len(raw) > UPLOAD_BYTES_MAX:
        raise _refused(f"A photo may have at most {UPLOAD_BYTES_MAX // 1024**2} MB.")
    try:
        with Image.open(io.BytesIO(raw), formats=tuple(_EXTENSIONS)) as picture:
            return _written_anew(picture)
    except _UNREADABLE as error:
        raise _refused("This is not a JPEG, PNG or WebP picture that can be read.") from error


@transaction.atomic
def add_photo(*, listing_id: int, upload: BinaryIO, actor_id: int | None) -> Photo:
    """Append a photo to an advert; raises `InvalidListing` and `ListingNotFound`."""
    picture = checked_picture(upload)
    listing = _locked(listing_id)
    count = listing.photos.count()
    if count >= PHOTOS_MAX:
        raise _refused(f"An advert has at most {PHOTOS_MAX} photos.")
    photo = Photo(listing=listing, position=count)
    photo.image.save(f"{uuid.uuid4().hex}.{picture.name}", picture, save=False)
    photo.save()
    _log(listing, actor_id, before=count, after=count + 1)
    return photo


@transaction.atomic
def remove_photo(*, listing_id: int, photo_id: int, actor_id: int | None) -> None:
    """Remove a photo, and its file once that is certain; one that is gone already is no error."""
    listing = _locked(listing_id)
    photos = list(listing.photos.all())
    gone = next((photo for photo in photos if photo.pk == photo_id), None)
    if gone is None:
        return
    picture = gone.image
    gone.delete()
    _number([photo for photo in photos if photo is not gone])
    _log(listing, actor_id, before=len(photos), after=len(photos) - 1)
    transaction.on_commit(lambda: _discard(picture))


@transaction.atomic
def reorder_photos(*, listing_id: int, photo_ids: Sequence[int], actor_id: int | None) -> None:
    """Put an advert's photos in this order, the cover first; ones not named follow as they were."""
    listing = _locked(listing_id)
    photos = list(listing.photos.all())
    places = {photo_id: place for place, photo_id in enumerate(photo_ids)}
    ordered = sorted(photos, key=lambda photo: places.get(photo.pk, len(places)))
    if ordered == photos:
        return
    _number(ordered)
    _log(listing, actor_id, before=len(photos), after=len(photos))


def _refused(message: str) -> InvalidListing:
    return InvalidListing(message, fields={"photos": [message]})


def _written_anew(picture: Image.Image) -> ContentFile:
    width, height = picture.size
    if width * height > PIXELS_MAX:
        raise _refused(f"A photo may have at most {PIXELS_MAX // 1_000_000} million pixels.")
    kind = "JPEG" if picture.format == "MPO" else str(picture.format)  # MPO: two JPEGs of a phone
    if kind != "JPEG" and getattr(picture, "n_frames", 1) > 1:
        raise _refused("A photo may not move.")
    upright = ImageOps.exif_transpose(picture)
    if kind == "JPEG" or upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, format=kind, quality=88)
    return ContentFile(out.getvalue(), name=_EXTENSIONS[kind])


def _locked(listing_id: int) -> Listing:
    listing = Listing.objects.select_for_update().filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound("There is no such advert.")
    return listing


def _number(photos: Sequence[Photo]) -> None:
    for position, photo in enumerate(photos):
        photo.position = position
    Photo.objects.bulk_update(photos, ["position"])


def _discard(picture: FieldFile) -> None:
    """Delete a picture's file unless another photo shows the same one."""
    if not Photo.objects.filter(image=picture.name).exists():
        picture.storage.delete(str(picture.name))


def _log(listing: Listing, actor_id: int | None, *, before: int, after: int) -> None:
    ListingEvent.objects.create(
        listing=listing,
        kind=ListingEvent.Kind.EDITED,
        from_status=listing.status,
        to_status=listing.status,
        actor_id=actor_id,
        changes={"photos": [before, after]},
    )
