"""Staff look after stock feeds."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed, User
from listings.models import Listing
from tests import make
from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, receive

__all__ = ["_catalogue", "_messages_that_nobody_reads", "_own_files"]

pytestmark = pytest.mark.django_db


def test_a_feed_is_written_and_changed(admin: Client) -> None:
    branch = make.branch()
    fields = {
        "dealer": branch.dealer_id,
        "name": "Main stock",
        "branch": branch.pk,
        "publishes": "on",
        "channel": "upload",
        "every_minutes": 60,
        "mode": "full",
        "blanks": "keep",
        "branch_refs": "{}",
    }
    assert admin.post("/admin/dealers/stockfeed/add/", fields).status_code == 302
    feed = StockFeed.objects.get()
    assert (feed.name, feed.dealer_id, feed.publishes) == ("Main stock", branch.dealer_id, True)
    page = admin.post(
        f"/admin/dealers/stockfeed/{feed.pk}/change/", {**fields, "channel": "url", "url": ""}
    )
    assert page.status_code == 200
    feed.refresh_from_db()
    assert feed.channel == "upload"


def test_feeds_that_are_ticked_have_their_actions(admin: Client) -> None:
    make.feed()
    page = admin.get("/admin/dealers/stockfeed/").content.decode()
    assert 'value="delete_selected"' in page
    assert "Stock file" not in page


def test_another_dealers_branch_is_refused(admin: Client) -> None:
    feed, other = make.feed(), make.branch()
    fields = {
        "name": feed.name,
        "branch": other.pk,
        "channel": "upload",
        "every_minutes": 60,
        "mode": "full",
        "blanks": "keep",
        "branch_refs": "{}",
    }
    page = admin.post(f"/admin/dealers/stockfeed/{feed.pk}/change/", fields)
    assert "own branches" in page.content.decode()
    feed.refresh_from_db()
    assert feed.branch != other


def test_a_file_is_uploaded_and_its_report_read(admin: Client, boss: User) -> None:
    feed = make.feed()
    rows = [car(1), car(2, year=2060), car(3, stock_ref="=1+1")]
    file = SimpleUploadedFile("stock.csv", as_csv(rows))
    sent = admin.post(f"/admin/dealers/stockfeed/{feed.pk}/upload/", {"file": file})
    run = FeedRun.objects.get()
    assert sent.headers["Location"] == f"/admin/dealers/feedrun/{run.pk}/change/"
    assert (run.actor, run.file_name) == (boss, "stock.csv")
    get_on(run_id=run.pk, seconds=LONG)
    page = admin.get(f"/admin/dealers/feedrun/{run.pk}/change/")
    assert [row.outcome for row in page.context["report"]] == ["rejected"]
    assert "This year is to come." in page.content.decode()
    report = b"".join(admin.get(f"/admin/dealers/feedrun/{run.pk}/report.csv")).decode()
    lines = report.splitlines()
    assert lines[0].startswith("number,line,file_name,external_id,listing_id,outcome")
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["1", "2", "", "S1"],
        ["2", "3", "", "S2"],
        ["3", "4", "", "'=1+1"],
    ]


def test_unchanged_rows_are_in_the_report_too(admin: Client) -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    run = bring(feed, [car(1), car(2, price=9_000)])
    report = b"".join(admin.get(f"/admin/dealers/feedrun/{run.pk}/report.csv")).decode()
    ids = dict(Listing.objects.values_list("stock_ref", "pk"))
    assert report.splitlines()[1:] == [
        f"1,2,,S1,{ids['S1']},unchanged,,,",
        f"2,3,,S2,{ids['S2']},updated,price,,",
    ]


def test_a_held_run_is_approved_or_dropped(admin: Client, boss: User) -> None:
    feed = make.feed()
    cars = [car(n) for n in range(30)]
    bring(feed, cars)
    first, second = bring(feed, cars[:20]), receive(feed, as_csv(cars[:19]))
    page = admin.get(f"/admin/dealers/feedrun/{first.pk}/change/").content.decode()
    assert "The file lacks 10 of the 30 adverts on sale." in page
    assert admin.get(f"/admin/dealers/feedrun/{first.pk}/decide/drop/").status_code == 405
    admin.post(f"/admin/dealers/feedrun/{first.pk}/decide/drop/")
    first.refresh_from_db()
    assert (first.state, first.decided_by) == ("dropped", boss)
    get_on(run_id=second.pk, seconds=LONG)
    admin.post(f"/admin/dealers/feedrun/{second.pk}/decide/approve/")
    get_on(run_id=second.pk, seconds=LONG)
    assert Listing.objects.filter(status="live").count() == 19
    refused = admin.post(f"/admin/dealers/feedrun/{second.pk}/decide/drop/", follow=True)
    assert "The run is done, not held." in refused.content.decode()


def test_columns_are_confirmed_and_a_feed_is_paused_and_resumed(admin: Client) -> None:
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    run = bring(feed, [car(1)])
    assert (run.state, run.hold_code) == ("held", "mapping")
    admin.post(f"/admin/dealers/stockfeed/{feed.pk}/act/confirm/")
    admin.post(f"/admin/dealers/stockfeed/{feed.pk}/act/pause/")
    feed.refresh_from_db()
    assert feed.mapping is not None
    assert feed.paused_at is not None
    admin.post(f"/admin/dealers/stockfeed/{feed.pk}/act/resume/")
    feed.refresh_from_db()
    assert feed.paused_at is None
    admin.post(f"/admin/dealers/feedrun/{run.pk}/decide/approve/")
    get_on(run_id=run.pk, seconds=LONG)
    assert Listing.objects.get().stock_ref == "S1"


def test_who_may_only_look_decides_nothing(client: Client) -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(12)])
    run = bring(feed, [])
    client.force_login(make.user(is_staff=True))
    assert client.post(f"/admin/dealers/feedrun/{run.pk}/decide/approve/").status_code == 403
    assert client.post(f"/admin/dealers/stockfeed/{feed.pk}/upload/").status_code == 403
    run.refresh_from_db()
    assert run.state == "held"
