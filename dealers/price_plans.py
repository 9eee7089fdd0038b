"""Price plans of a dealer: each service asks whether the actor may, then calls the verb."""

from collections.abc import Sequence

from django.db import transaction

from dealers.permissions import Actor, Permission, require
from listings import pricing
from listings.exceptions import PlanNotFound
from listings.models import PricePlan
from listings.pricing import MarketTerms, PlanTerms


@transaction.atomic
def create_plan(*, dealer_id: int, terms: PlanTerms | MarketTerms, actor: Actor) -> PricePlan:
    """Write a price plan; raises as `pricing.create_plan`."""
    require(Permission.EDIT_PLANS, dealer_id=dealer_id, actor=actor)
    return pricing.create_plan(dealer_id=dealer_id, terms=terms)


@transaction.atomic
def edit_plan(*, plan_id: int, terms: PlanTerms | MarketTerms, actor: Actor) -> PricePlan:
    """Write other terms for a plan that no advert is on; raises as `pricing.edit_plan`."""
    _plan_for(plan_id, actor)
    return pricing.edit_plan(plan_id=plan_id, terms=terms)


@transaction.atomic
def delete_plan(*, plan_id: int, actor: Actor) -> int:
    """Take every advert off a plan, and delete it; returns how many were on it."""
    _plan_for(plan_id, actor)
    return pricing.delete_plan(plan_id=plan_id, actor_id=actor.user_id)


@transaction.atomic
def give_plan_to_all(*, plan_id: int, actor: Actor) -> int:
    """Put all of the dealer's adverts on a plan; returns how many were not on it before."""
    _plan_for(plan_id, actor)
    return pricing.assign_plan(plan_id=plan_id, actor_id=actor.user_id)


@transaction.atomic
def stop_plan(*, plan_id: int, listing_ids: Sequence[int] | None = None, actor: Actor) -> int:
    """Take adverts off a plan, by default all of them; returns how many were on it."""
    on_plan = _plan_for(plan_id, actor).schedules.all()
    if listing_ids is not None:
        on_plan = on_plan.filter(listing__in=listing_ids)
    ids = list(on_plan.values_list("listing_id", flat=True))
    return pricing.stop_plan(listing_ids=ids, actor_id=actor.user_id)


@transaction.atomic
def make_default(*, plan_id: int, is_default: bool, actor: Actor) -> PricePlan:
    """Have what the dealer publishes go on a plan from now on, or on none."""
    plan = _plan_for(plan_id, actor)
    pricing.set_default_plan(dealer_id=plan.dealer_id, plan_id=plan_id if is_default else None)
    return plan


def _plan_for(plan_id: int, actor: Actor) -> PricePlan:
    plan = PricePlan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise PlanNotFound("There is no such price plan.")
    require(Permission.EDIT_PLANS, dealer_id=plan.dealer_id, actor=actor)
    return plan
