"""The life of an advert: what may be done to it when, and what that leads to.

The one table of it: Python asks it what is allowed, and the statements that write are made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone

from listings.choices import Status
from listings.models import ListingEvent
from listings.models.conditions import Dated, is_reserved, is_running

Kind = ListingEvent.Kind


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
    """When something may be done, the status it leads to, and what else it writes.

    `writes` maps columns to expressions of SQL over the row as it was, `listing`.
    """

    sources: tuple[Status, ...]
    target: Status
    event: ListingEvent.Kind
    writes: Mapping[str, str]
    condition: Callable[[Dated, datetime], bool] | None = None

    def allows(self, row: Dated, now: datetime) -> bool:
        if row.status not in self.sources:
            return False
        return self.condition is None or self.condition(row, now)


def allowed_actions(row: Dated) -> list[Action]:
    """Return what can be done with this advert now, in the order of its life."""
    now = timezone.now()
    return [action for action, rule in RULES.items() if rule.allows(row, now)]


def _reservable(row: Dated, now: datetime) -> bool:
    return is_running(row, now) and not is_reserved(row, now)


def _publishable(row: Dated, now: datetime) -> bool:
    window = timedelta(days=settings.RELIST_WITHIN_DAYS)
    return row.sold_at is None or row.sold_at > now - window


# The clock of the statement: in a long transaction now() stands still.
_NOW = "statement_timestamp()"
_LIVE = (Status.LIVE,)
_FREE = {"reserved_until": "NULL", "reserved_by": "NULL"}
_RUN = {"confirmed_at": _NOW, "expires_at": f"{_NOW} + %(days)s * interval '1 day'"}

RULES = {
    Action.PUBLISH: Rule(
        (Status.DRAFT, Status.WITHDRAWN, Status.SOLD),
        Status.LIVE,
        Kind.PUBLISHED,
        {"published_at": f"coalesce(listing.published_at, {_NOW})", **_RUN, "sold_at": "NULL"},
        _publishable,
    ),
    Action.RENEW: Rule((Status.LIVE, Status.EXPIRED), Status.LIVE, Kind.RENEWED, _RUN),
    Action.RESERVE: Rule(
        _LIVE,
        Status.LIVE,
        Kind.RESERVED,
        {"reserved_until": "%(until)s", "reserved_by": "%(side)s"},
        _reservable,
    ),
    Action.RELEASE: Rule(_LIVE, Status.LIVE, Kind.RELEASED, _FREE, is_reserved),
    Action.SELL: Rule(_LIVE, Status.SOLD, Kind.SOLD, {**_FREE, "sold_at": _NOW}),
    Action.WITHDRAW: Rule(_LIVE, Status.WITHDRAWN, Kind.WITHDRAWN, _FREE),
    Action.REJECT: Rule(_LIVE, Status.REJECTED, Kind.REJECTED, _FREE),
    Action.REOPEN: Rule((Status.REJECTED,), Status.DRAFT, Kind.REOPENED, {}),
}

EXPIRY = Rule(_LIVE, Status.EXPIRED, Kind.EXPIRED, _FREE)
"""What the clock does to a live advert past its end; nobody asks for it."""
