"""What people decide about a feed: how it comes, what its columns mean, whether it rests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dealers.feeds.columns import ColumnMapping, unstated
from dealers.feeds.exceptions import FeedNotFound, InvalidFeed
from dealers.models import StockFeed
from dealers.permissions import Actor, Permission, require
from marketplace import quotas

EDITABLE_FIELDS = frozenset(
    {
        "name",
        "channel",
        "url",
        "every_minutes",
        "format",
        "mode",
        "blanks",
        "branch",
        "branch_refs",
        "publishes",
    }
)


@transaction.atomic
def create_feed(*, dealer_id: int, fields: Mapping[str, Any], actor: Actor) -> StockFeed:
    """Write a new feed; `fields` maps names of `EDITABLE_FIELDS` to values.

    Raises `InvalidFeed` with a message for each field at fault, and `QuotaReached`.
    """
    require(Permission.EDIT_FEEDS, dealer_id=dealer_id, actor=actor)
    mine = StockFeed.objects.for_dealer(dealer_id)
    quotas.require("feeds", dealer_id=dealer_id, count=mine.count)
    return _write(StockFeed(dealer_id=dealer_id), fields)


@transaction.atomic
def edit_feed(*, feed_id: int, changes: Mapping[str, Any], actor: Actor) -> StockFeed:
    """Change how a feed comes; raises as `create_feed`, and `FeedNotFound`."""
    return _write(_lock_for(Permission.EDIT_FEEDS, feed_id, actor), changes)


@transaction.atomic
def confirm_mapping(
    *, feed_id: int, mapping: Mapping[str, Any] | None = None, actor: Actor
) -> StockFeed:
    """Say what a file's columns mean, by default what was suggested for the last strange one.

    Raises `InvalidMapping`, and `InvalidFeed` where there is no suggestion, or a file of the whole
    stock would have no column for what every car must have.
    """
    feed = _lock_for(Permission.DELIVER_FEEDS, feed_id, actor)
    chosen = mapping if mapping is not None else feed.suggested_mapping or feed.mapping
    if chosen is None:
        message = "There is no file yet from which the columns could be known."
        raise InvalidFeed(message, fields={"mapping": [message]})
    confirmed = replace(ColumnMapping.from_json(dict(chosen)), guessed=())
    missing = unstated(confirmed) if feed.mode == StockFeed.Mode.FULL else []
    if missing:
        each = {name: [f"Every car must have a {name}: choose its column."] for name in missing}
        raise InvalidFeed("The columns lack what every car must have.", fields=each)
    feed.mapping = confirmed.to_json()
    feed.suggested_mapping = None
    feed.mapping_confirmed_at = timezone.now()
    feed.mapping_confirmed_by_id = actor.user_id
    feed.save(
        update_fields=[
            "mapping",
            "suggested_mapping",
            "mapping_confirmed_at",
            "mapping_confirmed_by",
        ]
    )
    return feed


@transaction.atomic
def pause_feed(*, feed_id: int, reason: str = "", actor: Actor) -> StockFeed:
    """Fetch and receive nothing until `resume_feed`; a feed that is paused already stays so."""
    feed = _lock_for(Permission.EDIT_FEEDS, feed_id, actor)
    if feed.paused_at is None:
        feed.paused_at, feed.pause_reason = timezone.now(), reason[:500]
        feed.save(update_fields=["paused_at", "pause_reason"])
    return feed


@transaction.atomic
def resume_feed(*, feed_id: int, actor: Actor) -> StockFeed:
    """Go on with a feed, whose failures are forgotten; it is fetched at once."""
    feed = _lock_for(Permission.EDIT_FEEDS, feed_id, actor)
    feed.paused_at, feed.pause_reason, feed.failure_count = None, "", 0
    feed.next_poll_at = timezone.now() if feed.channel == StockFeed.Channel.URL else None
    feed.save(update_fields=["paused_at", "pause_reason", "failure_count", "next_poll_at"])
    return feed


def get_locked(feed_id: int) -> StockFeed:
    """Return a feed under its lock; raises `FeedNotFound`."""
    return _found(StockFeed.objects.select_for_update(no_key=True).filter(pk=feed_id).first())


def get_feed(feed_id: int) -> StockFeed:
    """Return a feed as it is now; raises `FeedNotFound`."""
    return _found(StockFeed.objects.filter(pk=feed_id).first())


def _lock_for(permission: Permission, feed_id: int, actor: Actor) -> StockFeed:
    feed = get_locked(feed_id)
    require(permission, dealer_id=feed.dealer_id, actor=actor)
    return feed


def _found(feed: StockFeed | None) -> StockFeed:
    if feed is None:
        raise FeedNotFound("There is no such feed.")
    return feed


def _write(feed: StockFeed, fields: Mapping[str, Any]) -> StockFeed:
    unknown = set(fields) - EDITABLE_FIELDS
    if unknown:
        raise TypeError(f"not fields a person writes: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(feed, name, value)
    if feed.branch_id and feed.branch.dealer_id != feed.dealer_id:
        message = "Choose one of the dealer's own branches."
        raise InvalidFeed(message, fields={"branch": [message]})
    is_fetched = feed.channel == StockFeed.Channel.URL
    if is_fetched and (feed.next_poll_at is None or "url" in fields):
        feed.next_poll_at, feed.etag, feed.last_modified = timezone.now(), "", ""
    try:
        with transaction.atomic():
            feed.full_clean(exclude={"dealer"})
            feed.save()
    except ValidationError as error:
        raise InvalidFeed("This feed cannot be accepted.", fields=error.message_dict) from None
    except IntegrityError as error:
        is_taken = "feed_name_is_unique" in str(error)
        refused = {"name": ["Another feed has this name."]} if is_taken else {}
        raise InvalidFeed("This feed cannot be accepted.", fields=refused) from None
    return feed
