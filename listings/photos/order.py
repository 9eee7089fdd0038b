"""Where a photograph stands among the others of its advert, whose lock the caller holds."""

from collections.abc import Sequence

from listings.exceptions import ListingNotFound
from listings.models import Listing, Photo, PhotoSource
from listings.photos.pictures import refused

PHOTOS_MAX = 50


def locked_listing(listing_id: int) -> Listing:
    """Return an advert, locked; raises `ListingNotFound`."""
    listing = Listing.objects.select_for_update(no_key=True).filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound("There is no such advert.")
    return listing


def number(photos: Sequence[Photo]) -> None:
    """Write the positions of an advert's photos, which are given in their order."""
    for position, photo in enumerate(photos):
        photo.position = position
    Photo.objects.bulk_update(photos, ["position"])


def refuse_one_more(photos: Sequence[Photo]) -> None:
    """Raise `InvalidListing` where an advert has all the photos that it may have."""
    superseded = PhotoSource.FetchState.SUPERSEDED
    staying = [each for each in photos if each.source is None or each.source.state != superseded]
    if len(staying) >= PHOTOS_MAX:
        raise refused(f"An advert has at most {PHOTOS_MAX} photos.")


def insert_fetched(photo: Photo, photos: Sequence[Photo]) -> None:
    """Write a fetched photo behind those before it on the list, and move up what follows.

    Photos that a person has put in another order stay in it.
    """
    source = photo.source
    if source is None:
        raise ValueError(photo)
    fetched = [(index, each.source) for index, each in enumerate(photos) if each.source]
    before = [index for index, each in fetched if each.place <= source.place]
    index = before[-1] + 1 if before else fetched[0][0] if fetched else len(photos)
    photo.position = index
    photo.save()
    number([*photos[:index], photo, *photos[index:]])
