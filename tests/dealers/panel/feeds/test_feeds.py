"""A dealer's feeds: written, changed, paused and resumed in the panel."""

from typing import Any

import pytest
from django.test import Client

from dealers.feeds.editing import pause_feed
from dealers.models import Branch, Dealer, FeedRun, StockFeed
from tests import make
from tests.dealers.feeds.stock import bring, car

pytestmark = pytest.mark.django_db
URL = "/dealer/dealers/stockfeed/"


def form(branch: Branch, **fields: Any) -> dict[str, Any]:
    first = {
        "name": "Main stock",
        "branch": branch.pk,
        "publishes": "on",
        "channel": "upload",
        "url": "",
        "every_minutes": 60,
        "format": "",
        "mode": "full",
        "blanks": "keep",
    }
    return first | fields


def test_a_feed_is_written_and_changed(desk: Client, dealer: Dealer, branch: Branch) -> None:
    page = desk.get(f"{URL}add/").content.decode()
    assert "Cars that the whole stock lacks" in page
    answer = desk.post(f"{URL}add/", form(branch))
    feed = StockFeed.objects.get()
    assert answer["Location"] == f"{URL}{feed.pk}/change/"
    assert (feed.dealer, feed.branch, feed.mode, feed.publishes) == (dealer, branch, "full", True)
    changes = {
        "channel": "url",
        "url": "https://example.com/stock.csv",
        "every_minutes": 30,
        "format": "csv",
        "mode": "delta",
        "blanks": "clear",
    }
    desk.post(f"{URL}{feed.pk}/change/", form(branch, **changes) | {"publishes": ""})
    feed.refresh_from_db()
    assert {name: getattr(feed, name) for name in changes} == changes
    assert not feed.publishes
    assert feed.next_poll_at is not None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"channel": "url"}, "Say where the file is fetched from."),
        ({"channel": "url", "url": "not an address"}, "Enter a valid URL."),
        ({"every_minutes": 1}, "greater than or equal to 5"),
        ({"name": ""}, "This field is required."),
        ({"name": "Old stock"}, "Another feed has this name."),
    ],
)
def test_a_refused_feed_is_not_written(
    desk: Client, branch: Branch, fields: dict[str, Any], message: str
) -> None:
    make.feed(branch, name="Old stock")
    page = desk.post(f"{URL}add/", form(branch, **fields))
    assert page.status_code == 200
    assert message in page.content.decode()
    assert StockFeed.objects.count() == 1


def test_another_dealers_branch_cannot_be_chosen(desk: Client, feed: StockFeed) -> None:
    theirs = make.branch(make.dealer("Their Cars"))
    page = desk.post(f"{URL}{feed.pk}/change/", form(theirs))
    assert "Select a valid choice." in page.content.decode()
    feed.refresh_from_db()
    assert feed.branch != theirs


def test_the_list_says_how_each_feed_stands_and_why(desk: Client, branch: Branch) -> None:
    feeds = {name: make.feed(branch, name=name) for name in ("Empty", "Good", "Held", "Paused")}
    bring(feeds["Good"], [car(1)])
    bring(feeds["Held"], [])
    pause_feed(feed_id=feeds["Paused"].pk, reason="The file is in Welsh.")
    page = desk.get(URL)
    rows = {row.name: row for row in page.context["cl"].result_list}
    admin = page.context["cl"].model_admin
    said = {name: (admin.standing(row), admin.why(row)) for name, row in rows.items()}
    assert said == {
        "Empty": ("No file yet", ""),
        "Good": ("Running", ""),
        "Held": ("Waits for you", "The file has no car that can be read."),
        "Paused": ("Paused", "The file is in Welsh."),
    }
    assert "The file is in Welsh." in page.content.decode()


def test_the_list_costs_as_many_queries_with_many_feeds(
    desk: Client, branch: Branch, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        feed = make.feed(branch, name=f"Feed {number}")
        FeedRun.objects.create(feed=feed, source_at=feed.created_at)
    with django_assert_max_num_queries(8):
        assert desk.get(URL).status_code == 200


def test_a_feed_is_paused_and_resumed(desk: Client, feed: StockFeed) -> None:
    assert desk.get(f"{URL}{feed.pk}/pause/").status_code == 405
    page = desk.post(f"{URL}{feed.pk}/pause/", follow=True).content.decode()
    assert "Paused by Olive Owner." in page
    assert "Upload a file" not in page
    feed.refresh_from_db()
    assert feed.paused_at is not None
    page = desk.post(f"{URL}{feed.pk}/resume/", follow=True).content.decode()
    assert "Upload a file" in page
    feed.refresh_from_db()
    assert feed.paused_at is None


def test_its_page_shows_its_last_files(desk: Client, feed: StockFeed) -> None:
    run = bring(feed, [car(1), car(2, year=2060)])
    page = desk.get(f"{URL}{feed.pk}/change/").content.decode()
    assert f"/dealer/dealers/feedrun/{run.pk}/change/" in page


@pytest.mark.parametrize("role", ["owner", "manager", "sales"])
def test_owners_and_managers_manage_feeds_and_sales_see_runs(
    client: Client, dealer: Dealer, feed: StockFeed, role: str
) -> None:
    run = bring(feed, [])
    client.force_login(make.member(dealer, role))
    is_sales = role == "sales"
    refused = 403 if is_sales else 200
    assert client.get(URL).status_code == refused
    assert client.get(f"{URL}{feed.pk}/change/").status_code == refused
    assert client.get(f"{URL}{feed.pk}/columns/").status_code == refused
    runs = "/dealer/dealers/feedrun/"
    page = client.get(f"{runs}{run.pk}/change/").content.decode()
    assert "The file has no car that can be read." in page
    assert ("Approve…</a>" in page) is not is_sales
    assert client.get(runs).status_code == 200
    assert client.get(f"{runs}{run.pk}/report.csv").status_code == refused
    if is_sales:
        for path in (f"{URL}{feed.pk}/upload/", f"{URL}{feed.pk}/pause/", f"{runs}{run.pk}/drop/"):
            assert client.post(path).status_code == 403
        run.refresh_from_db()
        feed.refresh_from_db()
        assert (run.state, feed.paused_at) == ("held", None)
        menu = client.get("/dealer/").content.decode()
        assert "/dealer/dealers/feedrun/" in menu
        assert "/dealer/dealers/stockfeed/" not in menu
