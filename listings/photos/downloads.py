"""Photographs fetched from their addresses, one at a time and few at once from a host.

To claim an address is to put off its next attempt: a worker that is killed leaves it due later.
Nothing that is there is taken away by a failure.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from listings.choices import Status
from listings.models import Photo, PhotoSource
from listings.photos.files import (
    WIDTH_MAX,
    PhotoFiles,
    made_from,
    note_before_writing,
)
from listings.photos.order import insert_fetched, locked_listing, refuse_one_more
from listings.photos.pictures import UPLOAD_BYTES_MAX, decoded
from listings.photos.reconciliation import reconcile
from marketplace.errors import DomainError, StorageAway
from marketplace.fetching import Fetched, FetchFailed, FetchNotFound, Limits, fetch

FETCHES_PER_HOST = 2  # at once
LIMITS = Limits(
    bytes_max=UPLOAD_BYTES_MAX,
    seconds_max=30,
    accept="image/webp,image/jpeg,image/png;q=0.9,image/*;q=0.1",
)
RECHECK_AFTER = timedelta(days=7)
STORAGE_RETRY = timedelta(minutes=10)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 60, 6 * 60, 24 * 60))

_SLOTS = 0x70686F74  # the first half of advisory locks of this project's own
_CLAIM = """
    UPDATE listings_photosource SET attempts = attempts + 1,
        next_attempt_at = statement_timestamp() + interval '10 minutes'
    WHERE id = (
        SELECT id FROM listings_photosource
        WHERE host = %s AND next_attempt_at <= statement_timestamp()
        ORDER BY next_attempt_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id
"""
_DUE_HOSTS = """
    WITH RECURSIVE due AS (
        (SELECT host FROM listings_photosource WHERE next_attempt_at IS NOT NULL
            ORDER BY host LIMIT 1)
        UNION ALL
        SELECT (SELECT host FROM listings_photosource
            WHERE next_attempt_at IS NOT NULL AND host > due.host ORDER BY host LIMIT 1)
        FROM due WHERE due.host IS NOT NULL
    )
    SELECT host FROM due WHERE host IS NOT NULL AND EXISTS (
        SELECT FROM listings_photosource AS source
        WHERE source.host = due.host AND next_attempt_at <= statement_timestamp()
    )
    ORDER BY random() LIMIT %s
"""


def due_hosts(*, limit: int) -> list[str]:
    """Return hosts that have something to be fetched; of more than `limit`, any."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_HOSTS, [limit])
        return [host for (host,) in cursor.fetchall()]


def fetch_due(*, host: str, seconds_max: float) -> bool:
    """Fetch what is due from a host, for at most so long; return whether more may be due.

    Nothing happens while `FETCHES_PER_HOST` others fetch from it, and a host that does not answer
    is left alone until its turn comes again.
    """
    ends = time.monotonic() + seconds_max
    with _slot(host) as is_free:
        if not is_free:
            return False
        while (source := _claimed(host)) is not None:
            if not _fetch(source):
                return False
            if time.monotonic() > ends:
                return True
    return False


@contextmanager
def _slot(host: str) -> Iterator[bool]:
    """Hold one of a host's places, if one is free.

    A transaction of its own holds the lock, for what is fetched is written in others. It ends with
    this process, and behind a proxy that pools it keeps its session, which a lock of the session
    would not.
    """
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            is_free = any(_locks(cursor, f"{slot} {host}") for slot in range(FETCHES_PER_HOST))
        yield is_free
        holder.rollback()
    finally:
        holder.close()


def _locks(cursor: CursorWrapper, place: str) -> bool:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_SLOTS, place])
    return bool(cursor.fetchone()[0])


def _claimed(host: str) -> PhotoSource | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [host])
        row = cursor.fetchone()
    return row and PhotoSource.objects.select_related("listing").get(pk=row[0])


