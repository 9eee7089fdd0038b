"""What makes an advert live, running, public, reserved or due: each in every form it is asked in.

A condition is a `Q` for QuerySets, a text for statements of SQL, and where rows are at hand a
function. In the texts `listing` is the advert and `dealer` its dealer. Nobody else spells a status.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from django.db.models import Q
from django.db.models.functions import Now

from listings.choices import Confirmation, Status

ENDED = (Status.SOLD, Status.EXPIRED, Status.WITHDRAWN)
LIVE = Q(status=Status.LIVE)
"""The condition of every index that serves buyers: the clock and the dealer are checked on top."""

RUNNING = LIVE & Q(expires_at__gt=Now())
OF_MARKET = Q(dealer__is_sandbox=False)
"""The condition of adverts that the figures of the market may rest on, then and now."""

DEALER_SHOWN = OF_MARKET & Q(dealer__is_active=True)
"""The condition of a dealer that buyers are shown: neither suspended nor a sandbox."""

PUBLIC = RUNNING & DEALER_SHOWN
ONCE_PUBLIC = DEALER_SHOWN & Q(status__in=(Status.LIVE, *ENDED), published_at__isnull=False)
"""Public, or it ended: what buyers may be told of, and may still ask about."""
UNKNOWN_NAME = Q(make__confirmation=Confirmation.PENDING) | Q(
    model__confirmation=Confirmation.PENDING
)
"""The condition of a name that staff have yet to confirm, and that buyers are not shown."""
RUN_OUT = LIVE & Q(expires_at__lte=Now())
RESERVED = Q(reserved_until__gt=Now())
RESERVATION_OVER = Q(reserved_until__lte=Now())

LIVE_SQL = "listing.status = 'live'"
RUNNING_SQL = f"{LIVE_SQL} AND listing.expires_at > now()"
OF_MARKET_SQL = "NOT dealer.is_sandbox"
DEALER_SHOWN_SQL = f"dealer.is_active AND {OF_MARKET_SQL}"
FOR_SALE_SQL = f"{RUNNING_SQL} AND dealer.is_active"
"""Running, of a dealer that may sell: prices move, whether or not it is a sandbox."""
SHOWN_SQL = f"{LIVE_SQL} AND {DEALER_SHOWN_SQL}"
"""Public but for the clock, which a replica looks at itself."""
PUBLIC_SQL = f"{RUNNING_SQL} AND {DEALER_SHOWN_SQL}"
RUN_OUT_SQL = f"{LIVE_SQL} AND listing.expires_at <= now()"
RESERVATION_OVER_SQL = "listing.reserved_until <= now()"
SOLD_SQL = "listing.status = 'sold'"
DRAFT_SQL = "listing.status = 'draft'"
EXPIRED_SQL = "listing.status = 'expired'"


class Dated(Protocol):
    """What an advert and a locked reading of one have in common."""

    @property
    def status(self) -> str: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def reserved_until(self) -> datetime | None: ...
    @property
    def sold_at(self) -> datetime | None: ...


def in_status(*statuses: Status) -> Q:
    """Return the condition of having one of these statuses."""
    return Q(status__in=statuses) if len(statuses) > 1 else Q(status=statuses[0])


def in_status_sql(statuses: Collection[Status]) -> str:
    return f"listing.status IN ({', '.join(repr(str(each)) for each in statuses)})"


def is_running(row: Dated, now: datetime) -> bool:
    on_time = row.expires_at is not None and row.expires_at > now
    return row.status == Status.LIVE and on_time


def is_reserved(row: Dated, now: datetime) -> bool:
    return row.reserved_until is not None and row.reserved_until > now
