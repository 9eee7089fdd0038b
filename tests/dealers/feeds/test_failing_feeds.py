"""Files that keep failing, and files that arrive in the wrong order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.feeds.configuration import resume_feed
from dealers.feeds.exceptions import FeedPaused, OutOfOrder
from dealers.feeds.held_runs import drop_run
from dealers.feeds.imports.pipeline import get_on
from dealers.feeds.notices import tell_of_end
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def finish(run: FeedRun) -> FeedRun:
    """Get on with a run as a worker does: to its end, and tell the dealer of a bad one."""
    run = get_on(run_id=run.pk, seconds=LONG) or run
    tell_of_end(run_id=run.pk)
    return run


def fail(feed: StockFeed) -> FeedRun:
    run = finish(receive(feed, b"<html>Sign in</html>"))
    assert (run.state, run.hold_code) == ("held", "unreadable")
    return run


def test_five_files_that_cannot_be_read_pause_the_feed_and_tell_the_dealer() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    for failures in range(1, 5):
        fail(feed)
        feed.refresh_from_db()
        assert (feed.failure_count, feed.paused_at) == (failures, None)
        assert len(sent_mails()) == 1  # of one day
    fail(feed)
    feed.refresh_from_db()
    assert feed.paused_at is not None
    assert feed.pause_reason.startswith("It failed 5 times on end: ")
    assert sent_mails()[-1].to == [feed.dealer.email]
    assert sent_mails()[-1].subject == f"Your stock feed {feed.name} is paused"
    with pytest.raises(FeedPaused):
        receive(feed, as_csv([car(1)]))
    assert Listing.objects.get().status == "live"
    resume_feed(feed_id=feed.pk, actor=SYSTEM)
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1}


def test_a_file_that_is_applied_ends_a_row_of_failures() -> None:
    feed = make.feed()
    for _ in range(4):
        fail(feed)
    finish(receive(feed, as_csv([car(1)])))
    feed.refresh_from_db()
    assert feed.failure_count == 0
    for _ in range(4):
        fail(feed)
    feed.refresh_from_db()
    assert feed.paused_at is None


def test_a_file_that_is_held_is_told_once_and_is_no_failure() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(30)])
    run = finish(receive(feed, as_csv([car(1)])))
    finish(run)
    feed.refresh_from_db()
    assert (run.state, feed.failure_count, len(sent_mails())) == ("held", 0, 1)
    assert sent_mails()[0].subject == f"Your stock feed {feed.name} needs you"
    assert run.hold_reason in sent_mails()[0].body


def test_a_file_that_was_tried_is_told_to_nobody() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(30)])
    finish(receive(feed, as_csv([car(1)]), dry_run=True))
    assert sent_mails() == []


def test_an_older_file_is_refused_at_the_door() -> None:
    feed, now = make.feed(), timezone.now()
    bring(feed, [car(1)], source_at=now)
    with pytest.raises(OutOfOrder):
        bring(feed, [car(1, price=5_000)], source_at=now - MINUTE)
    assert (FeedRun.objects.count(), Listing.objects.get().price) == (1, 10_001)


def test_an_older_file_that_waits_behind_a_newer_one_is_dropped() -> None:
    feed, now = make.feed(), timezone.now()
    newer = receive(feed, as_csv([car(1, price=9_000)]), source_at=now)
    older = receive(feed, as_csv([car(1, price=5_000), car(2)]), source_at=now - MINUTE)
    assert get_on(run_id=older.pk, seconds=LONG) is None
    assert finish(newer).state == "done"
    dropped = finish(older)
    assert (dropped.state, dropped.failure) == (
        "dropped", "A file of a later time has been applied already.",
    )  # fmt: skip
    assert Listing.objects.values_list("price").get() == (9_000,)
    assert sent_mails() == []


def test_a_file_of_the_same_moment_is_taken() -> None:
    feed, now = make.feed(), timezone.now()
    bring(feed, [car(1)], source_at=now)
    assert counts(bring(feed, [car(1, price=5_000)], source_at=now)) == {"updated": 1}


@pytest.mark.parametrize("dry_run", [True, False], ids=["tried", "dropped"])
def test_a_file_that_was_not_applied_refuses_none(dry_run: bool) -> None:
    feed, now = make.feed(), timezone.now()
    bring(feed, [car(n) for n in range(30)], source_at=now - 3 * MINUTE)
    run = bring(feed, [car(1)], source_at=now, dry_run=dry_run)
    drop_run(run_id=run.pk, actor=SYSTEM)
    assert counts(bring(feed, [car(n) for n in range(30)], source_at=now - MINUTE)) == {
        "unchanged": 30
    }


def test_a_clock_that_is_ahead_does_not_refuse_the_files_that_follow() -> None:
    feed = make.feed()
    run = bring(feed, [car(1)], source_at=timezone.now() + timedelta(days=365))
    assert run.source_at <= timezone.now()
    assert counts(bring(feed, [car(1, price=5_000)])) == {"updated": 1}


def test_each_feed_has_an_order_of_its_own() -> None:
    branch, now = make.branch(), timezone.now()
    bring(make.feed(branch), [car(1)], source_at=now)
    assert counts(bring(make.feed(branch), [car(2)], source_at=now - MINUTE)) == {"created": 1}
