"""Feeds that are fetched from an address, and what becomes of those that fail."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from dealers.feeds.configuration import edit_feed, resume_feed
from dealers.feeds.exceptions import FeedPaused
from dealers.feeds.fetches import poll, take_due_feed
from dealers.feeds.imports.pipeline import get_on
from dealers.feeds.notices import tell_of_end
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive
from tests.enqueued import sent_mails
from tests.websites import Page, Website, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings: Settings) -> Iterator[Website]:
    with running() as website:
        settings.FETCH_ALLOWED_HOSTS = [website.host]
        yield website


def fetched_feed(site: Website) -> StockFeed:
    return make.feed(channel="url", url=site.url("/stock.csv"), next_poll_at=timezone.now())


def finish(run: FeedRun) -> FeedRun:
    return get_on(run_id=run.pk, seconds=LONG) or run


def test_a_file_is_fetched_when_its_time_has_come_and_only_if_it_changed(site: Website) -> None:
    feed = fetched_feed(site)
    headers = {"ETag": '"one"', "Last-Modified": "Mon, 05 Oct 2026 10:00:00 GMT"}
    site.pages["/stock.csv"] = Page(as_csv([car(1), car(2)]), headers=headers)
    assert take_due_feed() == feed.pk
    assert take_due_feed() is None
    poll(feed_id=feed.pk)
    run = finish(FeedRun.objects.get())
    assert (run.file_name, run.source_at.isoformat()) == ("stock.csv", "2026-10-05T10:00:00+00:00")
    assert counts(run) == {"created": 2}
    poll(feed_id=feed.pk)
    assert FeedRun.objects.count() == 1
    assert [request.headers["If-None-Match"] for request in site.asked] == [None, '"one"']


def test_an_unchanged_file_keeps_its_cars_on_sale(site: Website) -> None:
    feed = fetched_feed(site)
    page = Page(as_csv([car(1), car(2)]), headers={"ETag": '"one"'})
    site.pages["/stock.csv"] = page
    poll(feed_id=feed.pk)
    finish(FeedRun.objects.get())
    soon = timezone.now() + timedelta(days=2)
    Listing.objects.filter(stock_ref="S1").update(expires_at=soon)
    before = Listing.objects.values_list("revision", flat=True).get(stock_ref="S2")
    poll(feed_id=feed.pk)
    renewed, untouched = Listing.objects.order_by("stock_ref")
    assert renewed.expires_at is not None
    assert renewed.expires_at - soon > timedelta(days=27)
    assert renewed.events.latest("id").kind == "renewed"
    assert untouched.revision == before


def test_new_stock_under_an_old_date_is_taken(site: Website) -> None:
    """Whoever puts a file back with its date, or restarts with a slow clock, sends new stock."""
    feed = fetched_feed(site)
    for price, day in ((9_000, 6), (8_000, 5), (7_000, 4)):
        headers = {"Last-Modified": f"Mon, {day:02} Oct 2025 10:00:00 GMT"}
        site.pages["/stock.csv"] = Page(as_csv([car(1, price=price)]), headers=headers)
        poll(feed_id=feed.pk)
        run = finish(FeedRun.objects.latest("pk"))
        assert (run.state, Listing.objects.get().price) == ("done", price)


def test_a_file_from_before_the_last_is_refused_seen_and_counted(site: Website) -> None:
    feed = fetched_feed(site)
    old = Page(as_csv([car(1)]), headers={"Last-Modified": "Sun, 05 Oct 2025 10:00:00 GMT"})
    new = Page(as_csv([car(2)]), headers={"Last-Modified": "Mon, 06 Oct 2025 10:00:00 GMT"})
    for page in (old, new):
        site.pages["/stock.csv"] = page
        poll(feed_id=feed.pk)
        finish(FeedRun.objects.latest("pk"))
    site.pages["/stock.csv"] = old
    before = list(Listing.objects.order_by("pk").values())
    for failures in (1, 2):
        poll(feed_id=feed.pk)
        feed.refresh_from_db()
        run = FeedRun.objects.latest("pk")
        assert (run.state, run.file_name, feed.failure_count) == ("dropped", "stock.csv", failures)
        assert "older file" in run.failure
    assert list(Listing.objects.order_by("pk").values()) == before
    site.pages["/stock.csv"] = new
    poll(feed_id=feed.pk)
    finish(FeedRun.objects.latest("pk"))
    feed.refresh_from_db()
    assert feed.failure_count == 0


def test_the_same_body_under_an_older_date_changes_nothing_and_is_no_failure(
    site: Website,
) -> None:
    feed = fetched_feed(site)
    for day in (6, 5):
        headers = {"Last-Modified": f"Mon, {day:02} Oct 2025 10:00:00 GMT"}
        site.pages["/stock.csv"] = Page(as_csv([car(1)]), headers=headers)
        poll(feed_id=feed.pk)
        finish(FeedRun.objects.latest("pk"))
    feed.refresh_from_db()
    assert (FeedRun.objects.count(), feed.failure_count) == (1, 0)


def test_an_address_that_keeps_failing_pauses_the_feed_and_tells_the_dealer(
    site: Website,
) -> None:
    feed = fetched_feed(site)
    site.pages["/stock.csv"] = Page(status=500)
    for failures in range(1, 5):
        poll(feed_id=feed.pk)
        feed.refresh_from_db()
        assert (feed.failure_count, feed.paused_at) == (failures, None)
    assert sent_mails() == []
    poll(feed_id=feed.pk)
    feed.refresh_from_db()
    assert feed.paused_at is not None
    assert [message.to for message in sent_mails()] == [[feed.dealer.email]]
    assert "is paused" in sent_mails()[0].subject
    assert "failed 5 times" in sent_mails()[0].body
    asked = len(site.asked)
    poll(feed_id=feed.pk)
    assert (len(site.asked), take_due_feed()) == (asked, None)
    with pytest.raises(FeedPaused):
        receive(feed, as_csv([car(1)]))

    site.pages["/stock.csv"] = Page(as_csv([car(1)]))
    feed = resume_feed(feed_id=feed.pk, actor=SYSTEM)
    assert (feed.failure_count, take_due_feed()) == (0, feed.pk)
    poll(feed_id=feed.pk)
    assert counts(finish(FeedRun.objects.get())) == {"created": 1}


def test_a_page_of_html_in_place_of_the_file_withdraws_nothing(site: Website) -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(12)])
    run = finish(receive(feed, b"<!DOCTYPE html><html><body>Sign in</body></html>"))
    assert (run.state, run.hold_code) == ("held", "unreadable")
    assert Listing.objects.filter(status="live").count() == 12
    tell_of_end(run_id=run.pk)
    tell_of_end(run_id=run.pk)
    feed.refresh_from_db()
    assert (len(sent_mails()), feed.failure_count) == (1, 1)
    assert "nothing has been changed or withdrawn" in sent_mails()[0].body


def test_a_file_that_is_gone_from_the_disk_fails_the_run_and_changes_nothing() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    run = receive(feed, as_csv([car(1, price=9_998)]))
    run.file.storage.delete(str(run.file.name))
    for _ in range(5):
        with pytest.raises(FileNotFoundError):
            get_on(run_id=run.pk, seconds=LONG)
    failed = finish(run)
    tell_of_end(run_id=run.pk)
    assert (failed.state, Listing.objects.get().price) == ("failed", 10_001)
    assert len(sent_mails()) == 1
    assert counts(bring(feed, [car(1, price=9_999)])) == {"updated": 1}


def test_another_address_is_fetched_anew(site: Website) -> None:
    feed = fetched_feed(site)
    StockFeed.objects.update(etag='"old"', next_poll_at=timezone.now() + timedelta(hours=1))
    site.pages["/new.csv"] = Page(as_csv([car(1)]), headers={"ETag": '"old"'})
    edit_feed(feed_id=feed.pk, changes={"url": site.url("/new.csv")}, actor=SYSTEM)
    assert take_due_feed() == feed.pk
    poll(feed_id=feed.pk)
    assert FeedRun.objects.count() == 1
