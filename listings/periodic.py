"""What the clock starts. Every task is safe twice, in parallel and when killed at any point."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings

from listings.adverts import expire_due, read_unread, release_overdue
from listings.buyers.alert_queue import enqueue_due, forget_old
from listings.buyers.audience import pack_days
from listings.buyers.reservations import settle
from listings.buyers.signals import find_signals
from listings.buyers.tasks import collect_alerts
from listings.changes import prune_tombstones, restamp_from_the_future
from listings.photos.downloads import due_hosts
from listings.photos.files import discard_due
from listings.photos.missing_hashes import add_missing_hashes
from listings.photos.renditions import overdue_originals
from listings.photos.tasks import fetch_photos_of, make_photo_sizes
from listings.physical_cars import follow_cars
from listings.pricing import apply_due_drops, renew_lowest_prices
from listings.pricing.value.history import keep_values
from listings.pricing.value.market_weeks import (
    renew_kinds,
    renew_market_index,
    renew_market_weeks,
)
from listings.pricing.value.refit import RefitRefused, refit, refit_is_due
from listings.word_index import follow_texts
from marketplace.london_time import london_today
from marketplace.outbox import enqueue_each

HOSTS_A_MINUTE = 100
ORIGINALS_A_MINUTE = 500
REFIT_SECONDS_MAX = 3_600

log = structlog.get_logger(__name__)


@shared_task
def sweep_expired() -> None:
    _report("listings_expired", expire_due())


@shared_task
def release_overdue_reservations() -> None:
    _report("reservations_released", release_overdue())


@shared_task
def settle_reservations() -> None:
    _report("reservations_settled", settle())


@shared_task
def pack_audience() -> None:
    before = london_today() - timedelta(days=settings.ADVERT_DAYS_KEPT)
    _report("audience_batches_packed", pack_days(before=before))


@shared_task
def find_suspicious_adverts() -> None:
    _report("signals_found", find_signals())


@shared_task
def send_due_alerts() -> None:
    _report("alerts_due", enqueue_due(collect_alerts))


@shared_task
def tend_saved_searches() -> None:
    _report("alerts_forgotten", forget_old())


@shared_task
def renew_market() -> None:
    _report("market_weeks_written", renew_market_weeks())


@shared_task
def renew_index() -> None:
    _report("market_levels_written", renew_market_index())


@shared_task
def refresh_prices() -> None:
    _report("prices_refreshed", apply_due_drops())
    _report("lowest_prices_renewed", renew_lowest_prices())


@shared_task(soft_time_limit=REFIT_SECONDS_MAX, time_limit=REFIT_SECONDS_MAX + 60)
def refit_values() -> None:
    """Fit anew what cars are worth where that is due; what refuses it is tried again, and told."""
    if not refit_is_due():
        return
    try:
        refit()
    except RefitRefused as refusal:
        log.log(refusal.level, "values_not_refitted", code=refusal.code, reason=refusal.message)


@shared_task
def keep_value_history() -> None:
    _report("value_weeks_kept", keep_values(london_today()))


@shared_task
def measure_market() -> None:
    _report("retail_kinds_measured", renew_kinds())


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
def link_cars() -> None:
    _report("cars_linked", follow_cars())


@shared_task
def tend_photos() -> None:
    """Delete files that nothing shows, hash photos of before, queue the work that nobody is at."""
    _report("photo_files_discarded", discard_due())
    _report("photos_hashed", add_missing_hashes())
    originals = [(photo_id,) for photo_id in overdue_originals(limit=ORIGINALS_A_MINUTE)]
    enqueue_each(make_photo_sizes, originals, unless_waiting=True)
    hosts = [(host,) for host in due_hosts(limit=HOSTS_A_MINUTE)]
    enqueue_each(fetch_photos_of, hosts, unless_waiting=True)


def _report(event: str, rows: int) -> None:
    if rows:
        log.info(event, rows=rows)