def _fetch(source: PhotoSource) -> bool:
    """Fetch one photo; return whether the host is well enough to be asked for the next."""
    is_there = source.state == PhotoSource.FetchState.FETCHED
    if is_there and source.listing.status != Status.LIVE:
        _write(source, attempts=0, next_attempt_at=timezone.now() + RECHECK_AFTER)
        return True
    if source.attempts > len(BACKOFF) + 1:
        _give_up(source, "Fetching this photo was broken off too often.")
        return True
    known = (source.etag, source.last_modified) if is_there else ("", "")
    try:
        with fetch(source.url, limits=LIMITS, etag=known[0], last_modified=known[1]) as answer:
            if answer.is_not_modified or (is_there and answer.digest == source.digest):
                _write(source, **_fetched(source, answer))
            else:
                _keep(source, answer)
    except FetchFailed as failure:
        _put_off(source, failure)
        return not failure.is_of_the_host
    except StorageAway:  # no fault of the photo's: the attempt does not count, nor do the next
        _write(
            source,
            attempts=max(source.attempts - 1, 0),
            next_attempt_at=timezone.now() + STORAGE_RETRY,
        )
        return False
    except DomainError as refusal:
        _give_up(source, refusal.message)
    return True


def _keep(source: PhotoSource, answer: Fetched) -> None:
    """Show what was fetched, unless it is not wanted any more; raises `DomainError`."""
    files = made_from(decoded(answer.body.read(), width_max=WIDTH_MAX))
    note = note_before_writing(files)
    try:
        files.write()
    except StorageAway:
        note.delete()
        raise
    with transaction.atomic():
        locked_listing(source.listing_id)
        if _write(source, **_fetched(source, answer)):
            _show(source, files)
            note.delete()
            reconcile([source.listing_id], in_order=False)


def _show(source: PhotoSource, files: PhotoFiles) -> None:
    if Photo.objects.filter(source=source).update(**files.fields):
        return
    photos = list(source.listing.photos.select_related("source"))
    refuse_one_more(photos)
    insert_fetched(Photo(listing=source.listing, source=source, **files.fields), photos)


def _put_off(source: PhotoSource, failure: FetchFailed) -> None:
    """Try again later; a photo that is not found is often just not uploaded yet."""
    is_final = not failure.is_retryable and not isinstance(failure, FetchNotFound)
    if is_final or source.attempts > len(BACKOFF):
        _give_up(source, failure.message)
        return
    seconds = failure.retry_after_seconds or 0
    delay = max(BACKOFF[source.attempts - 1], timedelta(seconds=seconds))
    _write(source, reason=failure.message[:200], next_attempt_at=timezone.now() + delay)


def _give_up(source: PhotoSource, reason: str) -> None:
    """Try no more, or where the photo is there not before it is looked at again anyway."""
    fields: dict[str, Any] = {"reason": reason[:200], "attempts": 0}
    if source.state == PhotoSource.FetchState.FETCHED:
        _write(source, **fields, next_attempt_at=timezone.now() + RECHECK_AFTER)
        return
    with transaction.atomic():
        locked_listing(source.listing_id)
        _write(source, **fields, state=PhotoSource.FetchState.FAILED, next_attempt_at=None)
        reconcile([source.listing_id], in_order=False)


def _fetched(source: PhotoSource, answer: Fetched) -> dict[str, Any]:
    etag, last_modified = answer.etag or source.etag, answer.last_modified or source.last_modified
    return {
        "state": PhotoSource.FetchState.FETCHED,
        "reason": "",
        "etag": etag if len(etag) <= 255 else "",
        "last_modified": last_modified if len(last_modified) <= 64 else "",
        "digest": answer.digest or source.digest,
        "attempts": 0,
        "next_attempt_at": timezone.now() + RECHECK_AFTER,
        "fetched_at": timezone.now(),
    }


def _write(source: PhotoSource, **fields: Any) -> bool:
    """Write the outcome unless the address was taken off the list in the meantime."""
    wanted = PhotoSource.objects.filter(pk=source.pk, next_attempt_at__isnull=False)
    return bool(wanted.update(**fields))
