"""What a file's columns mean is shown with examples and confirmed once."""

from typing import Any

import pytest
from django.test import Client

from dealers.feeds.columns import ColumnMapping
from dealers.feeds.held_runs import drop_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, FeedPreview, FeedRun, StockFeed, User
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, receive
from tests.make import FEED_COLUMNS

pytestmark = pytest.mark.django_db
FEEDS = "/dealer/dealers/stockfeed/"
RUNS = "/dealer/dealers/feedrun/"
FILE = (
    b"Stock No,Reg,Make,Model,Derivative,Year,Our price,Miles,Warranty\r\n"
    b"A1,AB15 CDE,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,15995,72253,yes\r\n"
    b"A2,AB15 CDF,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,16995,62253,no\r\n"
)


@pytest.fixture
def new_feed(branch: Branch) -> StockFeed:
    return make.feed(branch, name="New", mapping=None, mapping_confirmed_at=None)


@pytest.fixture
def held(new_feed: StockFeed) -> FeedRun:
    run = receive(new_feed, FILE)
    get_on(run_id=run.pk, seconds=LONG)
    return run


def shown(desk: Client, feed: StockFeed) -> dict[str, str]:
    page = desk.get(f"{FEEDS}{feed.pk}/columns/")
    return {column.header: column.field for column in page.context["columns"]}


def posted(chosen: dict[str, str]) -> dict[str, list[str]]:
    return {"header": list(chosen), "field": list(chosen.values())}


def mapped(feed: StockFeed) -> dict[str, Any]:
    fields: dict[str, Any] = ColumnMapping.from_json(
        StockFeed.objects.get(pk=feed.pk).mapping
    ).to_json()["fields"]
    return fields


def test_the_suggestion_is_shown_with_examples_and_confirmed_once(
    desk: Client, owner: User, new_feed: StockFeed, held: FeedRun
) -> None:
    page = desk.get(f"{RUNS}{held.pk}/change/").content.decode()
    assert "Nobody has confirmed yet what the file&#x27;s columns mean." in page
    assert f"{FEEDS}{new_feed.pk}/columns/" in page
    page = desk.get(f"{FEEDS}{new_feed.pk}/columns/").content.decode()
    assert "15995" in page
    assert "Confirm and import the file" in page
    chosen = shown(desk, new_feed)
    assert chosen["Reg"] == "vrm"
    assert chosen["Warranty"] == ""
    chosen |= {"Stock No": "stock_ref", "Our price": "price", "Miles": "mileage"}
    answer = desk.post(f"{FEEDS}{new_feed.pk}/columns/", posted(chosen))
    assert answer["Location"] == f"{RUNS}{held.pk}/change/"
    get_on(run_id=held.pk, seconds=LONG)
    adverts = Listing.objects.order_by("stock_ref").values_list("stock_ref", "price", "mileage")
    assert list(adverts) == [("A1", 15_995, 72_253), ("A2", 16_995, 62_253)]
    new_feed.refresh_from_db()
    assert new_feed.mapping_confirmed_by == owner
    assert new_feed.suggested_mapping is None
    assert "Confirm</button>" in desk.get(f"{FEEDS}{new_feed.pk}/columns/").content.decode()
    again = receive(new_feed, FILE)
    get_on(run_id=again.pk, seconds=LONG)
    again.refresh_from_db()
    assert (again.state, again.unchanged_count) == ("done", 2)


def test_a_column_of_two_fields_or_of_an_unknown_one_is_refused(
    desk: Client, new_feed: StockFeed, held: FeedRun
) -> None:
    url = f"{FEEDS}{new_feed.pk}/columns/"
    twice = {"header": ["Reg", "Reg"], "field": ["vrm", "vin"]}
    page = desk.post(url, twice, follow=True).content.decode()
    assert "is mapped to vrm and vin" in page
    page = desk.post(url, {"header": ["Reg"], "field": ["id"]}, follow=True).content.decode()
    assert "Unknown field." in page
    page = desk.post(url, {"header": ["Reg"]}, follow=True).content.decode()
    assert "Nothing is confirmed" in page
    new_feed.refresh_from_db()
    held.refresh_from_db()
    assert (new_feed.mapping, held.state) == (None, "held")


