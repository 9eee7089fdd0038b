"""What each act does to one batch of a run's adverts, and what it says about each."""

from collections.abc import Callable
from typing import Any

from dealers.bulk.origins import change_sets_of
from dealers.models import Branch, BulkRun, FeedCar
from listings import pricing
from listings.adverts import (
    STATE,
    Action,
    Undone,
    WriteContext,
    edit_listings,
    transition_listings,
    undo_listings,
)
from listings.choices import PriceEnding, Source, Status
from listings.models import Listing, PricePlan, PriceSchedule
from listings.models.event import PRICE_PLAN
from listings.photos import restore_photo_urls
from listings.pricing import PriceStep, PriceUnit, change_prices
from marketplace.errors import DomainError

Act = BulkRun.Act
Said = dict[int, tuple[bool, str]]
"""By the id of an advert: whether it was done, and what is said about it."""

_DONE = {
    Act.PUBLISH: "Published.",
    Act.RENEW: "Renewed.",
    Act.RELEASE: "Released.",
    Act.SELL: "Marked sold.",
    Act.WITHDRAW: "Withdrawn.",
}


def do_batch(run: BulkRun, ids: list[int]) -> Said:
    """Do what a run is about to some of its adverts, in the transaction of the caller."""
    special: dict[BulkRun.Act, Callable[[BulkRun, list[int]], Said]] = {
        Act.PRICE: _reprice,
        Act.PLAN: _plan,
        Act.UNPLAN: _unplan,
        Act.MOVE: _move,
        Act.UNDO: _undo,
    }
    return special.get(Act(run.act), _live_on)(run, ids)


def step_of(terms: dict[str, Any]) -> PriceStep:
    """Return the change of price that a run's terms state; raises `InvalidListing`."""
    return PriceStep(PriceUnit(terms["unit"]), int(terms["amount"]), PriceEnding(terms["ending"]))


def name_of(field: str) -> str:
    """Return what people call a field of an advert."""
    if field == PRICE_PLAN:
        return "price plan"
    return str(getattr(Listing._meta.get_field(field), "verbose_name", field))


def _context(run: BulkRun, reason: str = "") -> WriteContext:
    return WriteContext(Source.PERSON, reason, run.actor_id, origin=run.origin)


def _live_on(run: BulkRun, ids: list[int]) -> Said:
    refused = transition_listings(action=Action(run.act), listing_ids=ids, by=_context(run))
    done = _DONE[Act(run.act)]
    return {pk: (False, refused[pk].message) if pk in refused else (True, done) for pk in ids}


def _reprice(run: BulkRun, ids: list[int]) -> Said:
    changed = change_prices(
        listing_ids=ids,
        step=step_of(run.terms or {}),
        actor_id=run.actor_id,
        origin=run.origin,
    )
    said = {
        each.listing_id: (
            not each.refusal,
            each.refusal or f"{_pounds(each.old_price)} → {_pounds(each.new_price)}",
        )
        for each in changed
    }
    gone = dict.fromkeys(set(ids) - set(said), (False, "The advert is gone."))
    return said | gone


def _plan(run: BulkRun, ids: list[int]) -> Said:
    plans = PricePlan.objects.for_dealer(run.dealer_id).filter(pk=(run.terms or {})["plan"])
    plan = plans.select_for_update(no_key=True).first()
    if plan is None:
        return dict.fromkeys(ids, (False, "This price plan is gone."))
    stock = Listing.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    states = dict(stock.values_list("pk", "status"))
    on_it = set(plan.schedules.filter(listing__in=ids).values_list("listing_id", flat=True))
    said: Said = {}
    for listing_id in ids:
        if states.get(listing_id) == Status.SOLD:
            said[listing_id] = (False, "A sold advert goes on no price plan.")
        elif listing_id in on_it:
            said[listing_id] = (False, f"It is on {plan} already.")
        else:
            said[listing_id] = (True, f"Put on {plan}.")
    new = [listing_id for listing_id, (is_done, _) in said.items() if is_done]
    pricing.assign_plan(plan_id=plan.pk, listing_ids=new, actor_id=run.actor_id, origin=run.origin)
    return said


def _unplan(run: BulkRun, ids: list[int]) -> Said:
    stock = Listing.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    known = list(stock.values_list("pk", flat=True))
    schedules = PriceSchedule.objects.filter(listing__in=known).select_related("plan")
    plans = {each.listing_id: each.plan.name for each in schedules}
    pricing.stop_plan(listing_ids=list(plans), actor_id=run.actor_id, origin=run.origin)
    return {
        listing_id: (True, f"Taken off {plans[listing_id]}.")
        if listing_id in plans
        else (False, "It is on no price plan.")
        for listing_id in ids
    }


def _move(run: BulkRun, ids: list[int]) -> Said:
    branches = Branch.objects.for_dealer(run.dealer_id)
    branch = branches.filter(pk=(run.terms or {})["branch"]).first()
    if branch is None:
        return dict.fromkeys(ids, (False, "This branch is gone."))
    there = set(Listing.objects.filter(pk__in=ids, branch=branch).values_list("pk", flat=True))
    changes = {listing_id: {"branch": branch} for listing_id in ids if listing_id not in there}
    said: Said = dict.fromkeys(there, (False, "It is there already."))
    for listing_id, moved in edit_listings(changes=changes, by=_context(run)).items():
        if isinstance(moved, DomainError):
            said[listing_id] = (False, moved.message)
        else:
            said[listing_id] = (True, f"Moved to {branch}.")
    return said


def _undo(run: BulkRun, ids: list[int]) -> Said:
    terms = run.terms or {}
    by = _context(run, f"Undone: {terms['what']}")
    sets = change_sets_of(terms["origin"])
    done = undo_listings(change_set_ids=sets, listing_ids=ids, by=by)
    photos = restore_photo_urls(change_set_ids=sets, listing_ids=list(done), actor_id=run.actor_id)
    for pk, each in done.items():
        each.restored.extend(["photos"] * (pk in photos.restored))
        each.kept.extend(["photos"] * (pk in photos.kept))
    _expect_in_feeds([pk for pk, each in done.items() if STATE in each.restored])
    gone = dict.fromkeys(set(ids) - set(done), (False, "Nothing of it is left to undo."))
    return {pk: (bool(each.restored), _sentence(each)) for pk, each in done.items()} | gone


def _expect_in_feeds(listing_ids: list[int]) -> None:
    """Have feeds know that cars which are back on sale are there: the next file decides anew."""
    back = Listing.objects.live().filter(pk__in=listing_ids)
    FeedCar.objects.filter(listing__in=back).update(gone_at=None, absent_since=None)


def _sentence(done: Undone) -> str:
    if done.refusal:
        return f"Left as it is: {done.refusal}"
    said = []
    if done.restored:
        said.append(f"As before: {_named(done.restored)}.")
    if done.kept:
        said.append(f"Written since, and left: {_named(done.kept)}.")
    return " ".join(said) or "It is as it was before."


def _named(fields: list[str]) -> str:
    return ", ".join(name_of(field) for field in fields)


def _pounds(price: int | None) -> str:
    return "POA" if price is None else f"£{price:,}"
