"""Adverts and photos to be linked, and how they are linked."""

from collections import defaultdict
from itertools import count

from listings import periodic
from listings.models import CarLink, Listing, Photo, PhotoSource

_number = count(1)


def photo(row: Listing, digest: str, position: int = 0) -> Photo:
    """Give an advert a photo that was fetched, of some content."""
    url = f"https://x.example/{next(_number)}"
    source = PhotoSource.objects.create(
        listing=row, url=url, host="x.example", place=position, digest=digest, state="fetched"
    )
    return Photo.objects.create(
        listing=row, source=source, position=position, image="photos/x.jpg", width=4, height=3
    )


def linked() -> set[frozenset[int]]:
    """Return the adverts by car, after the job."""
    periodic.link_cars()
    return links()


def links() -> set[frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for id_, car in CarLink.objects.values_list("listing_id", "car"):
        found[car].add(id_)
    assert all(car in ids for car, ids in found.items())
    return {frozenset(ids) for ids in found.values()}


def of(*rows: Listing) -> frozenset[int]:
    return frozenset(row.pk for row in rows)
