"""A dealer's feeds: written, changed, paused and resumed in the panel."""

import html
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from dealers.feeds.configuration import pause_feed
from dealers.models import Branch, Dealer, FeedRun, StockFeed
from dealers.permissions import SYSTEM
from tests import make
from tests.dealers.feeds.stock import bring, car

pytestmark = pytest.mark.django_db
URL = "/dealer/dealers/stockfeed/"
RUNS = "/dealer/dealers/feedrun/"


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
    pause_feed(feed_id=feeds["Paused"].pk, reason="The file is in Welsh.", actor=SYSTEM)
    page = desk.get(URL)
    rows = {row.name: row for row in page.context["cl"].result_list}
    admin = page.context["cl"].model_admin
    said = {name: (admin.standing(row), admin.why(row)) for name, row in rows.items()}
    assert said == {
        "Empty": ("No file yet", None),
        "Good": ("Running", None),
        "Held": ("Held", "The file has no car that can be read."),
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
def test_owners_and_managers_manage_feeds_and_sales_look(
    client: Client, dealer: Dealer, feed: StockFeed, role: str
) -> None:
    StockFeed.objects.filter(pk=feed.pk).update(url="https://example.com/?key=tulip")
    bring(feed, [car(1)])
    run = bring(feed, [])
    client.force_login(make.member(dealer, role))
    is_sales = role == "sales"
    refused = 403 if is_sales else 200
    assert client.get(URL).status_code == 200
    page = client.get(f"{URL}{feed.pk}/change/").content.decode()
    for text in ("tulip", "Upload a file", "/pause/"):
        assert (text in page) is not is_sales
    assert client.get(f"{URL}add/").status_code == refused
    assert client.get(f"{URL}{feed.pk}/columns/").status_code == refused
    page = client.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert "The file has no car that can be read." in page
    assert ("Approve…</a>" in page) is not is_sales
    assert client.get(RUNS).status_code == 200
    assert client.get(f"{RUNS}{run.pk}/report.csv").status_code == refused


def test_sales_people_change_nothing(client: Client, dealer: Dealer, feed: StockFeed) -> None:
    run = bring(feed, [])
    client.force_login(make.member(dealer, "sales"))
    posts = ("upload", "columns", "pause", "resume", "change")
    for path in (*(f"{URL}{feed.pk}/{name}/" for name in posts), f"{URL}add/"):
        assert client.post(path, form(feed.branch, name="Mine")).status_code == 403, path
    for name in ("approve", "drop"):
        assert client.post(f"{RUNS}{run.pk}/{name}/").status_code == 403
    run.refresh_from_db()
    feed.refresh_from_db()
    assert (run.state, feed.paused_at, feed.name) == ("held", None, "Main stock")


def test_the_files_words_for_branches_are_kept_and_shown(
    desk: Client, dealer: Dealer, feed: StockFeed
) -> None:
    leeds = make.branch(dealer, name="Leeds Yard")
    url = f"{URL}{feed.pk}/change/"
    words = "LDS1 = leeds yard\r\nA=B = Our Yard\r\n"
    desk.post(url, form(feed.branch, branch_refs=words))
    feed.refresh_from_db()
    assert feed.branch_refs == {"LDS1": leeds.pk, "A=B": feed.branch_id}
    assert "A=B = Our Yard\nLDS1 = Leeds Yard" in desk.get(url).content.decode()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("LDS1", "Write it as word = branch: LDS1"),
        ("= Our Yard", "Write it as word = branch: = Our Yard"),
        ("LDS1 = Their Yard", "There is no branch called Their Yard."),
    ],
)
def test_words_for_no_branch_of_the_dealer_are_refused(
    desk: Client, feed: StockFeed, words: str, message: str
) -> None:
    make.branch(make.dealer("Their Cars"), name="Their Yard")
    page = desk.post(f"{URL}{feed.pk}/change/", form(feed.branch, branch_refs=words))
    assert message in page.content.decode()
    feed.refresh_from_db()
    assert feed.branch_refs == {}


def test_the_list_says_when_the_next_file_comes_and_how_many_wait(
    desk: Client, branch: Branch
) -> None:
    at = datetime(2031, 1, 4, 9, 30, tzinfo=UTC)
    fetched = make.feed(
        branch, name="Fetched", channel="url", url="https://example.com/a", next_poll_at=at
    )
    sent = make.feed(branch, name="Sent")
    paused = make.feed(branch, name="Paused", paused_at=at)
    for _ in range(2):
        bring(sent, [])
    page = desk.get(URL)
    admin = page.context["cl"].model_admin
    rows = list(page.context["cl"].result_list)
    assert [(row, admin.next_run(row)) for row in rows] == [
        (fetched, "4 Jan 2031 09:30"),
        (paused, "when resumed"),
        (sent, "when somebody sends it"),
    ]
    assert f"{RUNS}?feed={sent.pk}&state__exact=held" in html.unescape(page.content.decode())
    assert [row.held_runs for row in rows] == [0, 0, 2]
    only = desk.get(f"{URL}?paused=yes").context["cl"].result_list
    assert list(only) == [paused]
