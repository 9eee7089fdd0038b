"""What the clock starts. Every task is safe twice, in parallel and when killed at any point."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dealers.feeds.fetches import poll, take_due_feed
from dealers.feeds.imports.absences import withdraw_lapsed
from dealers.feeds.notices import tell_of_end
from dealers.feeds.tasks import process_run
from dealers.models import FeedRun
from dealers.tasks import send_waiting_digest
from dealers.waiting_digest import dealers_to_tell
from marketplace.outbox import enqueue_each

log = structlog.get_logger(__name__)

POLLS_MAX = 20
QUIET = timedelta(minutes=10)
"""A run that nobody has got on with for so long has lost its worker, or its message."""


@shared_task
def poll_feeds() -> None:
    for _ in range(POLLS_MAX):
        with transaction.atomic():
            if (feed_id := take_due_feed()) is None:
                return
            enqueue_each(poll_feed, [(feed_id,)], unless_waiting=True)


@shared_task
def poll_feed(feed_id: int) -> None:
    poll(feed_id=feed_id)


@shared_task
def resume_runs() -> None:
    """Take up what lost its worker, and tell of ends that nobody was told of."""
    quiet_since = timezone.now() - QUIET
    quiet = Q(touched_at__lt=quiet_since) | Q(touched_at=None, received_at__lt=quiet_since)
    unfinished = FeedRun.objects.unfinished().filter(quiet)
    enqueue_each(process_run, unfinished.values_list("pk"), unless_waiting=True)
    ended = FeedRun.objects.filter(state__in=("held", "failed"), told_at=None)
    for run_id in ended.filter(quiet).values_list("pk", flat=True):
        tell_of_end(run_id=run_id)


@shared_task
def tell_of_waiting() -> None:
    """Have dealers told of what waits for them, and told again while it does."""
    dealers = dealers_to_tell().order_by("pk").values_list("pk")
    enqueue_each(send_waiting_digest, dealers, unless_waiting=True)


@shared_task
def withdraw_lapsed_cars() -> None:
    if withdrawn := withdraw_lapsed():
        log.info("absent_cars_withdrawn", adverts=withdrawn)
