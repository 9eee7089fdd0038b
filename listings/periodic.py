"""What the clock starts. Every task is safe twice, in parallel and when killed at any point."""

import structlog
from celery import shared_task

from listings.changes import prune_tombstones, restamp_from_the_future
from listings.expiry import expire_due, release_overdue
from listings.pricing.refresh import refresh_due

log = structlog.get_logger(__name__)


@shared_task
def sweep_expired() -> None:
    _report("listings_expired", expire_due())


@shared_task
def release_overdue_reservations() -> None:
    _report("reservations_released", release_overdue())


@shared_task
def refresh_prices() -> None:
    _report("prices_refreshed", refresh_due())


@shared_task
def tend_changes() -> None:
    _report("tombstones_pruned", prune_tombstones())
    _report("revisions_restamped", restamp_from_the_future())


def _report(event: str, rows: int) -> None:
    if rows:
        log.info(event, rows=rows)
