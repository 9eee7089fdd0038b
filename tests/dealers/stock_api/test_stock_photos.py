"""A dealer's system uploads, orders and removes photos."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings

from dealers.models import Branch
from listings.models import Listing, Photo
from tests import make
from tests.dealers.stock_api.caller import Caller, item, new

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _photos_of_this_test(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(colour: str = "red") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, format="JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def listing(branch: Branch) -> Listing:
    return make.draft(branch=branch)


def upload(api: Caller, listing: Listing, count: int) -> list[int]:
    for colour in ("red", "green", "blue")[:count]:
        answer = api.upload(f"{item(listing)}photos/", picture(colour))
    return [photo["id"] for photo in answer.json()["photos"]]


def test_photos_are_added_in_order(api: Caller, listing: Listing) -> None:
    first = api.upload(f"{item(listing)}photos/", picture())
    assert first.status_code == 201
    shown = first.json()["photos"][0]
    assert (shown["width"], shown["height"]) == (40, 30)
    assert shown["url"].startswith("http://testserver/media/photos/")
    second = api.upload(f"{item(listing)}photos/", picture("blue"))
    ids = [photo["id"] for photo in second.json()["photos"]]
    assert ids == list(listing.photos.values_list("pk", flat=True))
    assert [photo["id"] for photo in api.get(item(listing)).json()["photos"]] == ids


def test_photos_are_asked_for_by_address(api: Caller, listing: Listing) -> None:
    urls = ["https://cdn.example.com/1.jpg", "ftp://example.com/2.jpg", "//cdn.example.com/3.jpg"]
    answer = api.patch(item(listing), {"photo_urls": urls})
    assert answer.status_code == 200
    assert [(each["code"], each["field"]) for each in answer.json()["warnings"]] == [
        ("photo_url", "photo_urls")
    ]
    assert api.get(f"{item(listing)}photos/").json() == {
        "photos": [],
        "sources": [
            {"url": url, "state": "pending", "reason": "", "fetched_at": None}
            for url in (urls[0], f"https:{urls[2]}")
        ],
    }
    assert api.patch(item(listing), {"price": 30_001}).status_code == 200
    assert listing.photo_sources.count() == 2
    assert api.patch(item(listing), {"photo_urls": None}).status_code == 200
    assert not listing.photo_sources.exists()


def test_a_new_advert_and_a_batch_may_name_photos(api: Caller, listing: Listing) -> None:
    fields = new(stock_ref="A1", photo_urls=["https://cdn.example.com/1.jpg"])
    assert api.post(body=fields).status_code == 201
    items = [
        {"op": "upsert", "stock_ref": ref, "listing": fields | {"stock_ref": ref}}
        for ref in ("A1", "A2")
    ]
    api.post("batch/", {"items": items}, idempotency_key="k")
    counts = {row.stock_ref: row.photo_sources.count() for row in Listing.objects.all()}
    assert counts == {None: 0, "A1": 1, "A2": 1}


def test_photos_are_ordered_with_the_cover_first(api: Caller, listing: Listing) -> None:
    red, green, blue = upload(api, listing, 3)
    answer = api.put(f"{item(listing)}photos/order/", {"ids": [blue, red]})
    assert [photo["id"] for photo in answer.json()["photos"]] == [blue, red, green]
    assert [photo["id"] for photo in api.get(f"{item(listing)}photos/").json()["photos"]] == [
        blue,
        red,
        green,
    ]


def test_a_photo_is_removed_and_not_again(api: Caller, listing: Listing) -> None:
    red, green, blue = upload(api, listing, 3)
    answer = api.delete(f"{item(listing)}photos/{green}/")
    assert answer.status_code == 200
    assert [photo["id"] for photo in answer.json()["photos"]] == [red, blue]
    assert api.delete(f"{item(listing)}photos/{green}/").status_code == 404


def test_a_photo_of_another_advert_is_not_there(
    api: Caller, listing: Listing, branch: Branch
) -> None:
    (other,) = upload(api, make.draft(branch=branch), 1)
    assert api.delete(f"{item(listing)}photos/{other}/").status_code == 404
    assert Photo.objects.count() == 1


def test_what_is_no_picture_is_refused(api: Caller, listing: Listing) -> None:
    answer = api.upload(f"{item(listing)}photos/", SimpleUploadedFile("x.jpg", b"<svg/>"))
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"photos"})
    missing = api.upload(f"{item(listing)}photos/", "no file")
    assert (missing.status_code, set(missing.json()["fields"])) == (400, {"image"})
    assert not Photo.objects.exists()


def test_an_upload_that_is_sent_again_is_one_photo(api: Caller, listing: Listing) -> None:
    first = api.upload(f"{item(listing)}photos/", picture(), idempotency_key="p1")
    again = api.upload(f"{item(listing)}photos/", picture(), idempotency_key="p1")
    assert (again.status_code, again.json()) == (201, first.json())
    other = api.upload(f"{item(listing)}photos/", picture("blue"), idempotency_key="p1")
    assert other.status_code == 422
    assert Photo.objects.count() == 1
