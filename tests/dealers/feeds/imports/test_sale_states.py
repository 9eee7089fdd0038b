"""A file says by whole phrases whether a car is on sale, and no guess publishes one."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from django.test import Client

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.models import FeedRun, StockFeed
from listings.adverts import lifecycle
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts

pytestmark = pytest.mark.django_db

COLUMNS = (*make.FEED_COLUMNS, "status")


@pytest.fixture
def feed() -> StockFeed:
    return feed_with("status")


def feed_with(*headers: str) -> StockFeed:
    """Return a feed whose mapping has these columns for whether a car is on sale."""
    feed = make.feed()
    mapping = ColumnMapping.from_json(feed.mapping)
    fields = {**mapping.fields, "availability": ColumnSource(headers)}
    feed.mapping = replace(mapping, fields=fields, known=(*mapping.known, *headers)).to_json()
    feed.save(update_fields=["mapping"])
    return feed


def say(feed: StockFeed, *words: str, **cells: object) -> FeedRun:
    """Bring a car for each word, numbered from 1, with that word for its status."""
    rows = [car(number, status=word, **cells) for number, word in enumerate(words, 1)]
    return bring(feed, rows, columns=COLUMNS)


def states() -> list[str]:
    return list(Listing.objects.order_by("stock_ref").values_list("status", flat=True))


def shown(client: Client) -> int:
    count: int = client.get("/api/v1/listings/?count=exact").json()["count"]
    return count


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Available", "live"), ("", "live"), ("Reserved", "live"), ("Unavailable", "draft"),
        ("NOT_AVAILABLE", "draft"), ("Draft", "draft"), ("Withdrawn", "draft"),
        ("Prep complete", "draft"), ("Delivered to site", "draft"), ("Zebra", "draft"),
    ],
)  # fmt: skip
def test_a_new_car_is_on_sale_only_where_the_file_says_so(
    feed: StockFeed, word: str, status: str, client: Client
) -> None:
    for _ in range(2):  # the second file, too, looks at what is not on sale
        say(feed, word)
        assert states() == [status]
    assert shown(client) == (status == "live")
    say(feed, "For sale")
    assert states() == ["live"]


@pytest.mark.parametrize("word", ["Inactive", "Archived", "Not for sale", "Stage 2", "Prep done"])
def test_a_live_car_is_hidden_and_comes_back_with_its_word(
    feed: StockFeed, word: str, client: Client
) -> None:
    say(feed, "Available")
    before = Listing.objects.get()
    run = say(feed, word)
    assert (run.rows.get().outcome, run.rows.get().fields) == ("withdrawn", ["status"])
    assert (states(), shown(client)) == (["withdrawn"], 0)
    say(feed, word)
    assert states() == ["withdrawn"]
    assert counts(say(feed, "Available")) == {"revived": 1}
    after = Listing.objects.get()
    assert (after.pk, after.status, after.published_at) == (before.pk, "live", before.published_at)


def test_what_a_person_withdrew_does_not_come_back_with_the_word(feed: StockFeed) -> None:
    say(feed, "Available")
    lifecycle.withdraw(listing_id=Listing.objects.get().pk, actor_id=None)
    for word in ("Withdrawn", "Available"):
        say(feed, word)
        assert states() == ["withdrawn"]


def test_what_a_person_publishes_stays_while_the_row_is_the_same(feed: StockFeed) -> None:
    say(feed, "Stage 2")
    lifecycle.publish(listing_id=Listing.objects.get().pk, actor_id=None)
    for _ in range(2):
        say(feed, "Stage 2")
        assert states() == ["live"]
    say(feed, "Withdrawn")
    assert states() == ["withdrawn"]


def test_a_word_reserves_and_its_going_releases(feed: StockFeed) -> None:
    for word in ("Under offer", "Available", "Reserved", ""):
        say(feed, word)
        row = Listing.objects.get()
        expected = "feed" if word in ("Under offer", "Reserved") else None
        assert (row.status, row.reserved_by) == ("live", expected)
    kinds = Listing.objects.get().events.order_by("id").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind in ("reserved", "released")] == [
        "reserved", "released", "reserved", "released",
    ]  # fmt: skip


def test_a_reservation_is_told_once_and_outlives_the_next_file(feed: StockFeed) -> None:
    say(feed, "Available")
    run = say(feed, "Reserved")
    assert (run.rows.get().outcome, run.rows.get().fields) == ("updated", ["reserved_until"])
    until = Listing.objects.get().reserved_until
    assert counts(say(feed, "Reserved")) == {"unchanged": 1}
    assert Listing.objects.get().reserved_until == until
    say(feed, "Reserved", price=9_000)
    assert Listing.objects.get().reserved_until == until


def test_no_word_hides_a_forecourt_without_a_person(feed: StockFeed) -> None:
    say(feed, *["In stock"] * 20)
    run = say(feed, *["Stage 2"] * 12, *["In stock"] * 8)
    assert (run.state, run.hold_code) == ("held", "withdraws")
    assert states() == ["live"] * 20


COLUMN_SETS: list[tuple[Mapping[str, str], str]] = [
    ({"Available": "N"}, "draft"),
    ({"ForSale": "0"}, "draft"),
    ({"AvailableForSale": "False"}, "draft"),
    ({"Published": "N"}, "draft"),
    ({"Active": "0"}, "draft"),
    ({"Active": "1"}, "live"),
    ({"Status": "In stock", "Sold": "N"}, "live"),
    ({"Status": "In stock", "Published": "N"}, "draft"),
]


@pytest.mark.parametrize(("cells", "status"), COLUMN_SETS)
def test_columns_that_ask_are_read_by_what_they_ask(cells: Mapping[str, str], status: str) -> None:
    feed = feed_with(*cells)
    bring(feed, [{**car(1), **cells}], columns=(*make.FEED_COLUMNS, *cells))
    assert states() == [status]
