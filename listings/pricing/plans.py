"""What a dealer does with price plans: write one, put adverts on it, take them off.

Every verb is one transaction and takes the id of the person who acts (None: the system).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from listings.choices import PlanKind, PriceEnding, Status
from listings.exceptions import (
    ActionNotAllowed,
    DuplicatePlanName,
    InvalidPlan,
    ListingNotFound,
    PlanInUse,
    PlanNotFound,
)
from listings.models import Listing, PricePlan
from listings.pricing.schedule import FIRST_DROP_AT
from marketplace import quotas

DAYS_BETWEEN_FOLLOWING = 7


@dataclass(frozen=True)
class PlanTerms:
    """A plan's terms: after `after_days` live, fall by `drop` (per cent or pounds) every so often.

    Days are whole, `floor` is whole pounds, `ending` the last digits of a lowered price.
    """

    name: str
    after_days: int
    every_days: int
    drop: int
    unit: PricePlan.Unit
    floor: int
    ending: PriceEnding = PriceEnding.X95

    def columns(self) -> dict[str, Any]:
        """Return every column of the plan that terms decide."""
        others = dict.fromkeys(("value_percent", "percent_max", "pounds_max"))
        return {**asdict(self), **others, "kind": PlanKind.AGE, "may_rise": False}


@dataclass(frozen=True)
class MarketTerms:
    """Terms of a plan that follows the market: stay at `value_percent` of the value.

    From `after_days` live the price moves once a week, by at most `percent_max` per cent of it and
    `pounds_max` pounds; up only where it `may_rise`, and never below `floor`, in whole pounds.
    """

    name: str
    value_percent: int
    percent_max: int
    pounds_max: int
    floor: int
    after_days: int = 0
    may_rise: bool = False
    ending: PriceEnding = PriceEnding.X95

    def columns(self) -> dict[str, Any]:
        """Return every column of the plan that terms decide."""
        days, kind = DAYS_BETWEEN_FOLLOWING, PlanKind.MARKET
        return {**asdict(self), "kind": kind, "every_days": days, "drop": None, "unit": None}


@transaction.atomic
def create_plan(*, dealer_id: int, terms: PlanTerms | MarketTerms) -> PricePlan:
    """Write a price plan; raises `InvalidPlan` with its fields, `DuplicatePlanName` and
    `QuotaReached`.
    """
    mine = PricePlan.objects.for_dealer(dealer_id)
    quotas.require("price_plans", dealer_id=dealer_id, count=mine.count)
    return _write(PricePlan(dealer_id=dealer_id, **terms.columns()))


@transaction.atomic
def edit_plan(*, plan_id: int, terms: PlanTerms | MarketTerms) -> PricePlan:
    """Write other terms for a plan that no advert is on; raises as `create_plan`, and `PlanInUse`.

    Under a plan in use dealers were shown prices and dates: those stay true.
    """
    plan = _get(PricePlan.objects.select_for_update(), plan_id)
    if plan.schedules.exists():
        raise PlanInUse("Adverts are on this price plan: write another one and put them on it.")
    for name, value in terms.columns().items():
        setattr(plan, name, value)
    return _write(plan)


@transaction.atomic
def delete_plan(*, plan_id: int, actor_id: int | None) -> int:
    """Take every advert off a plan, and delete it. Returns how many adverts were on it."""
    plan = _get(PricePlan.objects.select_for_update(), plan_id)
    ids = list(plan.schedules.values_list("listing_id", flat=True))
    stopped = stop_plan(listing_ids=ids, actor_id=actor_id)
    plan.delete()
    return stopped


@transaction.atomic
def assign_plan(
    *,
    plan_id: int,
    listing_ids: Sequence[int] | None = None,
    actor_id: int | None,
    origin: str = "",
) -> int:
    """Put adverts on a plan, by default all of the dealer's that are not sold.

    Returns how many were not on it before; those that were keep their clock. The change set has
    its `origin`. Raises
    `PlanNotFound`, `ListingNotFound` where one of the adverts is not this dealer's, and
    `ActionNotAllowed` where one is sold.
    """
    plan = _get(PricePlan.objects.select_for_update(no_key=True), plan_id)
    stock = Listing.objects.for_dealer(plan.dealer_id)
    chosen = stock.unsold() if listing_ids is None else stock.filter(pk__in=set(listing_ids))
    locked = chosen.order_by("pk").select_for_update(no_key=True)
    found = dict(locked.values_list("pk", "status"))
    if listing_ids is not None and len(found) < len(set(listing_ids)):
        raise ListingNotFound("There is no such advert in this dealer's stock.")
    if Status.SOLD in found.values():
        raise ActionNotAllowed("A sold advert goes on no price plan.")
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "plan": plan.pk,
            "ids": list(found),
            "actor": actor_id,
            "name": plan.name,
            "origin": origin,
        }
        cursor.execute(_ASSIGN, given)
        return int(cursor.rowcount)


@transaction.atomic
def stop_plan(*, listing_ids: Sequence[int], actor_id: int | None, origin: str = "") -> int:
    """Take adverts off their plans; prices stay as they are. Returns how many were on one."""
    listings = Listing.objects.filter(pk__in=set(listing_ids)).order_by("pk")
    found = list(listings.select_for_update(no_key=True).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_STOP, {"ids": found, "actor": actor_id, "origin": origin})
        return int(cursor.rowcount)


def plans_of(*, listing_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the plan that each advert is on, as its events tell it; nothing of the others."""
    with connection.cursor() as cursor:
        cursor.execute(_PLANS, [list(listing_ids)])
        return {pk: orjson.loads(plan) for pk, plan in cursor.fetchall()}


