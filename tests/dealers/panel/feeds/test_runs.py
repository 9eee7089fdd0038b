"""A file is brought to the panel; what became of it is read there, and decided on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dealers.feeds.configuration import pause_feed
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed, User
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car
from tests.make import FEED_COLUMNS

pytestmark = pytest.mark.django_db
FEEDS = "/dealer/dealers/stockfeed/"
RUNS = "/dealer/dealers/feedrun/"


def upload(desk: Client, feed: StockFeed, content: bytes, **fields: str) -> FeedRun:
    file = SimpleUploadedFile("stock.csv", content)
    answer = desk.post(f"{FEEDS}{feed.pk}/upload/", {"file": file, **fields})
    run = FeedRun.objects.order_by("-id")[0]
    assert answer["Location"] == f"{RUNS}{run.pk}/change/"
    return run


def test_a_file_is_uploaded_and_its_report_read(desk: Client, owner: User, feed: StockFeed) -> None:
    run = upload(desk, feed, as_csv([car(1), car(2, year=2060), car(3, price="POA")]))
    assert (run.actor, run.file_name, run.dry_run) == (owner, "stock.csv", False)
    page = desk.get(f"{RUNS}{run.pk}/change/")
    assert "data-run-state" in page.content.decode()
    state = desk.get(f"{RUNS}{run.pk}/state/").json()
    assert state == {"said": "Received", "rows": 0, "is_waiting": True}
    get_on(run_id=run.pk, seconds=LONG)
    assert desk.get(f"{RUNS}{run.pk}/state/").json()["is_waiting"] is False
    page = desk.get(f"{RUNS}{run.pk}/change/")
    lines = page.context["lines"]
    assert [(line.row.line, line.outcome) for line in lines] == [
        (2, "Created"),
        (3, "Rejected"),
        (4, "Created"),
    ]
    text = page.content.decode()
    assert "data-run-state" not in text
    assert "3 rows, 2 cars" in text
    assert "Year: This year is to come. (“2060”)" in text
    advert = Listing.objects.get(stock_ref="S1")
    assert f"/dealer/listings/listing/{advert.pk}/change/" in text
    tabs = {tab.label: tab.count for tab in page.context["tabs"]}
    assert tabs == {"All rows": None, "Created": 2, "Rejected": 1}
    rejected = desk.get(f"{RUNS}{run.pk}/change/?outcome=rejected").context["lines"]
    assert [line.row.line for line in rejected] == [3]


def test_trying_a_file_reports_and_changes_nothing(desk: Client, feed: StockFeed) -> None:
    run = upload(desk, feed, as_csv([car(1)]), dry_run="on")
    get_on(run_id=run.pk, seconds=LONG)
    page = desk.get(f"{RUNS}{run.pk}/change/")
    assert "Only tried: nothing is changed" in page.content.decode()
    assert [line.outcome for line in page.context["lines"]] == ["Created"]
    assert not Listing.objects.exists()


def test_nothing_is_uploaded_to_a_paused_feed_nor_without_a_file(
    desk: Client, feed: StockFeed
) -> None:
    page = desk.post(f"{FEEDS}{feed.pk}/upload/", follow=True).content.decode()
    assert "Choose a file that is not empty." in page
    pause_feed(feed_id=feed.pk, reason="Too often broken.", actor=SYSTEM)
    file = SimpleUploadedFile("stock.csv", as_csv([car(1)]))
    page = desk.post(f"{FEEDS}{feed.pk}/upload/", {"file": file}, follow=True).content.decode()
    assert "The feed is paused. Too often broken." in page
    assert not FeedRun.objects.exists()


def test_long_reports_are_read_by_pages(desk: Client, feed: StockFeed) -> None:
    run = bring(feed, [car(n) for n in range(1, 102)])
    first = desk.get(f"{RUNS}{run.pk}/change/")
    assert [line.row.number for line in first.context["lines"]] == list(range(1, 101))
    assert first.context["following"] == 100
    second = desk.get(f"{RUNS}{run.pk}/change/?outcome=&after=100")
    assert [line.row.number for line in second.context["lines"]] == [101]
    assert second.context["following"] is None


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=²", "outcome=x"])
def test_a_strange_query_shows_all_rows(desk: Client, feed: StockFeed, query: str) -> None:
    run = bring(feed, [car(1)])
    page = desk.get(f"{RUNS}{run.pk}/change/?{query}")
    assert [line.row.number for line in page.context["lines"]] == [1]


def test_a_page_costs_as_many_queries_with_many_rows(
    desk: Client, feed: StockFeed, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run = bring(feed, [car(n) for n in range(1, 60)])
    with django_assert_max_num_queries(8):
        assert desk.get(f"{RUNS}{run.pk}/change/").status_code == 200


def test_a_held_runs_page_and_the_list_cost_as_many_queries_with_many(
    desk: Client, feed: StockFeed, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bring(feed, [car(n) for n in range(60)])
    for _ in range(20):
        run = bring(feed, [car(0)])
    with django_assert_max_num_queries(9):
        assert desk.get(f"{RUNS}{run.pk}/change/").status_code == 200
    with django_assert_max_num_queries(8):
        assert len(desk.get(RUNS).context["cl"].result_list) == 21


def test_a_report_is_downloaded_without_formulas(desk: Client, feed: StockFeed) -> None:
    run = bring(feed, [car(1, stock_ref="=1+1")])
    answer = desk.get(f"{RUNS}{run.pk}/report.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="run-{run.pk}.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = b"".join(answer).decode().splitlines()
    assert lines[1].split(",")[:4] == ["1", "2", "", "'=1+1"]


def test_a_held_run_says_why_and_is_approved_or_dropped(
    desk: Client, owner: User, feed: StockFeed
) -> None:
    cars = [car(n) for n in range(30)]
    bring(feed, cars)
    first, second = bring(feed, cars[:20]), bring(feed, cars[:19])
    page = desk.get(f"{RUNS}{first.pk}/change/").content.decode()
    assert "The file lacks 10 of the 30 adverts on sale." in page
    assert "what the file lacks is taken off sale at once" in page
    assert "10 adverts that the file lacks" in page
    asked = desk.get(f"{RUNS}{first.pk}/drop/").content.decode()
    assert "Nothing of the file is applied" in asked
    first.refresh_from_db()
    assert first.state == "held"
    page = desk.post(f"{RUNS}{first.pk}/drop/", follow=True).content.decode()
    assert "The file is dropped: nothing was changed." in page
    first.refresh_from_db()
    assert (first.state, first.decided_by) == ("dropped", owner)
    assert Listing.objects.filter(status="live").count() == 30
    asked = desk.get(f"{RUNS}{second.pk}/approve/").content.decode()
    assert "11 adverts that it lacks will be off sale at once" in asked
    second.refresh_from_db()
    assert second.state == "held"
    desk.post(f"{RUNS}{second.pk}/approve/")
    get_on(run_id=second.pk, seconds=LONG)
    assert Listing.objects.filter(status="live").count() == 19
    page = desk.post(f"{RUNS}{second.pk}/drop/", follow=True).content.decode()
    assert "The run is done, not held." in page


def test_a_file_that_cannot_be_read_can_only_be_dropped(desk: Client, feed: StockFeed) -> None:
    run = upload(desk, feed, b"PK\x03\x04 not a zip")
    get_on(run_id=run.pk, seconds=LONG)
    page = desk.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert "It cannot be imported: drop it" in page
    assert "Approve…</a>" not in page
    page = desk.post(f"{RUNS}{run.pk}/approve/", follow=True).content.decode()
    assert "only a better one can help" in page
    run.refresh_from_db()
    assert run.state == "held"


def test_a_held_run_names_the_first_adverts_that_it_would_take_off_sale(
    desk: Client, feed: StockFeed
) -> None:
    bring(feed, [car(n) for n in range(30)])
    run = bring(feed, [car(0)])
    context = desk.get(f"{RUNS}{run.pk}/change/").context
    assert (len(context["lacking"]), context["lacking_count"], context["lacking_more"]) == (
        20,
        29,
        9,
    )
    assert Listing.objects.get(stock_ref="S0") not in context["lacking"]


def test_a_held_trial_is_approved_to_see_its_report(desk: Client, feed: StockFeed) -> None:
    bring(feed, [car(n) for n in range(30)])
    run = bring(feed, [car(0)], dry_run=True)
    for path in ("change/", "approve/"):
        assert "It is only tried" in desk.get(f"{RUNS}{run.pk}/{path}").content.decode()
    desk.post(f"{RUNS}{run.pk}/approve/")
    get_on(run_id=run.pk, seconds=LONG)
    lines = desk.get(f"{RUNS}{run.pk}/change/?outcome=withdrawn").context["lines"]
    assert len(lines) == 29
    assert Listing.objects.filter(status="live").count() == 30
    assert "only tried" in desk.get(RUNS).content.decode()


def test_columns_that_drift_are_told_about(desk: Client, feed: StockFeed) -> None:
    run = bring(feed, [car(1)], columns=(*FEED_COLUMNS, "Warranty"))
    page = desk.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert "Columns are new, and kept with the rows: Warranty." in page


def test_another_dealers_run_is_not_found(desk: Client) -> None:
    run = bring(make.feed(), [])
    for path in ("change/", "state/", "report.csv"):
        assert desk.get(f"{RUNS}{run.pk}/{path}").status_code == 404
    for path in ("approve/", "drop/"):
        assert desk.post(f"{RUNS}{run.pk}/{path}").status_code == 404
    run.refresh_from_db()
    assert run.state == "held"


def test_runs_are_listed_by_feed_and_state(desk: Client, feed: StockFeed) -> None:
    held = bring(feed, [])
    done = bring(make.feed(feed.branch, name="Other"), [car(1)])
    bring(make.feed(name="Theirs"), [])

    def listed(query: str) -> list[FeedRun]:
        return list(desk.get(f"{RUNS}{query}").context["cl"].result_list)

    assert listed("") == [done, held]
    assert listed(f"?feed={feed.pk}") == [held]
    assert listed("?state__exact=done") == [done]
    assert listed("?feed=999999") == []


def test_the_first_file_of_a_feed_takes_nothing_off_sale(desk: Client, feed: StockFeed) -> None:
    make.live(branch=feed.branch)
    run = bring(feed, [])
    page = desk.get(f"{RUNS}{run.pk}/change/")
    assert "The feed has brought no car yet" in page.content.decode()
    assert "really are gone" not in page.content.decode()
    bring(feed, [car(1)])
    held = bring(feed, [])
    assert "really are gone" in desk.get(f"{RUNS}{held.pk}/change/").content.decode()
