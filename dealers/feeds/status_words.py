"""What a person says that unknown words of a feed's status mean, and the cars that wait."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from dealers.feeds.configuration import get_locked
from dealers.feeds.exceptions import InvalidFeed
from dealers.feeds.imports import runs
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.safety_check import SAFETY_HOLDS
from dealers.feeds.tasks import process_run
from dealers.feeds.uploads import receive_again
from dealers.models import FeedRun, FeedStatusWord, StockFeed
from dealers.permissions import Actor, Permission, require
from marketplace.errors import DomainError
from marketplace.outbox import enqueue

Meaning = FeedStatusWord.Meaning


def explain_words(*, feed_id: int, meanings: Mapping[int, str], actor: Actor) -> FeedRun | None:
    """Keep what words mean, by their keys, and have the newest file read again by that.

    Returns the run that does it; None where no file is kept, or the feed takes none: the next file
    is read so. Raises `FeedNotFound`, and `InvalidFeed` for a word or a meaning that is none.
    """
    with transaction.atomic():
        feed = get_locked(feed_id)
        require(Permission.DELIVER_FEEDS, dealer_id=feed.dealer_id, actor=actor)
        words = FeedStatusWord.objects.filter(feed=feed, pk__in=meanings).in_bulk()
        if words.keys() != meanings.keys() or not set(meanings.values()) <= set(Meaning.values):
            message = "Choose what each word means."
            raise InvalidFeed(message, fields={"meaning": [message]})
        for key, word in words.items():
            word.meaning, word.answered_at = meanings[key], timezone.now()
            word.answered_by_id = actor.user_id
            word.save(update_fields=["meaning", "answered_at", "answered_by"])
        held = _read_held_again(feed)
    return held or _read_newest_again(feed, actor)


def _read_held_again(feed: StockFeed) -> FeedRun | None:
    """Read a file anew that is held for what it takes off sale: fewer cars may be among them."""
    held = FeedRun.objects.select_for_update(no_key=True).filter(
        feed=feed, state=FeedRun.State.HELD, hold_code__in=SAFETY_HOLDS
    )
    run = held.order_by("-source_at", "-pk").first()
    if run is None or not run.file:
        return None
    runs.forget_rows(run)
    runs.move(
        run,
        state=FeedRun.State.RECEIVED,
        position=0,
        hold_code="",
        hold_reason="",
        recipe=ImportConfig.of(feed).to_json(),
    )
    enqueue(process_run, run.pk)
    return run


def _read_newest_again(feed: StockFeed, actor: Actor) -> FeedRun | None:
    """Import the newest file that was applied once more; what it lacks is not counted twice."""
    applied = FeedRun.objects.filter(feed=feed, state=FeedRun.State.DONE, dry_run=False)
    run = applied.order_by("-source_at", "-pk").first()
    if run is None or not run.file or run.source_at != feed.last_source_at:
        return None
    try:
        return receive_again(run_id=run.pk, actor=actor)
    except (DomainError, FileNotFoundError):
        return None
