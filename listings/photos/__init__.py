"""Photographs of an advert: uploaded or fetched, checked by decoding, made into web sizes.

What is served was written anew, so that it holds nothing but the picture: no place where it was
taken, no second file behind the last pixel.
"""

from listings.photos.addresses import InvalidPhotoUrl, clean_photo_url
from listings.photos.edits import add_photo, remove_photo, reorder_photos
from listings.photos.order import PHOTOS_MAX
from listings.photos.pictures import (
    PIXELS_MAX,
    UPLOAD_BYTES_MAX,
    CheckedPicture,
    check_picture,
)
from listings.photos.restoration import RestoredPhotos, prune_replaced_lists, restore_photo_urls
from listings.photos.sources import PhotoUrlsSet, set_photo_urls, set_photo_urls_in_bulk

__all__ = [
    "PHOTOS_MAX",
    "PIXELS_MAX",
    "UPLOAD_BYTES_MAX",
    "CheckedPicture",
    "InvalidPhotoUrl",
    "PhotoUrlsSet",
    "RestoredPhotos",
    "add_photo",
    "check_picture",
    "clean_photo_url",
    "prune_replaced_lists",
    "remove_photo",
    "reorder_photos",
    "restore_photo_urls",
    "set_photo_urls",
    "set_photo_urls_in_bulk",
]
