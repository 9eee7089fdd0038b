"""Doing one thing to many adverts, a batch at a time, each advert done or refused as a whole.

A batch is one transaction with what it says about its adverts: an interruption leaves no half of
anything, and the next step goes on with the adverts that still wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from dealers.exceptions import BulkRunNotFound, NotPermitted
from dealers.models import Branch, BulkRow, BulkRun
from dealers.permissions import Actor, Permission, require
from listings import pricing
from listings.adverts import Action, WriteContext, edit_listings, transition_listings
from listings.choices import PriceEnding, Source, Status
from listings.models import Listing, PricePlan, PriceSchedule
from listings.pricing import PriceStep, PriceUnit, change_prices
from marketplace import quotas
from marketplace.errors import DomainError

KEPT_DAYS = 30
Act = BulkRun.Act
NEED_TERMS = frozenset({Act.PRICE, Act.PLAN, Act.MOVE})
_BATCH = 1_000
_DONE = {
    Act.PUBLISH: "Published.",
    Act.RENEW: "Renewed.",
    Act.RELEASE: "Released.",
    Act.SELL: "Marked sold.",
    Act.WITHDRAW: "Withdrawn.",
}

Said = dict[int, tuple[bool, str]]
"""By the id of an advert: whether it was done, and what is said about it."""


@dataclass(frozen=True)
class Progress:
    """How far a run has come, in adverts."""

    done: int
    refused: int
    waiting: int

    @property
    def total(self) -> int:
        return self.done + self.refused + self.waiting


@transaction.atomic
def begin_run(
    *,
    dealer_id: int,
    actor: Actor,
    act: BulkRun.Act,
    listing_ids: Sequence[int],
    terms: dict[str, Any] | None = None,
) -> BulkRun:
    """Write down what is to be done to which of the dealer's adverts; nothing is done yet.

    Raises `QuotaReached`.
    """
    require(Permission.EDIT_STOCK, dealer_id=dealer_id, actor=actor)
    if actor.user_id is None:
        raise NotPermitted("A run is begun by a person.")
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    mine = BulkRun.objects.for_dealer(dealer_id)
    mine.filter(created_at__lt=old).delete()
    quotas.require("bulk_runs", dealer_id=dealer_id, count=mine.count)
    stated = terms if act in NEED_TERMS else {}
    run = BulkRun.objects.create(dealer_id=dealer_id, actor_id=actor.user_id, act=act, terms=stated)
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [run.pk, dealer_id, list(listing_ids)])
    run.refresh_from_db()
    return run


@transaction.atomic
def state_terms(*, run_id: int, terms: dict[str, Any], actor: Actor) -> BulkRun:
    """Say what the act of a run needs to know, once; a second time changes nothing."""
    run = _locked(run_id, actor)
    if run.terms is None:
        run.terms = terms
        run.save(update_fields=["terms"])
    return run


@transaction.atomic
def stop_run(*, run_id: int, actor: Actor) -> BulkRun:
    """Leave the adverts that wait as they are; those that are done stay done."""
    run = _locked(run_id, actor)
    if run.stopped_at is None:
        run.stopped_at = timezone.now()
        run.save(update_fields=["stopped_at"])
    return run


@transaction.atomic
def take_step(*, run_id: int, actor: Actor) -> Progress:
    """Do the next batch of a run, unless it is stopped or its terms are not stated.

    Two steps at once follow one another; each advert is done once.
    """
    run = _locked(run_id, actor)
    if run.stopped_at is None and run.terms is not None:
        act = Act(run.act)
        waiting = run.rows.filter(is_done=None).order_by("listing_id")
        ids = list(waiting.values_list("listing_id", flat=True)[:_BATCH])
        if ids:
            _tell(run, _doer(act)(run, ids))
    return progress_of(run)


def progress_of(run: BulkRun) -> Progress:
    """Count a run's adverts by what became of them."""
    counted = run.rows.order_by().values_list("is_done").annotate(count=Count("pk"))
    counts: dict[bool | None, int] = dict(counted)
    return Progress(counts.get(True, 0), counts.get(False, 0), counts.get(None, 0))


def step_of(terms: dict[str, Any]) -> PriceStep:
    """Return the change of price that a run's terms state; raises `InvalidListing`."""
    return PriceStep(PriceUnit(terms["unit"]), int(terms["amount"]), PriceEnding(terms["ending"]))


_BEGIN = """
    INSERT INTO dealers_bulkrow (run_id, listing_id, said)
    SELECT %s, id, '' FROM listings_listing WHERE dealer_id = %s AND id = ANY(%s) ORDER BY id
"""
_TELL = """
    UPDATE dealers_bulkrow AS row SET is_done = told.is_done, said = told.said
    FROM unnest(%s::bigint[], %s::boolean[], %s::text[]) AS told (listing_id, is_done, said)
    WHERE row.run_id = %s AND row.listing_id = told.listing_id
"""


def _locked(run_id: int, actor: Actor) -> BulkRun:
    run = BulkRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None:
        raise BulkRunNotFound("There is no such run.")
    require(Permission.EDIT_STOCK, dealer_id=run.dealer_id, actor=actor)
    return run


def _tell(run: BulkRun, said: Said) -> None:
    limit = BulkRow._meta.get_field("said").max_length
    texts = [text[:limit] for _, text in said.values()]
    states = [is_done for is_done, _ in said.values()]
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [list(said), states, texts, run.pk])


def _doer(act: BulkRun.Act) -> Callable[[BulkRun, list[int]], Said]:
    special = {Act.PRICE: _reprice, Act.PLAN: _plan, Act.UNPLAN: _unplan, Act.MOVE: _move}
    return special.get(act, _live_on)


def _context(run: BulkRun) -> WriteContext:
    return WriteContext(Source.PERSON, actor_id=run.actor_id, origin=f"bulk_run:{run.pk}")


def _live_on(run: BulkRun, ids: list[int]) -> Said:
    refused = transition_listings(action=Action(run.act), listing_ids=ids, by=_context(run))
    done = _DONE[Act(run.act)]
    return {pk: (False, refused[pk].message) if pk in refused else (True, done) for pk in ids}


def _reprice(run: BulkRun, ids: list[int]) -> Said:
    changed = change_prices(listing_ids=ids, step=step_of(run.terms or {}), actor_id=run.actor_id)
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
    pricing.assign_plan(plan_id=plan.pk, listing_ids=new, actor_id=run.actor_id)
    return said


def _unplan(run: BulkRun, ids: list[int]) -> Said:
    stock = Listing.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    known = list(stock.values_list("pk", flat=True))
    schedules = PriceSchedule.objects.filter(listing__in=known).select_related("plan")
    plans = {each.listing_id: each.plan.name for each in schedules}
    pricing.stop_plan(listing_ids=list(plans), actor_id=run.actor_id)
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


def _pounds(price: int | None) -> str:
    return "POA" if price is None else f"£{price:,}"
