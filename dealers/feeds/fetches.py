"""Fetching the files of feeds that have an address, each on its schedule."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from dealers.feeds.imports.unchanged import renew_present
from dealers.feeds.notices import fetch_failed
from dealers.feeds.uploads import FILE_BYTES_MAX, receive_file
from dealers.models import StockFeed
from dealers.permissions import SYSTEM
from marketplace.errors import DomainError
from marketplace.fetching import FetchFailed, Limits, fetch
from marketplace.quotas import QuotaReached

LIMITS = Limits(bytes_max=FILE_BYTES_MAX, seconds_max=240)


def take_due_feed() -> int | None:
    """Take the next feed whose time has come, so that no other worker does; return its id."""
    with transaction.atomic():
        feed = (
            StockFeed.objects.due()
            .order_by("next_poll_at")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .first()
        )
        if feed is None:
            return None
        feed.next_poll_at = timezone.now() + timedelta(minutes=feed.every_minutes)
        feed.save(update_fields=["next_poll_at"])
        return feed.pk


def poll(*, feed_id: int) -> None:
    """Fetch a feed's file, if it has changed, and have it imported."""
    try:
        feed = StockFeed.objects.get(
            pk=feed_id,
            channel=StockFeed.Channel.URL,
            paused_at=None,
            dealer__is_active=True,
        )
    except ObjectDoesNotExist:
        return
    try:
        with fetch(
            feed.url, limits=LIMITS, etag=feed.etag, last_modified=feed.last_modified
        ) as fetched:
            if fetched.is_not_modified:
                StockFeed.objects.filter(pk=feed_id).update(failure_count=0)
                renew_present(feed_id=feed_id)
                return
            receive_file(
                feed_id=feed_id,
                upload=fetched.body,
                name=fetched.url.rpartition("/")[2].partition("?")[0],
                source_at=_moment(fetched.last_modified),
                actor=SYSTEM,
            )
    except FetchFailed as failure:
        fetch_failed(feed_id=feed_id, reason=failure.message)
        return
    except QuotaReached as refusal:
        fetch_failed(feed_id=feed_id, reason=refusal.message)
        return
    except DomainError:
        return
    StockFeed.objects.filter(pk=feed_id, url=feed.url).update(
        etag=fetched.etag[:500], last_modified=fetched.last_modified[:100]
    )


def _moment(last_modified: str) -> datetime | None:
    """Return when a server says that a file was written; None where it does not, or is ahead."""
    try:
        moment = parsedate_to_datetime(last_modified)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(moment, timezone.now())
