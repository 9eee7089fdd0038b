"""The stock as the panel exports it comes back in by a feed, and nothing of it changes."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.feeds.columns import suggest
from dealers.models import Branch, Dealer, StockFeed
from dealers.panel.stock.export import COLUMNS
from listings.adverts import EDITABLE_FIELDS
from listings.choices import (
    Status,
)
from listings.models import Listing, Photo
from tests import make
from tests.dealers.feeds.filled_cars import FACTS, bring, number
from tests.dealers.panel.test_runs import exported

pytestmark = pytest.mark.django_db
LIST = "/dealer/listings/listing/"


@pytest.fixture
def feed(branch: Branch) -> StockFeed:
    return StockFeed.objects.create(dealer=branch.dealer, branch=branch, name="Our own export")


def stock(branch: Branch) -> None:
    """Write adverts of every status, and one for each value of what has few, all filled in."""
    cars, now = number(), timezone.now()
    ended = {"published_at": now - timedelta(days=90), "sold_at": now - timedelta(days=60)}
    for status in Status:
        times = ended if status == Status.SOLD else {"published_at": now - timedelta(days=50)}
        times = {} if status in (Status.DRAFT, Status.LIVE) else times
        write = make.live if status == Status.LIVE else make.draft
        write(branch=branch, status=status, **next(cars), **FACTS, **times)
    until = now + timedelta(days=3, hours=1)
    for side in ("person", "feed", "buyer"):
        make.live(branch=branch, reserved_until=until, reserved_by=side, **next(cars), **FACTS)
    for field in Listing._meta.concrete_fields:
        if field.name in EDITABLE_FIELDS and field.choices:
            for value, _ in field.choices:
                if (field.name, value) not in (("write_off", "a"), ("write_off", "b")):
                    make.live(branch=branch, **next(cars), **{**FACTS, field.name: value})
    for row in Listing.objects.filter(status=Status.LIVE):
        Photo.objects.create(listing=row, image="photos/a.jpg", width=8, height=6, position=0)
    odd = {
        "description": "n/a",
        "derivative": "  '3.0  TDV6' &amp; more",
        "features": ["-", "None"],
    }
    make.live(branch=branch, **next(cars), **{**FACTS, **odd})
    make.live(branch=branch, derivative="", price=None)  # nothing that tells it from others
    shared = {**next(cars), "stock_ref": None}
    make.draft(branch=branch, **shared, **FACTS, **ended, status=Status.SOLD)
    make.live(branch=branch, **shared, **FACTS)
    make.draft(branch=branch, **shared, **FACTS, status=Status.WITHDRAWN)


def export(desk: Client) -> bytes:
    first = Listing.objects.values_list("pk", flat=True)[0]
    chosen = {"action": "export", "_selected_action": [first], "select_across": "1"}
    lines = exported(desk.post(LIST, chosen))
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def rows(dealer: Dealer) -> list[dict[str, Any]]:
    return [dict(row) for row in Listing.objects.for_dealer(dealer.pk).order_by("pk").values()]


def test_every_field_is_exported_and_filled_in(desk: Client, branch: Branch) -> None:
    stock(branch)
    make.value(Listing.objects.filter(price__gt=0)[0], 12_345, label="good")
    head, *lines = csv.reader(io.StringIO(export(desk).decode("utf-8-sig")))
    assert head == list(COLUMNS)
    assert [name for place, name in enumerate(head) if not any(line[place] for line in lines)] == []
    named = {"vrm": "mark", "engine_cc": "engine cc", "body_type": "body type"}
    columns = {"".join(filter(str.isalnum, name.lower())) for name in head}
    for name in EDITABLE_FIELDS:
        words = named.get(name, name.removesuffix("_on"))
        assert "".join(filter(str.isalnum, words)) in columns


@pytest.mark.parametrize("blanks", ["keep", "clear"])
def test_our_own_export_comes_back_in_without_a_change(
    desk: Client, branch: Branch, feed: StockFeed, blanks: str
) -> None:
    feed.blanks = blanks
    feed.save(update_fields=["blanks"])
    stock(branch)
    before = rows(branch.dealer)
    content = export(desk)
    for _ in range(2):
        run = bring(feed, content)
        changed = run.rows.exclude(outcome="unchanged").values_list("line", "fields", "reasons")
        assert (run.state, list(changed)) == ("done", [])
        assert run.unchanged_count == len(before)
    assert rows(branch.dealer) == before


def test_a_row_with_the_number_of_another_dealers_advert_is_no_advert_of_theirs(
    desk: Client, branch: Branch, feed: StockFeed
) -> None:
    stock(branch)
    make.live(dealer=make.dealer("Theirs"), vrm="X1ABC")
    theirs = Listing.objects.get(vrm="X1ABC")
    before = rows(theirs.dealer)
    mine = Listing.objects.get(stock_ref="S1")
    content = export(desk).decode().replace(f",{mine.pk},", f",{theirs.pk},")
    bring(feed, content.encode())
    assert rows(theirs.dealer) == before


def test_a_row_that_became_another_car_leaves_the_advert_of_its_number_alone(
    desk: Client, branch: Branch, feed: StockFeed
) -> None:
    make.live(branch=branch, vrm="AB15AAB", price=9_000)
    content = export(desk).decode().replace("AB15AAB", "X1ABC").replace("9000", "12000")
    bring(feed, content.encode())
    assert list(Listing.objects.order_by("pk").values_list("vrm", "price")) == [
        ("AB15AAB", 9_000),
        ("X1ABC", 12_000),
    ]


def test_the_market_is_in_the_file_and_never_taken_for_the_cars_own(
    desk: Client, branch: Branch, feed: StockFeed
) -> None:
    row = make.live(branch=branch, price=10_100, **next(number()), **FACTS)
    make.value(row, 12_345, label="good")
    (line,) = csv.DictReader(io.StringIO(export(desk).decode("utf-8-sig")))
    assert (line["Market value"], line["Price rating"]) == ("12345", "Good price")
    before = rows(branch.dealer)
    assert bring(feed, export(desk)).warning_count == 0
    assert rows(branch.dealer) == before
    for headers in (("Market value", "Price rating"), ("Stock ref", "Mark", "Market value")):
        assert "price" not in suggest(headers).fields
