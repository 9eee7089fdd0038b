"""A header that is not the confirmed one is noticed, followed where it can be, and not fatal."""

from collections.abc import Iterable, Mapping

import pytest

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.feeds.configuration import confirm_mapping
from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.feeds.notices import tell_of_end
from dealers.models import FeedCar, FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db

HEADERS = {
    "stock_ref": "Stock No",
    "vrm": "Reg",
    "make": "Make",
    "model": "Model",
    "derivative": "Variant",
    "year": "Year",
    "price": "Retail Price",
    "mileage": "Miles",
    "colour": "Colour",
}


def sent(feed: StockFeed, rows: Iterable[Mapping[str, str]], **renamed: str) -> FeedRun:
    """Import rows under the usual headers but for some; one that is called nothing is left out."""
    headers = {name: header for name, header in {**HEADERS, **renamed}.items() if header}
    named = [{headers[name]: row.get(name, "") for name in headers} for row in rows]
    run = receive(feed, as_csv(named, headers.values()))
    return get_on(run_id=run.pk, seconds=LONG) or run


def codes(run: FeedRun) -> list[str]:
    return [each["code"] for each in run.findings]


@pytest.fixture
def feed() -> StockFeed:
    mapping = ColumnMapping(
        {name: ColumnSource((header,)) for name, header in HEADERS.items()},
        {},
        tuple(HEADERS.values()),
    )
    feed = make.feed(mapping=mapping.to_json())
    assert counts(sent(feed, [car(n, colour="Red") for n in range(3)])) == {"created": 3}
    return feed


def test_case_order_and_punctuation_are_no_drift(feed: StockFeed) -> None:
    rows = [car(n, colour="Red") for n in range(3)]
    run = sent(feed, rows, stock_ref="STOCK_NO", price="retailPrice", mileage=" miles ")
    assert (run.findings, counts(run)) == ([], {"unchanged": 3})


def test_columns_under_new_names_are_followed_and_named_in_the_run(feed: StockFeed) -> None:
    rows = [car(0, price=5_000), car(1, mileage=80_000), car(2)]
    run = sent(feed, rows, vrm="Registration", price="Price", mileage="Odometer")
    assert (run.state, codes(run)) == ("done", ["columns_missing", "columns_moved"])
    assert run.findings[1]["message"] == (
        "Columns have new names: vrm is read from “Registration”, price is read from “Price”, "
        "mileage is read from “Odometer”."
    )
    assert counts(run) == {"updated": 2, "unchanged": 1}
    stock = Listing.objects.order_by("stock_ref").values_list("price", "mileage")
    assert list(stock) == [(5_000, 72_253), (10_001, 80_000), (10_002, 72_253)]
    assert counts(sent(feed, rows, vrm="Registration", price="Price", mileage="Odometer")) == {
        "unchanged": 3
    }
    feed.refresh_from_db()
    assert feed.mapping is not None
    assert feed.mapping["fields"]["price"]["headers"] == ["Retail Price"]


def test_what_was_followed_can_be_confirmed_and_is_no_drift_any_more(feed: StockFeed) -> None:
    sent(feed, [car(n) for n in range(3)], price="Price")
    confirm_mapping(feed_id=feed.pk, actor=SYSTEM)
    run = sent(feed, [car(n) for n in range(3)], price="Price")
    assert (run.state, run.findings, counts(run)) == ("done", [], {"unchanged": 3})


def test_a_price_without_vat_is_followed_with_its_vat(feed: StockFeed) -> None:
    sent(feed, [car(0, price=10_000), car(1), car(2)], price="Price ex VAT")
    assert Listing.objects.get(stock_ref="S0").price == 12_000


def test_a_column_that_matters_little_may_go(feed: StockFeed) -> None:
    run = sent(feed, [car(n, price=5_000) for n in range(3)], colour="", year="")
    assert (run.state, counts(run), codes(run)) == ("done", {"updated": 3}, ["columns_missing"])
    assert set(Listing.objects.values_list("colour", "year")) == {("red", 2015)}


def test_new_columns_that_fill_no_field_are_kept_with_the_rows(feed: StockFeed) -> None:
    rows = [car(n, colour="Red", owners=2, note="Ask Sam") for n in range(3)]
    run = sent(feed, rows, owners="Owners", note="Sales note")
    assert (codes(run), counts(run)) == (["columns_read", "columns_new"], {"updated": 3})
    assert set(Listing.objects.values_list("owners", flat=True)) == {2}
    extras = FeedCar.objects.values_list("extra", flat=True)
    assert list(extras) == [{"Sales note": "Ask Sam"}] * 3


@pytest.mark.parametrize("name", ["make", "model", "mileage", "price"])
def test_a_file_without_a_column_that_matters_waits_for_a_person(
    feed: StockFeed, name: str
) -> None:
    before = list(Listing.objects.order_by("pk").values())
    run = sent(feed, [car(n, price=5_000) for n in range(3)], **{name: "Wibble"})
    assert (run.state, run.hold_code) == ("held", "header")
    assert run.hold_reason == f"The file has no column any more for: {name}."
    assert list(Listing.objects.order_by("pk").values()) == before
    tell_of_end(run_id=run.pk)
    assert run.hold_reason in sent_mails()[0].body


def test_without_ids_the_marks_still_tell_the_cars(feed: StockFeed) -> None:
    run = sent(feed, [car(n, price=5_000) for n in range(3)], stock_ref="")
    assert (run.state, counts(run)) == ("done", {"updated": 3})
    again = sent(feed, [car(n, price=5_000) for n in range(3)])
    assert (again.state, Listing.objects.count()) == ("done", 3)
    assert counts(again) == {"unchanged": 3}
    assert Listing.objects.filter(status="live").count() == 3


