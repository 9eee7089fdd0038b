"""Why an advert is not done as asked: refusals to be raised, or told beside those that are done."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from listings.adverts.rules import RULES, Action, allowed_actions
from listings.adverts.states import ListingState
from listings.choices import Status
from listings.constraint_errors import refusal
from listings.exceptions import (
    ActionNotAllowed,
    AlreadyLive,
    DealerSuspended,
    NameUnconfirmed,
    NotPublishable,
)
from marketplace.errors import DomainError

Row = TypeVar("Row")
Written = TypeVar("Written")


def refusal_of(
    action: Action, state: ListingState, *, now: datetime | None = None
) -> DomainError | None:
    """Return why this may not be done to an advert now, or None."""
    rule = RULES[action]
    if not rule.allows(state, now or timezone.now()):
        return _not_allowed(action, state)
    if rule.target == Status.LIVE != state.status and state.obstacle:
        return obstacle(state.obstacle, state.twin_id)
    return None


def obstacle(code: str, twin_id: int | None) -> DomainError:
    """Return what keeps an advert off sale, by its code; `twin_id` is the other live advert."""
    if code == DealerSuspended.code:
        return DealerSuspended(DealerSuspended.words)
    if code == NotPublishable.code:
        fields = {"write_off": ["Category A and B never return to the road."]}
        return NotPublishable(NotPublishable.scrapped, fields=fields)
    if code == NameUnconfirmed.code:
        return NameUnconfirmed(NameUnconfirmed.words)
    return AlreadyLive(AlreadyLive.words, extra={"id": twin_id})


def in_parts(
    rows: Sequence[Row], write: Callable[[Sequence[Row]], Sequence[Written]]
) -> list[Written | DomainError]:
    """Write rows together; where the database refuses them, in halves, down to those at fault."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            return list(write(rows))
    except IntegrityError as error:
        if len(rows) == 1:
            # The database's own message repeats the whole row, registration mark and all.
            return [refusal(error)]
    half = len(rows) // 2
    return [*in_parts(rows[:half], write), *in_parts(rows[half:], write)]


def _not_allowed(action: Action, state: ListingState) -> ActionNotAllowed:
    held = " and reserved" if state.reserved_until else ""
    label = Status(state.status).label.lower()
    return ActionNotAllowed(
        f"Cannot {action.label.lower()}: the advert is {label}{held}.",
        extra={
            "listing_status": state.status,
            "allowed_actions": [str(other) for other in allowed_actions(state)],
        },
    )
