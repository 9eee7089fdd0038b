"""Telling the dealer of a run that needs a person, and resting a feed that keeps failing.

Runs that are held go into one mail a day.
"""

from django.db import transaction
from django.utils import timezone

from dealers.models import FeedRun, StockFeed
from dealers.tasks import send_feed_notice, send_waiting_digest
from marketplace.outbox import enqueue

FAILURES_MAX = 5
"""After this many failures on end a feed is paused."""


@transaction.atomic
def tell_of_end(*, run_id: int) -> None:
    """Have the dealer mailed about a run that is held or has failed, once."""
    run = FeedRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None or run.told_at or run.state not in (FeedRun.State.HELD, FeedRun.State.FAILED):
        return
    feed = StockFeed.objects.select_for_update(no_key=True).get(pk=run.feed_id)
    if run.state == FeedRun.State.FAILED or run.hold_code == "unreadable":
        _count(feed, run.failure or run.hold_reason)
    if not run.dry_run and run.state == FeedRun.State.FAILED:
        enqueue(send_feed_notice, feed.pk, run.pk)
    elif not run.dry_run:
        enqueue(send_waiting_digest, feed.dealer_id)
        if feed.paused_at is not None:
            enqueue(send_feed_notice, feed.pk, None)
    run.told_at = timezone.now()
    run.save(update_fields=["told_at"])


@transaction.atomic
def fetch_failed(*, feed_id: int, reason: str) -> None:
    """Count a failed fetch; the dealer is told when the feed is paused for it."""
    feed = StockFeed.objects.select_for_update(no_key=True).get(pk=feed_id)
    _count(feed, reason)
    if feed.paused_at is not None:
        enqueue(send_feed_notice, feed.pk, None)


def _count(feed: StockFeed, reason: str) -> None:
    feed.failure_count += 1
    if feed.failure_count >= FAILURES_MAX and feed.paused_at is None:
        feed.paused_at = timezone.now()
        feed.pause_reason = f"It failed {feed.failure_count} times on end: {reason}"[:500]
    feed.save(update_fields=["failure_count", "paused_at", "pause_reason"])
