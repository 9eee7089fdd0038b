"""A disk that is really full: every door that writes files says so, and keeps nothing by halves."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.models import FeedRun, Membership
from listings.models import DiscardedPhoto, ListingEvent, Photo, PhotoOriginal, PhotoSource
from listings.photos.downloads import fetch_due
from listings.photos.renditions import make_sizes
from marketplace.errors import StorageFull
from marketplace.storage import FolderStorage
from tests import make
from tests.dealers.stock_api.caller import caller
from tests.listings.photos.fetched import publish, want
from tests.listings.photos.storage import files_in, files_shown, uploaded
from tests.marketplace.full_disks import fill, small_disk
from tests.pictures import encoded, noise, picture
from tests.websites import running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def disk(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep photos and feeds on a file system of half a megabyte."""
    with small_disk(tmp_path / "disk", kilobytes=512) as folder:
        settings.MEDIA_ROOT = str(folder)
        feeds = FolderStorage(location=folder / "feeds")
        monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", feeds)
        yield folder


def photographs(disk: Path) -> set[str]:
    return files_in(disk) - {"ballast"}


def test_an_upload_by_the_api_is_refused_and_may_be_sent_again(disk: Path) -> None:
    listing, ballast = make.live(), fill(disk)
    api = caller(listing.dealer)
    path, key = f"{listing.pk}/photos/", "0123456789abcdef"

    def send() -> Any:
        image = SimpleUploadedFile("car.jpg", picture(), "image/jpeg")
        return api.upload(path, image, idempotency_key=key)

    answer = send()
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert answer["Content-Type"] == "application/problem+json"
    assert not Photo.objects.exists()
    assert not PhotoOriginal.objects.exists()
    assert not ListingEvent.objects.exists()
    assert photographs(disk) == set()

    ballast.unlink()
    assert send().status_code == 201
    assert photographs(disk) == files_shown() != set()


def test_a_photo_that_does_not_fit_whole_leaves_nothing(disk: Path) -> None:
    listing, ballast = make.live(), fill(disk)
    os.truncate(ballast, ballast.stat().st_size - 40 * 4096)  # for some of its files

    with pytest.raises(StorageFull):
        uploaded(encoded(noise((640, 480))), listing)

    assert photographs(disk) == set()
    assert not Photo.objects.exists()


def test_the_panel_says_that_there_is_no_room(disk: Path, client: Client) -> None:
    listing = make.live()
    client.force_login(make.member(listing.dealer, Membership.Role.OWNER))
    fill(disk)
    image = SimpleUploadedFile("car.jpg", picture(), "image/jpeg")

    answer = client.post(f"/dealer/listings/listing/{listing.pk}/photos/", {"photo": image})

    assert answer.status_code == 507
    assert "no room" in answer.json()["message"]
    assert answer.json()["photos"] == []
    assert not Photo.objects.exists()


def test_a_feed_is_refused(disk: Path, client: Client) -> None:
    feed = make.feed()
    fill(disk)
    key = make.key(feed.dealer, "feeds:read", "feeds:write")

    answer = client.post(
        f"/api/v1/feeds/{feed.pk}/runs/",
        b"stock_ref,make\n1,Land Rover\n" * 1_000,
        content_type="text/csv",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert not FeedRun.objects.exists()
    assert photographs(disk) == set()


def test_sizes_are_made_when_there_is_room_again_however_long_that_takes(disk: Path) -> None:
    photo = uploaded(picture(size=(300, 200)))
    preview, ballast = photographs(disk), fill(disk)
    for _ in range(7):
        PhotoOriginal.objects.update(next_attempt_at=timezone.now())
        with pytest.raises(StorageFull):
            make_sizes(photo_id=photo.pk)
    assert photographs(disk) == preview == files_shown()
    assert not DiscardedPhoto.objects.exists()

    ballast.unlink()
    PhotoOriginal.objects.update(next_attempt_at=timezone.now())
    make_sizes(photo_id=photo.pk)
    assert not PhotoOriginal.objects.exists()
    assert photographs(disk) == files_shown() | preview


def test_a_fetched_photo_waits_for_room(disk: Path, settings: Settings) -> None:
    row = make.live()
    with running() as site:
        settings.FETCH_ALLOWED_HOSTS = [site.host]
        publish(site, 10)
        want(row, site, 10)
        ballast = fill(disk)
        for _ in range(8):
            PhotoSource.objects.update(next_attempt_at=timezone.now())
            assert not fetch_due(host=site.host, seconds_max=60)
        assert row.photo_sources.get().state == PhotoSource.FetchState.PENDING
        assert photographs(disk) == set()

        ballast.unlink()
        PhotoSource.objects.update(next_attempt_at=timezone.now())
        fetch_due(host=site.host, seconds_max=60)

    assert row.photo_sources.get().state == PhotoSource.FetchState.FETCHED
    assert photographs(disk) == files_shown() != set()


def test_readiness_tells_of_a_full_disk(disk: Path, client: Client) -> None:
    fill(disk)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["storage"]) == (200, "full")
