"""A blank cell keeps what the advert says, or clears it, as the feed declares."""

import pytest

from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts

pytestmark = pytest.mark.django_db

COLUMNS = (*make.FEED_COLUMNS, "colour", "owners", "description", "features", "vin")
FULL = {
    "colour": "Blue",
    "owners": "2",
    "description": "One careful owner.",
    "features": "Sat nav, Heated seats",
    "vin": "SALLMAMA3BA000001",
}
BLANK = dict.fromkeys(FULL, "")


def test_a_blank_cell_keeps_what_the_advert_says() -> None:
    feed = make.feed(columns=COLUMNS, blanks="keep")
    bring(feed, [car(1, **FULL)], columns=COLUMNS)
    before = Listing.objects.values().get()
    run = bring(feed, [car(1, **BLANK, price="", derivative="")], columns=COLUMNS)
    assert counts(run) == {"unchanged": 1}
    assert Listing.objects.values().get() == before


def test_a_blank_cell_clears_the_field_where_the_feed_says_so() -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    bring(feed, [car(1, **FULL)], columns=COLUMNS)
    run = bring(feed, [car(1, **BLANK, price="POA")], columns=COLUMNS)
    assert run.rows.get().fields == ["colour", "description", "features", "owners", "price"]
    row = Listing.objects.get()
    assert (row.colour, row.owners, row.description, row.features) == (None, None, "", [])
    assert (row.price, row.status) == (None, "live")


@pytest.mark.parametrize("name", ["make", "model", "year", "mileage", "vrm", "vin", "stock_ref"])
def test_what_a_car_is_known_by_and_must_have_is_never_cleared(name: str) -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    bring(feed, [car(1, **FULL)], columns=COLUMNS)
    bring(feed, [car(1, **{**FULL, name: ""})], columns=COLUMNS)
    row = Listing.objects.get()
    assert (row.make.name, row.model.name, row.year, row.mileage) == (
        "Land Rover", "Range Rover", 2015, 72_253,
    )  # fmt: skip
    assert (row.vrm, row.vin, row.stock_ref, row.status) == (
        "AB15AAB", "SALLMAMA3BA000001", "S1", "live",
    )  # fmt: skip


def test_a_column_that_the_file_does_not_have_clears_nothing() -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    bring(feed, [car(1, **FULL)], columns=COLUMNS)
    fewer = (*make.FEED_COLUMNS, "vin")
    run = bring(feed, [car(1, price=9_000, vin=FULL["vin"])], columns=fewer)
    assert (run.state, run.rows.get().fields) == ("done", ["price"])
    assert (Listing.objects.get().colour, Listing.objects.get().owners) == ("blue", 2)


def test_a_locked_field_is_not_cleared() -> None:
    feed = make.feed(columns=COLUMNS, blanks="clear")
    bring(feed, [car(1, **FULL)], columns=COLUMNS)
    Listing.objects.update(locked_fields=["colour"])
    bring(feed, [car(1, **BLANK)], columns=COLUMNS)
    assert (Listing.objects.get().colour, Listing.objects.get().owners) == ("blue", None)