def test_without_ids_and_marks_nobody_can_tell_the_cars(feed: StockFeed) -> None:
    run = sent(feed, [car(n) for n in range(3)], stock_ref="", vrm="Wibble")
    assert (run.state, run.hold_code) == ("held", "header")
    assert Listing.objects.filter(status="live").count() == 3


def test_other_ids_in_place_of_the_ids_are_not_taken_for_them(feed: StockFeed) -> None:
    """Another system counts from one as well: its number 2 is not our number 2."""
    rows = [car(n, stock_ref=f"X{n}") for n in range(3)]
    run = sent(feed, rows, stock_ref="Vehicle ID")
    assert (run.state, counts(run)) == ("done", {"unchanged": 3})
    assert "stock_ref is read" not in str(run.findings)
    refs = Listing.objects.order_by("pk").values_list("stock_ref", flat=True)
    assert list(refs) == ["S0", "S1", "S2"]


def test_the_same_ids_under_another_name_are_followed(feed: StockFeed) -> None:
    run = sent(feed, [car(n, vrm="") for n in range(3)], stock_ref="Vehicle ID")
    assert (run.state, counts(run)) == ("done", {"unchanged": 3})
    assert codes(run) == ["columns_missing", "columns_moved"]


def test_a_feed_of_what_changed_may_have_fewer_columns() -> None:
    feed = make.feed(mode="delta")
    content = as_csv([car(1)])
    get_on(run_id=receive(feed, content).pk, seconds=LONG)
    run = receive(feed, b"stock_ref,price\nS1,4995\n")
    run = get_on(run_id=run.pk, seconds=LONG) or run
    assert (run.state, counts(run), run.rows.get().fields) == ("done", {"updated": 1}, ["price"])


def test_approving_a_strange_header_keeps_what_a_person_chose() -> None:
    mapping = ColumnMapping(
        {
            "vrm": ColumnSource(("Reg",)),
            "model": ColumnSource(("Model",)),
            "year": ColumnSource(("Year",)),
            "price": ColumnSource(("Web",)),
            "mileage": ColumnSource(("Miles",)),
        },
        {"make": "Land Rover"},
        ("Reg", "Model", "Year", "Web", "Price", "Miles"),
    )
    feed = make.feed(mapping=mapping.to_json())
    first = b"Reg,Model,Year,Web,Price,Miles\nAB15CDE,Range Rover,2015,9995,10995,70000\n"
    get_on(run_id=receive(feed, first).pk, seconds=LONG)
    second = (
        b"Reg,Model,Year,Web,Price,Milleage\nAB15CDE,Range Rover,2015,9495,10995,71000\n"
        b"AB15CDF,Range Rover,2015,8995,10995,50000\n"
    )
    run = receive(feed, second)
    run = get_on(run_id=run.pk, seconds=LONG) or run
    assert (run.state, run.hold_code) == ("held", "header")
    approve_run(run_id=run.pk, actor=SYSTEM)
    run = get_on(run_id=run.pk, seconds=LONG) or run
    assert (run.state, counts(run)) == ("done", {"updated": 1, "created": 1})
    stock = Listing.objects.order_by("vrm").values_list("make__name", "price", "mileage")
    assert list(stock) == [("Land Rover", 9_495, 71_000), ("Land Rover", 8_995, 50_000)]


@pytest.mark.parametrize(
    ("header", "cell", "status"),
    [("Sold", "Y", "sold"), ("Status", "Withdrawn", "withdrawn"), ("For Sale", "N", "withdrawn")],
)
def test_a_column_of_the_sale_that_is_new_is_read_from_then_on(
    header: str, cell: str, status: str
) -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    for _ in range(2):
        rows = [{**car(1), header: cell}, car(2)]
        rows[1][header] = {"Status": "In stock", "For Sale": "Y", "Sold": "N"}[header]
        run = bring(feed, rows, columns=(*make.FEED_COLUMNS, header))
        found = {each["code"]: each["message"] for each in run.findings}
        assert found["columns_read"] == f"New columns are read: availability from “{header}”."
        stock = Listing.objects.order_by("stock_ref").values_list("status", flat=True)
        assert list(stock) == [status, "live"]


def test_a_new_column_fills_only_a_field_that_none_fills() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    columns = (*make.FEED_COLUMNS, "Colour", "Retail Price", "Lot")
    run = bring(
        feed, [{**car(1), "Colour": "Red", "Retail Price": "1", "Lot": "9"}], columns=columns
    )
    found = {each["code"]: each["message"] for each in run.findings}
    assert found["columns_read"] == "New columns are read: colour from “Colour”."
    assert "Retail Price, Lot" in found["columns_new"]
    row = Listing.objects.get()
    assert (row.colour, row.price) == ("red", 10_001)


def test_a_column_that_stands_there_twice_is_told_and_pictures_may() -> None:
    feed = make.feed(columns=(*make.FEED_COLUMNS, "photos"))
    header = ",".join((*make.FEED_COLUMNS, "Price", "Photos", "Photos", "Notes", "Notes"))
    cells = (*(car(1)[name] for name in make.FEED_COLUMNS), "1", "https://a.com/1.jpg", "", "", "")
    run = receive(feed, f"{header}\n{','.join(cells)}\n".encode())
    run = get_on(run_id=run.pk, seconds=LONG) or run
    told = [each["message"] for each in run.findings if each["code"] == "columns_repeated"]
    assert told == ["More than one column is called price: the first one is read."]
    assert Listing.objects.get().price == 10_001
