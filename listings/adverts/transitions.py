"""Changing the status of adverts, in sets: one statement writes the rows and their log."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from listings.adverts.context import WriteContext
from listings.adverts.events import OPEN_CHANGE_SET, signature
from listings.adverts.refusals import refusal_of
from listings.adverts.rules import RULES, Action, Rule
from listings.adverts.states import ListingState, lock_listings
from listings.adverts.tasks import send_rejections
from listings.choices import Source, Status
from listings.constraint_errors import constraint_of
from listings.exceptions import ActionNotAllowed, AlreadyLive, ListingNotFound, NotPublishable
from listings.models import RejectionNotice
from listings.models.conditions import DRAFT_SQL, EXPIRED_SQL, LIVE_SQL, is_running
from listings.pricing import restart_schedules, take_default_plans
from marketplace.errors import DomainError
from marketplace.outbox import enqueue_each

LIFE_GAINED_MIN = 0.25
"""The part of its lifetime that an advert must gain to be renewed for having been seen again.

A feed that runs every hour says of 100,000 cars that they still stand there: it would be wrong to
write each of them, with its revision, every time. By this rule an advert is written once a week.
"""

UNSETTLED = f"""(
    {EXPIRED_SQL}
    OR {LIVE_SQL} AND listing.expires_at < %(soonest_end)s
    OR %(with_drafts)s AND {DRAFT_SQL} AND listing.published_at IS NULL
)"""
"""The condition for adverts to be renewed or, `with_drafts`, published for the first time.

It spares a caller the rest of a large stock: no lock and no write.
"""

_RACES_MAX = 3

Refused = dict[int, DomainError]
"""By the id of an advert: why nothing was done to it."""


def statement_of(rule: Rule, which: str) -> str:
    """Return the statement that does what a rule says to the adverts `which` are chosen by.

    It opens a change set if it finds any, and its row count is theirs. `which` follows WHERE.
    """
    columns = "".join(f", listing.{column}" for column in rule.writes)
    assignments = "".join(f", {column} = {value}" for column, value in rule.writes.items())
    return f"""
        WITH chosen AS MATERIALIZED (
            SELECT listing.id, listing.status{columns} FROM listings_listing AS listing
            WHERE {which}
        ), change_set AS (
            {OPEN_CHANGE_SET} WHERE EXISTS (SELECT FROM chosen) RETURNING id
        ), written AS (
            UPDATE listings_listing AS listing SET status = '{rule.target}'{assignments}
            FROM chosen WHERE listing.id = chosen.id RETURNING listing.id{columns}
        )
        INSERT INTO listings_listingevent (
            listing_id, kind, from_status, to_status, actor_id, reason, source, changes,
            change_set_id
        )
        SELECT chosen.id, '{rule.event}', chosen.status, '{rule.target}', %(actor)s::bigint,
            %(reason)s, %(source)s, {_changes(rule)}, change_set.id
        FROM change_set, chosen JOIN written USING (id) ORDER BY chosen.id
    """  # noqa: S608 - put together from constants


def transition_listings(
    *,
    action: Action,
    listing_ids: Collection[int],
    by: WriteContext,
    until: datetime | None = None,
) -> Refused:
    """Do one thing to adverts, which are locked in the order of their keys; return the refused.

    `until` is when a reservation ends, by default `RESERVATION_HOURS` from now. Raises what
    refuses the call itself: `NotPublishable` for a rejection without a reason, `ActionNotAllowed`
    for an end in the past.
    """
    _refuse_call(action, by, until)
    with transaction.atomic():
        states = lock_listings(listing_ids=listing_ids)
        missing = set(listing_ids) - set(states)
        refused: Refused = {pk: ListingNotFound(ListingNotFound.words) for pk in missing}
        return refused | _do(action, states.values(), by, until)


def publish_listings(*, states: Collection[ListingState], by: WriteContext) -> Refused:
    """Put drafts, withdrawn and lately sold adverts on sale; expired ones are renewed.

    `states` are of adverts that `lock_listings` has locked. Returns what keeps each of the others
    off sale.
    """
    expired = [row for row in states if row.status == Status.EXPIRED]
    others = [row for row in states if row.status != Status.EXPIRED]
    return _do(Action.PUBLISH, others, by) | _do(Action.RENEW, expired, by)


def confirm_listings(*, states: Collection[ListingState], by: WriteContext) -> int:
    """Renew live adverts, which `lock_listings` has locked, where that gains enough life.

    Returns how many were renewed; see `LIFE_GAINED_MIN`.
    """
    soonest = soonest_end()
    due = [
        row
        for row in states
        if row.status == Status.LIVE and row.expires_at and row.expires_at < soonest
    ]
    return len(due) - len(_do(Action.RENEW, due, by))


def withdraw_listings(*, states: Collection[ListingState], by: WriteContext) -> frozenset[int]:
    """Take live adverts off sale, reserved or not; return which were live."""
    return _done(Action.WITHDRAW, states, by)


def sell_listings(*, states: Collection[ListingState], by: WriteContext) -> frozenset[int]:
    """Mark live adverts sold, reserved or not; return which were live."""
    return _done(Action.SELL, states, by)


def soonest_end() -> datetime:
    """Return the end before which an advert that was seen again is renewed."""
    lifetime = timedelta(days=settings.LISTING_LIFETIME_DAYS)
    return timezone.now() + lifetime * (1 - LIFE_GAINED_MIN)


def _changes(rule: Rule) -> str:
    """Return what a rule's event says of before and after; nothing where the status is all."""
    if not rule.writes:
        return "NULL::jsonb"
    rows = ", ".join(
        f"('{column}', to_jsonb(chosen.{column}), to_jsonb(written.{column}))"
        for column in rule.writes
    )
    return f"""(
        SELECT jsonb_object_agg(field, jsonb_build_array(was, became))
        FROM (VALUES {rows}) AS pair (field, was, became) WHERE was IS DISTINCT FROM became
    )"""  # noqa: S608 - put together from constants


