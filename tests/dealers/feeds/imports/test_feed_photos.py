"""Photographs by address, from a dealer's file to the advert that buyers see."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.models import FeedRun, StockFeed
from listings.models import Listing, Photo, PhotoSource
from listings.photos.downloads import fetch_due
from tests import make
from tests.dealers.feeds.stock import bring, car, counts
from tests.pictures import picture
from tests.websites import Page, Website, running

pytestmark = pytest.mark.django_db

COLUMNS = (*make.FEED_COLUMNS, "photos")


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Website]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    with running() as website:
        settings.FETCH_ALLOWED_HOSTS = [website.host]
        for width in (10, 20, 30, 40):
            content = picture(size=(width, 10))
            website.pages[f"/{width}.jpg"] = Page(content, headers={"ETag": f'"{width}"'})
        yield website


@pytest.fixture
def feed() -> StockFeed:
    return make.feed(columns=COLUMNS)


def send(feed: StockFeed, site: Website, *names: object, **cells: object) -> FeedRun:
    """Import a file of one car with these photos, and have all of them asked for now."""
    photos = "|".join(site.url(f"/{name}.jpg") for name in names)
    run = bring(feed, [car(1, **{"photos": photos, **cells})], columns=COLUMNS)
    fetch_all(site)
    return run


def fetch_all(site: Website) -> None:
    now = timezone.now() - timedelta(seconds=1)
    PhotoSource.objects.exclude(next_attempt_at=None).update(next_attempt_at=now)
    assert not fetch_due(host=site.host, seconds_max=60)


def shown() -> list[int]:
    """Return the widths of the advert's photos in order: each picture has one of its own."""
    return list(Photo.objects.order_by("position").values_list("width", flat=True))


def test_photos_stand_in_the_order_of_the_file(
    feed: StockFeed, site: Website, client: Client
) -> None:
    assert counts(send(feed, site, 30, 10, 20)) == {"created": 1}
    assert shown() == [30, 10, 20]
    advert = client.get(f"/api/v1/listings/{Listing.objects.get().pk}/").json()
    assert [photo["width"] for photo in advert["photos"]] == [30, 10, 20]


def test_another_order_in_the_file_is_another_order_on_the_advert(
    feed: StockFeed, site: Website
) -> None:
    send(feed, site, 10, 20, 30)
    run = send(feed, site, 30, 20, 10)
    assert (counts(run), run.rows.get().fields) == ({"updated": 1}, ["photos"])
    assert shown() == [30, 20, 10]
    event = Listing.objects.get().events.latest("id")
    assert (event.source, event.changes) == ("feed", {"photo_urls": [3, 3]})
    again = send(feed, site, 30, 20, 10)
    assert counts(again) == {"unchanged": 1}


def test_a_photo_that_has_not_changed_is_not_sent_again(feed: StockFeed, site: Website) -> None:
    send(feed, site, 10)
    fetch_all(site)
    assert [each.headers["If-None-Match"] for each in site.asked] == [None, '"10"']
    assert shown() == [10]


def test_old_photos_stay_while_new_ones_fail(feed: StockFeed, site: Website) -> None:
    send(feed, site, 10, 20)
    run = send(feed, site, "gone", "lost", price=9_000)
    assert run.rows.get().fields == ["price", "photos"]
    assert shown() == [10, 20]
    assert Listing.objects.get().status == "live"
    site.pages["/gone.jpg"] = site.pages["/30.jpg"]
    site.pages["/lost.jpg"] = site.pages["/40.jpg"]
    fetch_all(site)
    assert shown() == [30, 40]


def test_a_blank_cell_keeps_the_photos(feed: StockFeed, site: Website) -> None:
    send(feed, site, 10, 20)
    run = send(feed, site, photos="", price=9_000)
    assert run.rows.get().fields == ["price"]
    assert shown() == [10, 20]


def test_a_cell_without_one_address_keeps_the_photos_whatever_blanks_mean(site: Website) -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    send(feed, site, 10, 20)
    run = send(feed, site, photos="front.jpg, back.jpg")
    assert [each["code"] for each in run.rows.get().warnings] == ["photo_without_address"]
    assert shown() == [10, 20]


def test_a_blank_cell_clears_the_photos_where_the_feed_says_so(site: Website) -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    send(feed, site, 10, 20)
    run = send(feed, site, photos="")
    assert run.rows.get().fields == ["photos"]
    assert shown() == []


def test_a_file_without_the_column_keeps_the_photos(site: Website) -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    send(feed, site, 10, 20)
    run = bring(feed, [car(1, price=9_000)])
    assert (run.state, run.rows.get().fields) == ("done", ["price"])
    assert shown() == [10, 20]


def test_the_size_that_is_left_open_in_an_address_is_left_out(
    feed: StockFeed, site: Website
) -> None:
    run = send(feed, site, photos=site.url("/{resize}/10.jpg"))
    assert (counts(run), shown()) == ({"created": 1}, [10])


def test_an_address_inside_a_network_is_told_and_never_asked(
    feed: StockFeed, site: Website, settings: Settings
) -> None:
    settings.FETCH_ALLOWED_HOSTS = []
    send(feed, site, 10)
    assert site.asked == []
    assert (shown(), Listing.objects.get().status) == ([], "live")


def test_a_withdrawn_car_keeps_its_photos_for_its_return(feed: StockFeed, site: Website) -> None:
    photos = {"photos": site.url("/10.jpg")}
    bring(feed, [car(1, **photos), car(2)], columns=COLUMNS)
    fetch_all(site)
    for _ in range(2):
        bring(feed, [car(2)], columns=COLUMNS)
    assert shown() == [10]
    assert counts(bring(feed, [car(1, **photos), car(2)], columns=COLUMNS)) == {
        "revived": 1, "unchanged": 1,
    }  # fmt: skip
    assert shown() == [10]
    assert len(site.asked) == 1
