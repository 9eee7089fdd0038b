"""A file arrives, and is kept until it is imported."""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import BinaryIO, cast

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from dealers.feeds.configuration import get_feed, get_locked
from dealers.feeds.exceptions import FeedPaused, FeedRunNotFound, InvalidFeed, OutOfOrder
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.retention import MEGABYTE, make_room, needed_bytes
from dealers.feeds.tasks import process_run
from dealers.models import FeedRun, StockFeed
from dealers.permissions import Actor, Permission, require
from marketplace import quotas
from marketplace.outbox import enqueue
from marketplace.storage import delete_with_rollback

FILE_BYTES_MAX = 1024**3
_PIECE = 1024 * 1024


def receive_file(
    *,
    feed_id: int,
    upload: BinaryIO,
    name: str = "",
    source_at: datetime | None = None,
    dry_run: bool = False,
    actor: Actor,
) -> FeedRun:
    """Keep a file and have it imported; `source_at` is when the stock was as it says, now if None.

    A sender whose clock is ahead would have all later files refused: no stock is of the future.
    Files that are only kept make room for it, the oldest first, once it is certain to be kept.
    Raises `FeedNotFound`, `FeedPaused`, `OutOfOrder`, `QuotaReached`, `StorageFull`, and
    `InvalidFeed` for a file that is too large.
    """
    dealer_id = get_feed(feed_id).dealer_id
    require(Permission.DELIVER_FEEDS, dealer_id=dealer_id, actor=actor)
    digest, size = _measured(upload)
    run = FeedRun(
        feed_id=feed_id,
        source_at=min(source_at or timezone.now(), timezone.now()),
        dry_run=dry_run,
        actor_id=actor.user_id,
        file_name=name[:200],
        file_hash=digest,
        file_bytes=size,
    )
    return _received(run, upload, is_whole=True)


def receive_again(*, run_id: int, actor: Actor) -> FeedRun:
    """Import the file of a run once more; what it lacks was counted then, and stays as it is.

    Raises as `receive_file`, `FeedRunNotFound` and `FileNotFoundError`.
    """
    run = FeedRun.objects.select_related("feed").filter(pk=run_id).first()
    if run is None:
        raise FeedRunNotFound("There is no such run.")
    require(Permission.DELIVER_FEEDS, dealer_id=run.feed.dealer_id, actor=actor)
    again = FeedRun(
        feed_id=run.feed_id,
        source_at=run.source_at,
        actor_id=actor.user_id,
        file_name=run.file_name,
        file_hash=run.file_hash,
        file_bytes=run.file_bytes,
    )
    with run.file.open("rb") as file:
        return _received(again, cast("BinaryIO", file), is_whole=False)


def _received(run: FeedRun, upload: BinaryIO, *, is_whole: bool) -> FeedRun:
    _refuse_unwanted(get_feed(run.feed_id), run)
    run.file.save(f"{run.feed_id}-{run.file_hash[:16]}", File(upload), save=False)
    delete = partial(run.file.storage.delete, str(run.file.name))
    try:  # no transaction is open for as long as a large file takes
        with transaction.atomic():
            delete_with_rollback(delete)
            _keep_run(run, is_whole=is_whole)
    except BaseException:
        delete()
        raise
    return run


def _keep_run(run: FeedRun, *, is_whole: bool) -> None:
    feed = run.feed = get_locked(run.feed_id)
    _refuse_unwanted(feed, run)
    _refuse_beyond_quotas(feed, run.file_bytes)
    config = ImportConfig.of(feed)
    run.recipe = replace(config, is_full=config.is_full and is_whole).to_json()
    run.save()
    enqueue(process_run, run.pk)
    room = partial(make_room, dealer_id=feed.dealer_id, run_id=run.pk)
    transaction.on_commit(room, robust=True)


def _refuse_unwanted(feed: StockFeed, run: FeedRun) -> None:
    if feed.paused_at is not None:
        raise FeedPaused(f"The feed is paused. {feed.pause_reason}".strip())
    if feed.last_source_at and run.source_at < feed.last_source_at:
        raise OutOfOrder(
            "A newer file of this feed has been applied already.",
            extra={"last_source_at": feed.last_source_at.isoformat()},
        )


def _refuse_beyond_quotas(feed: StockFeed, size: int) -> None:
    waiting = FeedRun.objects.unfinished().filter(feed=feed)
    quotas.require("feed_files_waiting", dealer_id=feed.dealer_id, count=waiting.count)
    quotas.require(
        "feed_files_mb",
        dealer_id=feed.dealer_id,
        count=lambda: -(-needed_bytes(feed.dealer_id) // MEGABYTE),
        adding=-(-size // MEGABYTE),
    )


def _measured(upload: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    upload.seek(0)
    while piece := upload.read(_PIECE):
        digest.update(piece)
        size += len(piece)
        if size > FILE_BYTES_MAX:
            message = f"A file may have at most {FILE_BYTES_MAX // 1024**2:,} MB."
            raise InvalidFeed(message, fields={"file": [message]})
    upload.seek(0)
    return digest.hexdigest(), size
