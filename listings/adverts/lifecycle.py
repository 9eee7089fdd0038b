"""The life of one advert: each verb does to a set of one what `transition_listings` does to many.

Every verb takes the listing's id, the id of the person who acts (None: the system) and a reason
for the log; it returns the changed row and raises `ListingNotFound`, `ActionNotAllowed` or what its
own docstring names. Whoever acts holds a lock on the row, so that of two people who act at once
one succeeds and the other gets a clear conflict.
"""

from datetime import datetime

from django.db import transaction

from listings.adverts.context import WriteContext
from listings.adverts.rules import Action
from listings.adverts.transitions import transition_listings
from listings.choices import Source
from listings.models import Listing


def publish(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Put an advert before buyers for the usual time; a sold one only soon after the sale.

    Like every verb that makes an advert live, it raises `NotPublishable` for a car that may not
    return to the road, `DealerSuspended`, and `AlreadyLive` (with the `id` of the other advert)
    where the dealer already shows this car.
    """
    return act(Action.PUBLISH, listing_id, WriteContext(source, reason, actor_id))


def renew(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Let an advert, live or expired, run for another full lifetime from now."""
    return act(Action.RENEW, listing_id, WriteContext(source, reason, actor_id))


def reserve(
    *,
    listing_id: int,
    actor_id: int | None,
    reason: str = "",
    until: datetime | None = None,
    source: Source | None = None,
) -> Listing:
    """Hold a car for somebody until a moment, by default `RESERVATION_HOURS` from now."""
    return act(Action.RESERVE, listing_id, WriteContext(source, reason, actor_id), until)


def release(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """End a reservation, whoever made it."""
    return act(Action.RELEASE, listing_id, WriteContext(source, reason, actor_id))


def sell(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Mark a car sold, reserved or not."""
    return act(Action.SELL, listing_id, WriteContext(source, reason, actor_id))


def withdraw(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Take an advert down for a while; it can be published again."""
    return act(Action.WITHDRAW, listing_id, WriteContext(source, reason, actor_id))


def reject(*, listing_id: int, actor_id: int | None, reason: str) -> Listing:
    """Take an advert down that breaks the marketplace's rules, and say why."""
    return act(Action.REJECT, listing_id, WriteContext(None, reason, actor_id))


def reopen(*, listing_id: int, actor_id: int | None, reason: str = "") -> Listing:
    """Turn a rejected advert back into a draft, to be mended."""
    return act(Action.REOPEN, listing_id, WriteContext(None, reason, actor_id))


def act(
    action: Action, listing_id: int, by: WriteContext, until: datetime | None = None
) -> Listing:
    """Do one thing to one advert; raises what refuses it."""
    with transaction.atomic():
        refused = transition_listings(action=action, listing_ids=[listing_id], by=by, until=until)
        if listing_id in refused:
            raise refused[listing_id]
        return Listing.objects.select_related("dealer").get(pk=listing_id)
