"""Invented lives: when an advert was published, and what has become of it since."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from listings.choices import ReservationSide, Status
from listings.models import ListingEvent

Kind = ListingEvent.Kind

_MINUTE = timedelta(minutes=1)
_SHARES = {
    Status.LIVE: 85,
    Status.SOLD: 5,
    Status.EXPIRED: 3,
    Status.WITHDRAWN: 3,
    Status.DRAFT: 2,
    Status.REJECTED: 2,
}
_RENEWED = (60, 22, 12, 6)  # shares of live adverts that were renewed never, once, twice, …
_ENDINGS = {
    Status.SOLD: (Kind.SOLD, ""),
    Status.EXPIRED: (Kind.EXPIRED, "The advert ran out."),
    Status.WITHDRAWN: (Kind.WITHDRAWN, "Back to the workshop."),
    Status.REJECTED: (Kind.REJECTED, "The description belongs to another car."),
}


@dataclass
class Life:
    """The columns that say where an advert is in its life, and the events that led there."""

    columns: dict[str, Any]
    events: list[ListingEvent] = field(default_factory=list)

    def add(self, kind: Kind, at: datetime, to_status: Status, reason: str = "") -> None:
        from_status = self.events[-1].to_status if self.events else None
        self.events.append(
            ListingEvent(
                kind=kind,
                happened_at=at,
                from_status=from_status,
                to_status=to_status,
                reason=reason,
            )
        )


def live_since(published_at: datetime) -> Life:
    """Return the life of an advert that has been live since then for the usual time."""
    created_at = published_at - 20 * _MINUTE
    life = Life(
        {
            "status": Status.LIVE,
            "created_at": created_at,
            "published_at": published_at,
            "confirmed_at": published_at,
            "expires_at": published_at + timedelta(days=settings.LISTING_LIFETIME_DAYS),
        }
    )
    life.add(Kind.CREATED, created_at, Status.DRAFT)
    life.add(Kind.PUBLISHED, published_at, Status.LIVE)
    return life


def invent_life(chance: random.Random, now: datetime) -> Life:
    """Return a life: most adverts are live, a few of them reserved or about to run out."""
    lifetime = timedelta(days=settings.LISTING_LIFETIME_DAYS)
    status = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    if status == Status.DRAFT:
        life = Life({"status": status, "created_at": now - chance.random() * lifetime})
        life.add(Kind.CREATED, life.columns["created_at"], status)
        return life
    if status == Status.LIVE:
        return _invent_live(chance, now, lifetime)
    is_expired = status == Status.EXPIRED
    life = live_since(
        now - lifetime * (chance.uniform(1.01, 1.5) if is_expired else chance.random())
    )
    ended_at = life.columns["expires_at"]
    if not is_expired:
        ended_at = now - (now - life.columns["published_at"]) * chance.random()
    kind, reason = _ENDINGS[status]
    life.add(kind, ended_at, status, reason)
    life.columns["status"] = status
    if status == Status.SOLD:
        life.columns["sold_at"] = ended_at
    return life


def _invent_live(chance: random.Random, now: datetime, lifetime: timedelta) -> Life:
    if chance.random() < 0.01:
        return live_since(now - lifetime + chance.uniform(3, 60) * _MINUTE)
    last_confirmed_at = now - (lifetime - timedelta(days=1)) * chance.random()
    renewals = chance.choices(range(len(_RENEWED)), _RENEWED)[0]
    life = _renewed(last_confirmed_at, renewals) if renewals else live_since(last_confirmed_at)
    if chance.random() < 0.04:
        reserved_at = now - min(now - last_confirmed_at, timedelta(hours=24)) * 0.9
        hours = timedelta(hours=settings.RESERVATION_HOURS)
        life.columns["reserved_until"] = reserved_at + hours
        life.columns["reserved_by"] = ReservationSide.PERSON
        life.add(Kind.RESERVED, reserved_at, Status.LIVE)
    return life


def _renewed(confirmed_at: datetime, times: int) -> Life:
    """Return the life of an advert that was renewed some days before each end, last then."""
    rhythm = timedelta(days=settings.LISTING_LIFETIME_DAYS - 3)
    life = live_since(confirmed_at - times * rhythm)
    for left in reversed(range(times)):
        life.add(Kind.RENEWED, confirmed_at - left * rhythm, Status.LIVE)
    expires_at = confirmed_at + timedelta(days=settings.LISTING_LIFETIME_DAYS)
    life.columns |= {"confirmed_at": confirmed_at, "expires_at": expires_at}
    return life