def restore_plans(*, before: Mapping[int, dict[str, Any] | None]) -> None:
    """Put locked adverts on what their events say that they were on, clocks and all, or on none.

    A plan that is deleted since is not restored. The caller writes the log.
    """
    rows = [{"id": pk, "was": was} for pk, was in before.items()]
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, {"rows": orjson.dumps(rows).decode()})


@transaction.atomic
def set_default_plan(*, dealer_id: int, plan_id: int | None) -> None:
    """Choose the plan for every advert that the dealer will publish; None for none of them."""
    plans = PricePlan.objects.for_dealer(dealer_id).order_by("pk").select_for_update()
    if plan_id is not None and plan_id not in {plan.pk for plan in plans}:
        raise PlanNotFound("This dealer has no such price plan.")
    plans.filter(is_default=True).update(is_default=False)
    if plan_id is not None:
        plans.filter(pk=plan_id).update(is_default=True)


# What an advert was on before, whole, and what it is on then: undoing compares and restores that.
_BEFORE = """
    jsonb_build_object('plan', schedule.plan_id, 'next_drop_at', schedule.next_drop_at,
        'steps_applied', schedule.steps_applied)
"""
_CHANGE_SET = """
    INSERT INTO listings_changeset (source, actor_id, reason, origin)
    SELECT CASE WHEN %(actor)s::bigint IS NULL THEN 'system' ELSE 'person' END, %(actor)s::bigint,
        '', %(origin)s
"""

_ASSIGN = f"""
    WITH before AS MATERIALIZED (
        SELECT schedule.listing_id, {_BEFORE} AS was FROM listings_priceschedule AS schedule
        WHERE schedule.listing_id = ANY(%(ids)s)
    ), planned AS (
        INSERT INTO listings_priceschedule (listing_id, plan_id, next_drop_at, steps_applied)
        SELECT listing.id, plan.id, {FIRST_DROP_AT}, 0
        FROM listings_listing AS listing JOIN listings_priceplan AS plan
            ON plan.id = %(plan)s
        WHERE listing.id = ANY(%(ids)s) ORDER BY listing.id
        ON CONFLICT (listing_id) DO UPDATE SET
            plan_id = excluded.plan_id, next_drop_at = excluded.next_drop_at, steps_applied = 0
            WHERE listings_priceschedule.plan_id <> excluded.plan_id
        RETURNING listing_id, plan_id
    ), change_set AS (
        {_CHANGE_SET} WHERE EXISTS (SELECT FROM planned) RETURNING id
    )
    INSERT INTO listings_listingevent (
        listing_id, kind, from_status, to_status, actor_id, reason, changes, change_set_id
    )
    SELECT listing.id, 'planned', listing.status, listing.status, %(actor)s::bigint, %(name)s,
        jsonb_build_object('price_plan', jsonb_build_array(
            before.was, jsonb_build_object('plan', planned.plan_id))), change_set.id
    FROM change_set, planned JOIN listings_listing AS listing ON listing.id = planned.listing_id
        LEFT JOIN before ON before.listing_id = planned.listing_id
    ORDER BY listing.id
"""  # noqa: S608 - put together from constants

_STOP = f"""
    WITH stopped AS (
        DELETE FROM listings_priceschedule AS schedule USING listings_priceplan AS plan
        WHERE schedule.listing_id = ANY(%(ids)s) AND plan.id = schedule.plan_id
        RETURNING schedule.listing_id, plan.name, {_BEFORE} AS was
    ), change_set AS (
        {_CHANGE_SET} WHERE EXISTS (SELECT FROM stopped) RETURNING id
    )
    INSERT INTO listings_listingevent (
        listing_id, kind, from_status, to_status, actor_id, reason, changes, change_set_id
    )
    SELECT listing.id, 'unplanned', listing.status, listing.status, %(actor)s::bigint, stopped.name,
        jsonb_build_object('price_plan', jsonb_build_array(stopped.was, NULL)), change_set.id
    FROM change_set, stopped JOIN listings_listing AS listing ON listing.id = stopped.listing_id
    ORDER BY listing.id
"""  # noqa: S608 - put together from constants

_PLANS = """
    SELECT listing_id, jsonb_build_object('plan', plan_id) FROM listings_priceschedule
    WHERE listing_id = ANY(%s)
"""
_RESTORE = """
    WITH given AS (
        SELECT (row->>'id')::bigint AS id, row->'was' AS was
        FROM jsonb_array_elements(%(rows)s::jsonb) AS row
    ), stopped AS (
        DELETE FROM listings_priceschedule WHERE listing_id IN (
            SELECT id FROM given WHERE was = 'null'
        )
    )
    INSERT INTO listings_priceschedule (listing_id, plan_id, next_drop_at, steps_applied)
    SELECT given.id, plan.id, (was->>'next_drop_at')::timestamptz, (was->>'steps_applied')::integer
    FROM given JOIN listings_priceplan AS plan ON plan.id = (was->>'plan')::bigint
    ON CONFLICT (listing_id) DO UPDATE SET plan_id = excluded.plan_id,
        next_drop_at = excluded.next_drop_at, steps_applied = excluded.steps_applied
"""


def _get(plans: QuerySet[PricePlan], plan_id: int) -> PricePlan:
    plan = plans.filter(pk=plan_id).first()
    if plan is None:
        raise PlanNotFound("There is no such price plan.")
    return plan


def _write(plan: PricePlan) -> PricePlan:
    try:
        plan.clean_fields(exclude={"dealer"})
        plan.validate_constraints(exclude={"dealer", "name"})
    except ValidationError as error:
        raise InvalidPlan("These terms cannot be accepted.", fields=_messages(error)) from None
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        if "price_plan_name_is_unique" not in str(error):
            raise
        raise DuplicatePlanName("Another price plan has this name.") from None
    return plan


def _messages(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"terms": error.messages}
