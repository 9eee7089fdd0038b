"""Fetching the files of feeds that have an address, each on its schedule."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from dealers.feeds.imports.unchanged import renew_present
from dealers.feeds.notices import fetch_failed
from dealers.feeds.uploads import FILE_BYTES_MAX, receive_file
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from marketplace.errors import DomainError
from marketplace.fetching import Fetched, FetchFailed, Limits, fetch
from marketplace.outcome_counts import count
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
            _receive(feed, fetched)
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


def _receive(feed: StockFeed, fetched: Fetched) -> None:
    """Have a body imported unless it is known to be an older one, whatever its server says of it.

    A server whose clock went back, or that puts files back with their dates, sends new stock under
    an old date; a mirror that lags sends a body that this feed has had before the last one.
    """
    source_at = _moment(fetched.last_modified)
    if source_at and feed.last_source_at and source_at < feed.last_source_at:
        applied = FeedRun.objects.filter(feed=feed, state=FeedRun.State.DONE, dry_run=False)
        hashes = list(applied.order_by("-source_at", "-pk").values_list("file_hash", flat=True))
        if fetched.digest in hashes[:1]:
            StockFeed.objects.filter(pk=feed.pk).update(failure_count=0)
            renew_present(feed_id=feed.pk)
            return
        if fetched.digest in hashes:
            _refuse(feed, fetched, source_at)
            return
        source_at = None
    receive_file(
        feed_id=feed.pk,
        upload=fetched.body,
        name=_name_of(fetched),
        source_at=source_at,
        actor=SYSTEM,
    )


def _refuse(feed: StockFeed, fetched: Fetched, source_at: datetime) -> None:
    """Show a file that is not taken among the feed's runs, and count it as a failure."""
    reason = "The server sent an older file again: nothing has been changed."
    FeedRun.objects.create(
        feed=feed,
        state=FeedRun.State.DROPPED,
        file_name=_name_of(fetched)[:200],
        file_hash=fetched.digest,
        file_bytes=fetched.size,
        source_at=source_at,
        finished_at=timezone.now(),
        failure=reason,
        has_rows=False,
    )
    count("feed_runs_ended", {FeedRun.State.DROPPED: 1})
    fetch_failed(feed_id=feed.pk, reason=reason)


def _name_of(fetched: Fetched) -> str:
    return fetched.url.rpartition("/")[2].partition("?")[0]


def _moment(last_modified: str) -> datetime | None:
    """Return when a server says that a file was written; None where it does not, or is ahead."""
    try:
        moment = parsedate_to_datetime(last_modified)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(moment, timezone.now())
