"""Photos of an advert: uploaded, ordered, removed, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from listings.models import Listing, ListingEvent, Photo
from tests import make
from tests.listings.admin.forms import pictures, posted
from tests.pictures import encoded, huge_png, noise, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def upload(client: Client, row: Listing, content: bytes, name: str = "car.jpg") -> Any:
    url = f"/admin/listings/listing/{row.pk}/change/"
    values = posted(client, url)
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return client.post(url, values | {f"photos-{pictures(values)}-upload": file})


@pytest.mark.django_db(transaction=True)  # so that each write has a revision of its own
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_and_the_advert_has_a_new_revision(admin: Client, kind: str) -> None:
    row = make.live()
    content = picture(kind)
    assert upload(admin, row, content).status_code == 302
    photo = Photo.objects.get()
    assert (photo.position, photo.width, photo.height) == (0, 40, 30)
    with Image.open(photo.image.path) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 30))
    assert bytes(photo.original.content) == content
    assert ListingEvent.objects.get().changes == {"photos": [0, 1]}
    assert Listing.objects.get(pk=row.pk).revision != row.revision


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\x00" * 40, "not a JPEG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not a JPEG"),
        (b"<html><body>" + b"x" * 100, "not a JPEG"),
        (b"<script>alert(1)</script>" + picture(), "not a JPEG"),
        (picture("GIF"), "not a JPEG"),
        (picture("TIFF"), "not a JPEG"),
        (b"%PDF-1.4" + picture(), "not a JPEG"),
        (picture()[:200], "broken or cut off"),
        (encoded(noise((200, 200)))[:-2_000], "broken or cut off"),
        (encoded(noise((200, 200)), "PNG")[:-2_000], "broken or cut off"),
        (encoded(noise((200, 200)), "WEBP")[:-2_000], "broken or cut off"),
        (picture() + b"\xff\xda" * 101, "broken or cut off"),
        (huge_png(60_000, 60_000), "50 million pixels"),
        (huge_png(10_000, 9_500), "50 million pixels"),
        (huge_png(8_000, 8_000), "50 million pixels"),
        (huge_png(16_001, 1), "16,000 pixels wide and high"),
    ],
    ids=range(17),
)
def test_what_is_no_photo_is_refused(admin: Client, content: bytes, text: str) -> None:
    row = make.live()
    response = upload(admin, row, content)
    assert response.status_code == 200
    assert text in response.content.decode()
    assert not Photo.objects.exists()
    assert not ListingEvent.objects.exists()
    assert Listing.objects.get(pk=row.pk).revision == row.revision


def test_a_file_that_is_too_large_is_refused(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listings.photos.pictures.UPLOAD_BYTES_MAX", 1024**2)
    response = upload(admin, make.live(), picture() + b"\x00" * 1024**2)
    assert "at most 1 MB" in response.content.decode()
    assert not Photo.objects.exists()


def test_a_picture_that_moves_is_refused(admin: Client) -> None:
    frame = Image.new("RGB", (40, 30), "blue")
    moving = picture("WEBP", save_all=True, append_images=[frame], duration=100)
    assert "may not move" in upload(admin, make.live(), moving).content.decode()
    assert not Photo.objects.exists()


def test_what_hides_in_a_file_is_not_kept(
    admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # turned by a quarter
    secret = picture(exif=exif) + b"PK\x03\x04<?php system($_GET[0]); ?>"
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(admin, make.live(), secret, name="../../x.php").status_code == 302
    photo = Photo.objects.get()
    kept = Path(photo.image.path).read_bytes()
    assert b"php" not in kept
    assert b"taken at home" not in kept
    assert (photo.width, photo.height) == (30, 40)
    assert str(photo.image.name).endswith(".jpg")


def test_photos_are_put_in_order_and_removed(
    admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    row = make.live()
    for width in (10, 20, 30):
        upload(admin, row, picture(size=(width, 10)))
    url = f"/admin/listings/listing/{row.pk}/change/"
    values = posted(admin, url)
    values |= {"photos-0-place": "3", "photos-1-place": "2", "photos-2-place": "1"}
    assert admin.post(url, values).status_code == 302
    assert [photo.width for photo in Photo.objects.all()] == [30, 20, 10]
    cover = Path(Photo.objects.get(position=0).image.path)
    values = posted(admin, url) | {"photos-0-DELETE": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(url, values).status_code == 302
    assert [(p.width, p.position) for p in Photo.objects.all()] == [(20, 0), (10, 1)]
    assert not cover.exists()


def test_there_is_a_limit_to_photos(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listings.photos.order.PHOTOS_MAX", 1)
    row = make.live()
    upload(admin, row, picture())
    response = upload(admin, row, picture())
    assert "An advert has at most 1 photos." in response.content.decode()
    assert Photo.objects.count() == 1
