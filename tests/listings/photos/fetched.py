"""Photos that come by address: what a test publishes, wants, fetches and sees."""

from datetime import timedelta

from django.utils import timezone

from listings.models import Listing, PhotoSource
from listings.photos import set_photo_urls
from listings.photos.downloads import fetch_due
from tests.pictures import picture
from tests.websites import Page, Website


def shown(listing: Listing) -> list[int]:
    """Return the widths of an advert's photos in their order: each picture has one of its own."""
    photos = list(listing.photos.all())
    assert [photo.position for photo in photos] == list(range(len(photos)))
    return [photo.width for photo in photos]


def publish(site: Website, *widths: int) -> None:
    for width in widths:
        content = picture(size=(width, 10))
        site.pages[f"/{width}.jpg"] = Page(content, headers={"ETag": f'"{width}"'})


def want(listing: Listing, site: Website, *names: object) -> list[str]:
    urls = [site.url(f"/{name}.jpg") for name in names]
    return set_photo_urls(listing_id=listing.pk, urls=urls, actor_id=None)


def fetch_all(site: Website) -> None:
    PhotoSource.objects.exclude(next_attempt_at=None).update(
        next_attempt_at=timezone.now() - timedelta(seconds=1)
    )
    assert not fetch_due(host=site.host, seconds_max=60)


def states(listing: Listing) -> list[str]:
    return list(listing.photo_sources.wanted().values_list("state", flat=True))


def asked(site: Website) -> list[str]:
    return [each.path for each in site.asked]
