"""Telling the dealer of a run that needs a person, and resting a feed that keeps failing."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from dealers.models import FeedRun, StockFeed

FAILURES_MAX = 5
"""After this many failures on end a feed is paused."""


@transaction.atomic
def tell_of_end(*, run_id: int) -> None:
    """Mail the dealer about a run that is held or has failed, once.

    The run is marked in the same transaction after the mail is handed over: whoever dies in
    between sends again rather than never.
    """
    run = FeedRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None or run.told_at or run.state not in (FeedRun.State.HELD, FeedRun.State.FAILED):
        return
    feed = StockFeed.objects.select_for_update(no_key=True).get(pk=run.feed_id)
    if run.state == FeedRun.State.FAILED or run.hold_code == "unreadable":
        _count(feed, run.failure or run.hold_reason)
    if not run.dry_run:
        _mail(feed, run)
    run.told_at = timezone.now()
    run.save(update_fields=["told_at"])


@transaction.atomic
def fetch_failed(*, feed_id: int, reason: str) -> None:
    """Count a failed fetch; the dealer is told when the feed is paused for it."""
    feed = StockFeed.objects.select_for_update(no_key=True).get(pk=feed_id)
    _count(feed, reason)
    if feed.paused_at is not None:
        _mail(feed, None)


def _count(feed: StockFeed, reason: str) -> None:
    feed.failure_count += 1
    if feed.failure_count >= FAILURES_MAX and feed.paused_at is None:
        feed.paused_at = timezone.now()
        feed.pause_reason = f"It failed {feed.failure_count} times on end: {reason}"[:500]
    feed.save(update_fields=["failure_count", "paused_at", "pause_reason"])


def _mail(feed: StockFeed, run: FeedRun | None) -> None:
    context = {"feed": feed, "run": run, "address": settings.PUBLIC_URL}
    state = "is paused" if feed.paused_at else "needs you"
    EmailMessage(
        subject=f"Your stock feed {feed.name} {state}",
        body=render_to_string("dealers/feeds/end.txt", context),
        to=[feed.dealer.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
