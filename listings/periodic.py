"""What the clock starts. Every task is safe twice, in parallel and when killed at any point."""

import structlog
from celery import shared_task

from listings.adverts import expire_due, read_unread, release_overdue
from listings.changes import prune_tombstones, restamp_from_the_future
from listings.photos.downloads import due_hosts
from listings.photos.files import discard_due
from listings.photos.renditions import overdue_originals
from listings.photos.tasks import fetch_photos_of, make_photo_sizes
from listings.pricing import apply_due_drops, renew_lowest_prices
from listings.word_index import follow_texts
from marketplace.outbox import enqueue_each

HOSTS_A_MINUTE = 100
ORIGINALS_A_MINUTE = 500

log = structlog.get_logger(__name__)


@shared_task
def sweep_expired() -> None:
    _report("listings_expired", expire_due())


@shared_task
def release_overdue_reservations() -> None:
    _report("reservations_released", release_overdue())


@shared_task
def refresh_prices() -> None:
    _report("prices_refreshed", apply_due_drops())
    _report("lowest_prices_renewed", renew_lowest_prices())


@shared_task
def tend_changes() -> None:
    _report("tombstones_pruned", prune_tombstones())
    _report("revisions_restamped", restamp_from_the_future())


@shared_task
def read_equipment() -> None:
    _report("equipment_read", read_unread())


@shared_task
def index_words() -> None:
    _report("words_indexed", follow_texts())


@shared_task
def tend_photos() -> None:
    """Delete files that nothing shows, and queue the work that nobody is at."""
    _report("photo_files_discarded", discard_due())
    originals = [(photo_id,) for photo_id in overdue_originals(limit=ORIGINALS_A_MINUTE)]
    enqueue_each(make_photo_sizes, originals, unless_waiting=True)
    hosts = [(host,) for host in due_hosts(limit=HOSTS_A_MINUTE)]
    enqueue_each(fetch_photos_of, hosts, unless_waiting=True)


def _report(event: str, rows: int) -> None:
    if rows:
        log.info(event, rows=rows)