_STATEMENTS = {
    action: statement_of(rule, "listing.id = ANY(%(ids)s)") for action, rule in RULES.items()
}


def _refuse_call(action: Action, by: WriteContext, until: datetime | None) -> None:
    if action == Action.REJECT and not by.reason.strip():
        raise NotPublishable(
            "A rejection needs a reason.", fields={"reason": ["Say what is wrong."]}
        )
    if until is not None and until <= timezone.now():
        raise ActionNotAllowed("A reservation must end in the future.")


def _done(action: Action, states: Collection[ListingState], by: WriteContext) -> frozenset[int]:
    refused = _do(action, states, by)
    return frozenset(row.listing_id for row in states) - frozenset(refused)


def _do(
    action: Action,
    states: Collection[ListingState],
    by: WriteContext,
    until: datetime | None = None,
) -> Refused:
    """Do one thing to locked adverts; of two that go live with one mark at once one is refused."""
    rows = {row.listing_id: row for row in states}
    for attempt in range(_RACES_MAX):
        refused = _refused(action, rows.values(), by)
        willing = [row for pk, row in rows.items() if pk not in refused]
        try:
            with transaction.atomic():
                _write(action, willing, by, until)
        except IntegrityError as error:
            is_race = constraint_of(error) == "one_live_listing_per_dealer_and_vrm"
            if not is_race or attempt + 1 == _RACES_MAX:
                raise
            rows = lock_listings(listing_ids=rows)
        else:
            break
    return refused


def _refused(action: Action, states: Collection[ListingState], by: WriteContext) -> Refused:
    now = timezone.now()
    refused: Refused = {}
    first: dict[tuple[int, str], int] = {}
    for row in states:
        error = refusal_of(action, row, now=now) or _refusal_of_feed(action, row, by)
        if error is None and row.vrm and RULES[action].target == Status.LIVE:
            twin_id = first.setdefault((row.dealer_id, row.vrm), row.listing_id)
            if twin_id != row.listing_id:
                error = AlreadyLive(AlreadyLive.words, extra={"id": twin_id})
        if error is not None:
            refused[row.listing_id] = error
    return refused


def _refusal_of_feed(
    action: Action, row: ListingState, by: WriteContext
) -> ActionNotAllowed | None:
    """Keep from feeds, which nobody asks, the end of a reservation that no feed made."""
    if action != Action.RELEASE or by.source != Source.FEED or row.reserved_by == by.side:
        return None
    return ActionNotAllowed(f"The car is reserved by another side: {row.reserved_by}.")


def _write(
    action: Action, states: Collection[ListingState], by: WriteContext, until: datetime | None
) -> None:
    if not states:
        return
    ids = [row.listing_id for row in states]
    hold = timedelta(hours=settings.RESERVATION_HOURS)
    given: Mapping[str, Any] = {
        "ids": ids,
        "days": settings.LISTING_LIFETIME_DAYS,
        "until": until or timezone.now() + hold,
        "side": by.side,
        **signature(by),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[action], given)
    if action in (Action.PUBLISH, Action.RENEW):
        _keep_plans(action, states, by)
    if action == Action.REJECT:
        _tell_dealers(states, by)


def _keep_plans(action: Action, states: Collection[ListingState], by: WriteContext) -> None:
    """Set the clocks of price plans for adverts that have just come on the market."""
    now = timezone.now()
    coming = [row for row in states if not is_running(row, now)]
    if coming:
        restart_schedules(
            listing_ids=[row.listing_id for row in coming],
            returning_ids=[row.listing_id for row in coming if row.published_at],
        )
    if action == Action.PUBLISH:
        ids = [row.listing_id for row in states]
        take_default_plans(listing_ids=ids, actor_id=by.actor_id)


def _tell_dealers(states: Collection[ListingState], by: WriteContext) -> None:
    """Have the people of their dealers mailed why adverts were rejected."""
    RejectionNotice.objects.bulk_create(
        RejectionNotice(listing_id=row.listing_id, reason=by.reason) for row in states
    )
    enqueue_each(send_rejections, [(pk,) for pk in sorted({row.dealer_id for row in states})])
