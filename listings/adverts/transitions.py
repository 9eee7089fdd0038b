"""Changing the status of many adverts: each verb of `lifecycle`, as a set."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from listings.adverts.context import REFUSAL, ListingState, WriteContext, log
from listings.choices import Status
from listings.models import ListingEvent
from listings.pricing import restart_schedules, take_default_plans

LIFE_GAINED_MIN = 0.25
"""The part of its lifetime that an advert must gain to be renewed for having been seen again.

A feed that runs every hour says of 100,000 cars that they still stand there: it would be wrong to
write each of them, with its revision, every time. By this rule an advert is written once a week.
"""

_LOCK = "SELECT FROM listings_listing WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

_STANDING = f"""
    SELECT car.id, car.status, car.published_at, car.expires_at, car.sold_at, {REFUSAL}
    FROM listings_listing AS car JOIN dealers_dealer AS dealer ON dealer.id = car.dealer_id
    WHERE car.id = ANY(%s)
"""  # noqa: S608 - put together from constants

UNSETTLED = """(
    listing.status = 'expired'
    OR listing.status = 'live' AND listing.expires_at < %(soonest_end)s
    OR %(with_drafts)s AND listing.status = 'draft' AND listing.published_at IS NULL
)"""
"""The condition for adverts to be renewed or, `with_drafts`, published for the first time.

It spares a caller the rest of a large stock: no lock and no write.
"""

_PUBLISH = """
    UPDATE listings_listing SET status = 'live', published_at = coalesce(published_at, now()),
        confirmed_at = now(), expires_at = now() + %s * interval '1 day', sold_at = NULL
    WHERE id = ANY(%s)
"""
_RENEW = """
    UPDATE listings_listing SET status = 'live', confirmed_at = now(),
        expires_at = now() + %s * interval '1 day'
    WHERE id = ANY(%s)
"""
_WITHDRAW = """
    UPDATE listings_listing SET status = 'withdrawn', reserved_until = NULL WHERE id = ANY(%s)
"""
_SELL = """
    UPDATE listings_listing SET status = 'sold', reserved_until = NULL, sold_at = now()
    WHERE id = ANY(%s)
"""


def soonest_end() -> datetime:
    """Return the end before which an advert that was seen again is renewed."""
    lifetime = timedelta(days=settings.LISTING_LIFETIME_DAYS)
    return timezone.now() + lifetime * (1 - LIFE_GAINED_MIN)


def lock_listings(*, listing_ids: Collection[int]) -> dict[int, ListingState]:
    """Lock adverts in the order of their keys; return where each that exists stands."""
    ids = sorted(listing_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [ids])
        cursor.execute(_STANDING, [ids])
        return {row[0]: ListingState(*row) for row in cursor.fetchall()}


def publish_listings(*, states: Collection[ListingState], by: WriteContext) -> dict[int, str]:
    """Put drafts, withdrawn and lately sold adverts on sale; expired ones are renewed.

    `states` are of adverts that `lock_listings` has locked. Returns the code of what keeps each
    of the others off sale.
    """
    refused = {row.listing_id: code for row in states if (code := _refusal(row))}
    willing = [row for row in states if row.listing_id not in refused]
    expired = {row.listing_id: row.status for row in willing if row.status == Status.EXPIRED}
    fresh = {row.listing_id: row.status for row in willing if row.status != Status.EXPIRED}
    days = settings.LISTING_LIFETIME_DAYS
    _write(_PUBLISH, days, list(fresh))
    log(ListingEvent.Kind.PUBLISHED, Status.LIVE, fresh, by)
    _write(_RENEW, days, list(expired))
    log(ListingEvent.Kind.RENEWED, Status.LIVE, expired, by)
    shown_before = [row.listing_id for row in willing if row.published_at]
    if willing:
        restart_schedules(listing_ids=[*fresh, *expired], returning_ids=shown_before)
        take_default_plans(listing_ids=fresh, actor_id=by.actor_id)
    return refused


def confirm_listings(*, states: Collection[ListingState], by: WriteContext) -> int:
    """Renew live adverts, which `lock_listings` has locked, where that gains enough life.

    Returns how many were renewed; see `LIFE_GAINED_MIN`.
    """
    soonest, now = soonest_end(), timezone.now()
    due = [
        row
        for row in states
        if row.status == Status.LIVE and row.expires_at and row.expires_at < soonest
    ]
    _write(_RENEW, settings.LISTING_LIFETIME_DAYS, [row.listing_id for row in due])
    log(ListingEvent.Kind.RENEWED, Status.LIVE, _statuses(due), by)
    lapsed = [row.listing_id for row in due if row.expires_at and row.expires_at <= now]
    if lapsed:
        restart_schedules(listing_ids=lapsed, returning_ids=lapsed)
    return len(due)


def withdraw_listings(*, states: Collection[ListingState], by: WriteContext) -> frozenset[int]:
    """Take live adverts off sale, reserved or not; return which were live."""
    return _end(_WITHDRAW, states, Status.WITHDRAWN, by)


def sell_listings(*, states: Collection[ListingState], by: WriteContext) -> frozenset[int]:
    """Mark live adverts sold, reserved or not; return which were live."""
    return _end(_SELL, states, Status.SOLD, by)


def _end(
    statement: str, states: Collection[ListingState], target: Status, by: WriteContext
) -> frozenset[int]:
    live = _statuses([row for row in states if row.status == Status.LIVE])
    _write(statement, list(live))
    log(ListingEvent.Kind(target.value), target, live, by)
    return frozenset(live)


def _refusal(row: ListingState) -> str:
    """Return the code of what `lifecycle` would refuse, or nothing."""
    if row.status in (Status.LIVE, Status.REJECTED):
        return "action_not_allowed"
    window = timedelta(days=settings.RELIST_WITHIN_DAYS)
    if row.sold_at and row.sold_at <= timezone.now() - window:
        return "action_not_allowed"
    return row.refusal


def _statuses(states: Collection[ListingState]) -> Mapping[int, str]:
    return {row.listing_id: row.status for row in states}


def _write(statement: str, *given: Any) -> None:
    if given[-1]:
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
