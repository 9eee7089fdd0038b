"""The life of an advert: every change of status is one verb, one update and one event.

A verb writes only if the row still is as it was read, so that of two people who act at once one
succeeds and the other gets a clear conflict. Every verb takes the listing's id, the id of the
person who acts (None: the system) and a reason for the log; it returns the changed row and raises
`ListingNotFound`, `ActionNotAllowed` or what its own docstring names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.utils import timezone

from listings.choices import Source, Status, WriteOff
from listings.exceptions import (
    ActionNotAllowed,
    AlreadyLive,
    DealerSuspended,
    InvalidListing,
    ListingNotFound,
    NotPublishable,
)
from listings.models import Listing, ListingEvent
from listings.pricing import restart_schedules, take_default_plans

REASON_LENGTH_MAX = ListingEvent._meta.get_field("reason").max_length or 0


class Action(TextChoices):
    PUBLISH = "publish", "Publish"
    RENEW = "renew", "Renew"
    RESERVE = "reserve", "Reserve"
    RELEASE = "release", "Release"
    SELL = "sell", "Mark sold"
    WITHDRAW = "withdraw", "Withdraw"
    REJECT = "reject", "Reject"
    REOPEN = "reopen", "Reopen"


@dataclass(frozen=True)
class Rule:
    """When an action is allowed and what it leads to."""

    sources: tuple[Status, ...]
    target: Status
    event: ListingEvent.Kind
    condition: Callable[[Listing, datetime], bool] | None = None


def publish(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Put an advert before buyers for the usual time; a sold one only soon after the sale.

    Like every verb that makes an advert live, it raises `NotPublishable` for a car that may not
    return to the road, `DealerSuspended`, and `AlreadyLive` (with the `id` of the other advert)
    where the dealer already shows this car.
    """
    listing, now = _get(listing_id), timezone.now()
    return _act(
        listing,
        Action.PUBLISH,
        actor_id,
        reason,
        source,
        published_at=listing.published_at or now,
        confirmed_at=now,
        expires_at=now + _lifetime(),
        sold_at=None,
    )