def test_approving_a_file_of_unknown_columns_leads_to_the_columns(
    desk: Client, new_feed: StockFeed, held: FeedRun
) -> None:
    answer = desk.post(f"{RUNS}{held.pk}/approve/")
    assert answer["Location"] == f"{FEEDS}{new_feed.pk}/columns/"
    held.refresh_from_db()
    assert held.state == "held"


def test_columns_that_share_a_field_keep_their_order_and_a_header_its_unit(
    desk: Client, feed: StockFeed
) -> None:
    fields = {
        "price": {"headers": ["Sale price", "Price"], "suffix": ""},
        "mileage": {"headers": ["Distance"], "suffix": " km"},
    }
    mapping = {"fields": fields, "known": ["Price", "Sale price", "Distance"]}
    StockFeed.objects.filter(pk=feed.pk).update(mapping=mapping)
    chosen = shown(desk, feed)
    assert chosen == {"Price": "price", "Sale price": "price", "Distance": "mileage"}
    desk.post(f"{FEEDS}{feed.pk}/columns/", posted(chosen))
    assert mapped(feed) == fields


def test_a_new_column_can_be_given_a_field_later(desk: Client, branch: Branch) -> None:
    feed = make.feed(branch, columns=(*FEED_COLUMNS, "colour"))
    run = bring(feed, [car(1, Extra="Blue")], columns=(*FEED_COLUMNS, "Extra"))
    assert run.state == "done"
    page = desk.get(f"{FEEDS}{feed.pk}/columns/")
    assert page.context["gone"] == ["colour"]
    extra = next(each for each in page.context["columns"] if each.header == "Extra")
    assert (extra.is_new, extra.examples) == (True, ["Blue"])
    chosen = {each.header: each.field for each in page.context["columns"]}
    chosen |= {"Extra": "colour", "colour": ""}
    answer = desk.post(f"{FEEDS}{feed.pk}/columns/", posted(chosen))
    assert answer["Location"] == f"{FEEDS}{feed.pk}/change/"
    assert mapped(feed)["colour"] == {"headers": ["Extra"], "suffix": ""}


def test_a_renamed_column_is_suggested_and_what_was_chosen_before_stands(
    desk: Client, new_feed: StockFeed, held: FeedRun
) -> None:
    url = f"{FEEDS}{new_feed.pk}/columns/"
    desk.post(url, posted(shown(desk, new_feed) | {"Derivative": "", "Warranty": "description"}))
    get_on(run_id=held.pk, seconds=LONG)
    run = receive(new_feed, FILE.replace(b"Our price", b"Price"))
    get_on(run_id=run.pk, seconds=LONG)
    page = desk.get(url)
    chosen = {each.header: each.field for each in page.context["columns"]}
    assert (chosen["Price"], chosen["Derivative"], chosen["Warranty"]) == (
        "price",
        "",
        "description",
    )
    assert [each.header for each in page.context["columns"] if each.is_new] == ["Price"]
    assert page.context["gone"] == ["Our price"]


def test_without_any_file_there_are_no_columns(desk: Client, new_feed: StockFeed) -> None:
    page = desk.get(f"{FEEDS}{new_feed.pk}/columns/", follow=True).content.decode()
    assert "Upload a file first" in page


def test_the_page_opens_no_file(desk: Client, new_feed: StockFeed, held: FeedRun) -> None:
    held.file.storage.delete(str(held.file.name))
    page = desk.get(f"{FEEDS}{new_feed.pk}/columns/")
    columns = {column.header: column.examples for column in page.context["columns"]}
    assert columns["Our price"] == ["15995", "16995"]
    assert list(columns) == FILE.split(b"\r\n")[0].decode().split(",")


def test_a_file_that_nobody_has_looked_at_yet_is_being_read(
    desk: Client, new_feed: StockFeed
) -> None:
    run = receive(new_feed, FILE)
    page = desk.get(f"{FEEDS}{new_feed.pk}/columns/").content.decode()
    assert "Received. The page shows its columns when they are known." in page
    assert f'data-run-state="{RUNS}{run.pk}/state/"' in page
    get_on(run_id=run.pk, seconds=LONG)
    assert shown(desk, new_feed)["Our price"] == "price"


