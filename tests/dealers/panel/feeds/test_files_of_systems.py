"""Files of twenty systems, written without sight of the readers: one confirmation in the panel.

No car is for sale that its file says is not; the others are, at the price and mileage it says.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, FeedRun, StockFeed
from evaluation.labelled_sets import FOLDER
from evaluation.scorers.feed_files import key_of
from evaluation.spellings import key
from listings.catalogue import load_seed
from listings.models import Listing, PhotoSource
from tests import make
from tests.dealers.feeds.stock import LONG, counts, receive

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FILES = FOLDER / "feed_files-second"
CARS = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))["files"]
FEEDS = "/dealer/dealers/stockfeed/"
WRITTEN = ("year", "price", "mileage", "transmission", "doors", "seats", "body_type", "colour")


def imported(desk: Client, feed: StockFeed, path: Path) -> FeedRun:
    """Upload a file and confirm its columns as the page shows them."""
    desk.post(
        f"{FEEDS}{feed.pk}/upload/", {"file": SimpleUploadedFile(path.name, path.read_bytes())}
    )
    run = FeedRun.objects.get(feed=feed)
    get_on(run_id=run.pk, seconds=LONG)
    page = desk.get(f"{FEEDS}{feed.pk}/columns/")
    columns = page.context["columns"]
    chosen = {
        "header": [column.header for column in columns],
        "field": [column.field for column in columns],
    }
    desk.post(f"{FEEDS}{feed.pk}/columns/", chosen)
    return get_on(run_id=run.pk, seconds=LONG) or run


@pytest.mark.parametrize("name", sorted(CARS))
def test_a_file_of_a_system_needs_one_confirmation(desk: Client, branch: Branch, name: str) -> None:
    load_seed()
    feed = make.feed(branch, mapping=None, mapping_confirmed_at=None, name=name)
    run = imported(desk, feed, FILES / name)
    assert (run.state, run.hold_reason) == ("done", "")
    for expected in CARS[name]:
        field, known = key_of(expected)
        advert = Listing.objects.select_related("make").filter(**{field: known}).first()
        assert_as_said(advert, expected)
    assert Listing.objects.count() <= len(CARS[name])
    again = receive(feed, (FILES / name).read_bytes())
    again = get_on(run_id=again.pk, seconds=LONG) or again
    assert counts(again).keys() <= {"unchanged", "rejected"}


def assert_as_said(advert: Listing | None, expected: dict[str, Any]) -> None:
    state = expected["state"]
    if advert is None or advert.status != "live":
        assert state != "on_sale"
        return
    is_reserved = advert.reserved_until is not None
    assert state == ("reserved" if is_reserved else "on_sale")
    assert key(advert.make.name) == key(expected["make"])
    assert bool(advert.derivative) or "derivative" not in expected
    said = {field: expected[field] for field in WRITTEN if field in expected}
    assert {field: getattr(advert, field) for field in said} == {
        **said,
        "mileage": pytest.approx(expected["mileage"], abs=1),
    }


def test_each_photo_is_taken_once(desk: Client, branch: Branch) -> None:
    """Of three sizes of a picture, and of a preview beside each."""
    load_seed()
    for name in ("carwow-like.json", "netdirector-like.xml"):
        feed = make.feed(branch, mapping=None, mapping_confirmed_at=None, name=name)
        imported(desk, feed, FILES / name)
        for expected in CARS[name]:
            if expected["state"] != "sold":
                photos = PhotoSource.objects.filter(listing__vrm=expected["vrm"])
                assert photos.count() == expected["photos"]