def renew(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Let an advert, live or expired, run for another full lifetime from now."""
    now = timezone.now()
    return _act(
        _get(listing_id),
        Action.RENEW,
        actor_id,
        reason,
        source,
        confirmed_at=now,
        expires_at=now + _lifetime(),
    )


def reserve(
    *,
    listing_id: int,
    actor_id: int | None,
    reason: str = "",
    until: datetime | None = None,
    source: Source | None = None,
) -> Listing:
    """Hold a car for somebody until a moment, by default `RESERVATION_HOURS` from now."""
    hold = timedelta(hours=settings.RESERVATION_HOURS)
    until = until or timezone.now() + hold
    if until <= timezone.now():
        raise ActionNotAllowed("A reservation must end in the future.")
    return _act(_get(listing_id), Action.RESERVE, actor_id, reason, source, reserved_until=until)


def release(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """End a reservation."""
    return _act(_get(listing_id), Action.RELEASE, actor_id, reason, source, reserved_until=None)


def sell(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Mark a car sold, reserved or not."""
    return _act(
        _get(listing_id),
        Action.SELL,
        actor_id,
        reason,
        source,
        sold_at=timezone.now(),
        reserved_until=None,
    )


def withdraw(
    *, listing_id: int, actor_id: int | None, reason: str = "", source: Source | None = None
) -> Listing:
    """Take an advert down for a while; it can be published again."""
    return _act(_get(listing_id), Action.WITHDRAW, actor_id, reason, source, reserved_until=None)


def reject(*, listing_id: int, actor_id: int | None, reason: str) -> Listing:
    """Take an advert down that breaks the marketplace's rules, and say why."""
    if not reason.strip():
        raise NotPublishable(
            "A rejection needs a reason.", fields={"reason": ["Say what is wrong."]}
        )
    return _act(_get(listing_id), Action.REJECT, actor_id, reason, reserved_until=None)


def reopen(*, listing_id: int, actor_id: int | None, reason: str = "") -> Listing:
    """Turn a rejected advert back into a draft, to be mended."""
    return _act(_get(listing_id), Action.REOPEN, actor_id, reason)


def allowed_actions(listing: Listing) -> list[Action]:
    """Return what can be done with this advert now, in the order of its life."""
    now = timezone.now()
    return [action for action in Action if _is_allowed(listing, action, now)]


def _reserved(listing: Listing, now: datetime) -> bool:
    return listing.reserved_until is not None and listing.reserved_until > now


def _running(listing: Listing, now: datetime) -> bool:
    on_time = listing.expires_at is not None and listing.expires_at > now
    return listing.status == Status.LIVE and on_time


def _reservable(listing: Listing, now: datetime) -> bool:
    return _running(listing, now) and not _reserved(listing, now)


def _publishable(listing: Listing, now: datetime) -> bool:
    window = timedelta(days=settings.RELIST_WITHIN_DAYS)
    return listing.sold_at is None or listing.sold_at > now - window


_LIVE = (Status.LIVE,)
_RULES = {
    Action.PUBLISH: Rule(
        (Status.DRAFT, Status.WITHDRAWN, Status.SOLD),
        Status.LIVE,
        ListingEvent.Kind.PUBLISHED,
        _publishable,
    ),
    Action.RENEW: Rule((Status.LIVE, Status.EXPIRED), Status.LIVE, ListingEvent.Kind.RENEWED),
    Action.RESERVE: Rule(_LIVE, Status.LIVE, ListingEvent.Kind.RESERVED, _reservable),
    Action.RELEASE: Rule(_LIVE, Status.LIVE, ListingEvent.Kind.RELEASED, _reserved),
    Action.SELL: Rule(_LIVE, Status.SOLD, ListingEvent.Kind.SOLD),
    Action.WITHDRAW: Rule(_LIVE, Status.WITHDRAWN, ListingEvent.Kind.WITHDRAWN),
    Action.REJECT: Rule(_LIVE, Status.REJECTED, ListingEvent.Kind.REJECTED),
    Action.REOPEN: Rule((Status.REJECTED,), Status.DRAFT, ListingEvent.Kind.REOPENED),
}


def _lifetime() -> timedelta:
    return timedelta(days=settings.LISTING_LIFETIME_DAYS)


def _get(listing_id: int) -> Listing:
    listing = Listing.objects.select_related("dealer").filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound("There is no such advert.")
    return listing


def _is_allowed(listing: Listing, action: Action, now: datetime) -> bool:
    rule = _RULES[action]
    if listing.status not in rule.sources:
        return False
    return rule.condition is None or rule.condition(listing, now)


def _refuse_unless_allowed(listing: Listing, action: Action) -> None:
    if _is_allowed(listing, action, timezone.now()):
        return
    held = " and reserved" if listing.reserved_until else ""
    raise ActionNotAllowed(
        f"Cannot {action.label.lower()}: the advert is {listing.get_status_display().lower()}"
        f"{held}.",
        extra={
            "listing_status": listing.status,
            "allowed_actions": [str(other) for other in allowed_actions(listing)],
        },
    )


def _refuse_unless_showable(listing: Listing) -> None:
    if listing.write_off in (WriteOff.A, WriteOff.B):
        raise NotPublishable(
            "A car written off in category A or B may not be advertised.",
            fields={"write_off": ["Category A and B never return to the road."]},
        )
    if not listing.dealer.is_active:
        raise DealerSuspended("The dealer is suspended.")


@transaction.atomic
def _act(
    listing: Listing,
    action: Action,
    actor_id: int | None,
    reason: str,
    source: Source | None = None,
    **changes: Any,
) -> Listing:
    _refuse_unless_allowed(listing, action)
    if len(reason) > REASON_LENGTH_MAX or "\0" in reason:
        message = f"A reason has at most {REASON_LENGTH_MAX} characters, and no null among them."
        raise InvalidListing(message, fields={"reason": [message]})
    rule, before = _RULES[action], listing.status
    was_published, was_running = bool(listing.published_at), _running(listing, timezone.now())
    if rule.target == Status.LIVE != before:
        _refuse_unless_showable(listing)
    written = _write_if_unchanged(listing, status=rule.target, **changes)
    listing.refresh_from_db()
    if not written:
        _refuse_unless_allowed(listing, action)
        raise ActionNotAllowed("Somebody changed this advert at the same moment.")
    states = {"from_status": before, "to_status": rule.target}
    ListingEvent.objects.create(
        listing=listing,
        kind=rule.event,
        actor_id=actor_id,
        reason=reason,
        source=source,
        **states,
    )
    if action in (Action.PUBLISH, Action.RENEW) and not was_running:
        returning_ids = [listing.pk] if was_published else []
        restart_schedules(listing_ids=[listing.pk], returning_ids=returning_ids)
    if action == Action.PUBLISH:
        take_default_plans(listing_ids=[listing.pk], actor_id=actor_id)
    return listing


def _write_if_unchanged(listing: Listing, **changes: Any) -> bool:
    unchanged = Listing.objects.filter(
        pk=listing.pk,
        status=listing.status,
        reserved_until=listing.reserved_until,
        expires_at=listing.expires_at,
    )
    try:
        with transaction.atomic():
            return bool(unchanged.update(**changes))
    except IntegrityError as error:
        if "scrapped_car_is_never_live" in str(error):
            raise ActionNotAllowed("Somebody changed this advert at the same moment.") from None
        if "one_live_listing_per_dealer_and_vrm" not in str(error):
            raise
        raise AlreadyLive(
            "Another live advert of this dealer has the same registration mark.",
            extra={"id": _live_twin_id(listing)},
        ) from None


def _live_twin_id(listing: Listing) -> int | None:
    same_car = Listing.objects.filter(dealer_id=listing.dealer_id, vrm=listing.vrm)
    return same_car.filter(status=Status.LIVE).values_list("pk", flat=True).first()