def test_beside_a_newer_file_the_columns_of_the_last_are_shown(
    desk: Client, new_feed: StockFeed, held: FeedRun
) -> None:
    drop_run(run_id=held.pk, actor=SYSTEM)
    receive(new_feed, FILE.replace(b"Warranty", b"Guarantee"))
    page = desk.get(f"{FEEDS}{new_feed.pk}/columns/")
    assert "A newer file is being read" in page.content.decode()
    assert "Warranty" in {column.header for column in page.context["columns"]}


def test_what_is_kept_of_a_wide_file_is_bounded(desk: Client, new_feed: StockFeed) -> None:
    headers = [f"Column {number} " + "x" * 180 for number in range(2_000)]
    rows = [",".join([str(row) * 100] * 2_000) for row in range(3)]
    run = receive(new_feed, "\n".join([",".join(headers), *rows]).encode())
    get_on(run_id=run.pk, seconds=LONG)
    kept = FeedPreview.objects.get(run=run).columns
    assert len(kept) == 2_000
    assert {len(said) for _, examples in kept for said in examples} == {60}
    assert max(len(header) for header, _ in kept) <= 200


def test_another_dealers_columns_are_not_found(desk: Client) -> None:
    theirs = make.feed(name="Theirs")
    before = theirs.mapping
    assert desk.get(f"{FEEDS}{theirs.pk}/columns/").status_code == 404
    answer = desk.post(f"{FEEDS}{theirs.pk}/columns/", {"header": ["x"], "field": ["vrm"]})
    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.mapping == before


def test_what_was_guessed_is_marked_and_three_of_its_cells_are_shown(
    desk: Client, new_feed: StockFeed
) -> None:
    fuels = ("Petrol", "Diesel", "Hybrid", "Electric", "Petrol", "Diesel")
    rows = [{**car(number), "column x": fuel} for number, fuel in enumerate(fuels)]
    run = receive(new_feed, as_csv(rows, (*FEED_COLUMNS, "column x")))
    get_on(run_id=run.pk, seconds=LONG)
    page = desk.get(f"{FEEDS}{new_feed.pk}/columns/")
    guessed = [column for column in page.context["columns"] if column.is_guessed]
    assert [(each.header, each.field) for each in guessed] == [("column x", "fuel")]
    assert guessed[0].examples == ["Petrol", "Diesel", "Hybrid"]
    assert page.content.decode().count("guessed: look at its examples") == 1
    desk.post(f"{FEEDS}{new_feed.pk}/columns/", posted(shown(desk, new_feed)))
    confirmed = StockFeed.objects.get(pk=new_feed.pk).mapping
    assert confirmed is not None
    assert confirmed["guessed"] == []


@pytest.mark.parametrize(
    ("name", "field"), [("Make", "make"), ("Model", "model"), ("Miles", "mileage")]
)
def test_a_field_that_every_car_must_have_stops_the_confirmation(
    desk: Client, new_feed: StockFeed, held: FeedRun, name: str, field: str
) -> None:
    chosen = {**shown(desk, new_feed), name: ""}
    page = desk.post(f"{FEEDS}{new_feed.pk}/columns/", posted(chosen), follow=True)
    assert f"Every car must have a {field}: choose its column." in page.content.decode()
    feed = StockFeed.objects.get(pk=new_feed.pk)
    assert (feed.mapping, feed.mapping_confirmed_at) == (None, None)
    held.refresh_from_db()
    assert held.state == FeedRun.State.HELD
    assert not Listing.objects.exists()


def test_a_title_and_a_mark_can_say_what_every_car_must_have(
    desk: Client, new_feed: StockFeed, held: FeedRun
) -> None:
    columns = {**shown(desk, new_feed), "Make": "", "Model": "", "Year": "", "Derivative": "title"}
    desk.post(f"{FEEDS}{new_feed.pk}/columns/", posted(columns))
    assert StockFeed.objects.get(pk=new_feed.pk).mapping_confirmed_at is not None


def test_a_file_of_changes_need_not_say_it(
    desk: Client, new_feed: StockFeed, held: FeedRun
) -> None:
    StockFeed.objects.filter(pk=new_feed.pk).update(mode=StockFeed.Mode.DELTA)
    chosen = {**shown(desk, new_feed), "Make": "", "Model": "", "Year": "", "Miles": ""}
    desk.post(f"{FEEDS}{new_feed.pk}/columns/", posted(chosen))
    assert StockFeed.objects.get(pk=new_feed.pk).mapping_confirmed_at is not None
