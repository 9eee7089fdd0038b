"""Adverts on price plans: put on, taken off, and what they will cost when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import action, display

from listings import pricing
from listings.admin.actions import NAMED_MAX, BulkActions, BulkOutcome, posted_ids, tell_outcome
from listings.models import Listing, PricePlan, PriceSchedule
from listings.pricing import PlannedPrice
from marketplace.errors import DomainError

_DROPS_SHOWN = 4


class PlanForm(forms.Form):
    """Which of the plans of one dealer."""

    plan = forms.ModelChoiceField(PricePlan.objects.none())

    def __init__(self, plans: QuerySet, *args: Any) -> None:
        super().__init__(*args)
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]  # a ModelChoiceField


@dataclass(frozen=True)
class PlanOption:
    """A plan, and what the first adverts would cost on it."""

    plan: PricePlan
    rule: str
    forecasts: list[tuple[Listing, str]]


class PlanActions(BulkActions):
    """The actions of the list of adverts, and the fields of an advert, about price plans."""

    actions = (*BulkActions.actions, "put_on_plan", "take_off_plan")

    @action(description="Put on a price plan", permissions=["change"])
    def put_on_plan(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask which plan, then put exactly the adverts that were shown on it."""
        ids = self.bounded_ids(request, queryset)
        plans = _plans_of(request, ids)
        if plans is None:
            return None
        return _ask_which(self, request, ids, PlanForm(plans))

    @action(description="Take off its price plan", permissions=["change"])
    def take_off_plan(self, request: HttpRequest, queryset: QuerySet) -> None:
        def stop(listing_id: int) -> int:
            return pricing.stop_plan(listing_ids=[listing_id], actor_id=_actor_id(request))

        ids = self.bounded_ids(request, queryset)
        outcome = _each(ids, stop, unchanged="It is on no price plan.")
        tell_outcome(request, "taken off price plans", outcome)

    @display(description="Price plan")
    def price_plan(self, listing: Listing) -> str:
        schedule = _schedule_of(listing)
        return f"{schedule.plan}: {rule_of(schedule.plan)}" if schedule else "-"

    @display(description="Next drop")
    def next_drop(self, listing: Listing) -> str:
        schedule = _schedule_of(listing)
        if schedule is None:
            return "-"
        at = schedule.next_drop_at
        return _day(at) if at else "Its clock stands still until it is on the market"

    @display(description="Planned prices")
    def planned_prices(self, listing: Listing) -> str:
        schedule = _schedule_of(listing)
        if schedule is None:
            return "-"
        found = pricing.preview_plan(plan_id=schedule.plan_id, listing_ids=[listing.pk])
        return forecast(found.get(listing.pk, []))


def choose_plan(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Put the adverts whose ids the page carries on the plan that was chosen there."""
    known = Listing.objects.visible_to(request.user).filter(pk__in=posted_ids(request))
    ids = list(known.order_by("pk").values_list("pk", flat=True))
    back = HttpResponseRedirect(reverse("admin:listings_listing_changelist"))
    plans = _plans_of(request, ids)
    if plans is None:
        return back
    form = PlanForm(plans, request.POST)
    if not form.is_valid():
        return _ask_which(model_admin, request, ids, form)
    plan = form.cleaned_data["plan"]

    def assign(listing_id: int) -> int:
        actor_id = _actor_id(request)
        return pricing.assign_plan(plan_id=plan.pk, listing_ids=[listing_id], actor_id=actor_id)

    outcome = _each(ids, assign, unchanged=f"It is on {plan} already.")
    tell_outcome(request, f"put on {plan}", outcome)
    return back


def rule_of(plan: PricePlan) -> str:
    """Return a plan's rule in words: "2 % after 30 days, then every 7"."""
    percent = plan.unit == PricePlan.Unit.PERCENT
    drop = f"{plan.drop} %" if percent else f"£{plan.drop:,}"
    return f"{drop} after {plan.after_days} days, then every {plan.every_days}"


def forecast(prices: Sequence[PlannedPrice]) -> str:
    """Return the first prices with their days, and the last one, in words."""
    if not prices:
        return "The price does not change"
    shown = [f"£{step.price:,} on {_day(step.at)}" for step in prices[:_DROPS_SHOWN]]
    if len(prices) > _DROPS_SHOWN:
        shown.append(f"and so on to £{prices[-1].price:,} on {_day(prices[-1].at)}")
    return ", ".join(shown)


def option_of(plan: PricePlan, named: list[Listing]) -> PlanOption:
    """Return a plan in words, with what these adverts would cost on it."""
    found = pricing.preview_plan(plan_id=plan.pk, listing_ids=[row.pk for row in named])
    return PlanOption(
        plan, rule_of(plan), [(row, forecast(found.get(row.pk, []))) for row in named]
    )


def _plans_of(request: HttpRequest, ids: list[int]) -> QuerySet | None:
    """Return the plans that all these adverts can be on; None, with a message, without any."""
    dealers = Listing.objects.filter(pk__in=ids).order_by("dealer_id").distinct("dealer_id")
    names = {row.dealer_id: row.dealer.name for row in dealers.select_related("dealer")}
    if not names:
        return None
    if len(names) > 1:
        text = f"these adverts are of {len(names)} dealers, and a price plan is of one."
        messages.error(request, f"Nothing was done: {text} Choose one dealer's adverts.")
        return None
    plans = PricePlan.objects.filter(dealer__in=names)
    if not plans.exists():
        (name,) = names.values()
        messages.error(request, f"Nothing was done: {name} has no price plan. Write one first.")
        return None
    return plans


def _ask_which(
    model_admin: Any, request: HttpRequest, ids: list[int], form: PlanForm
) -> HttpResponse:
    """Show the page that asks which plan, with what the first adverts would cost on each."""
    named = list(Listing.objects.filter(pk__in=ids[:NAMED_MAX]).order_by("pk"))
    plans: QuerySet = form.fields["plan"].queryset  # type: ignore[attr-defined]  # as above
    count = "an advert" if len(ids) == 1 else f"{len(ids):,} adverts"
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Put {count} on a price plan",
        "opts": model_admin.opts,
        "form": form,
        "options": [option_of(plan, named) for plan in plans],
        "ids": ",".join(map(str, ids)),
        "unnamed_count": max(0, len(ids) - NAMED_MAX),
        "cancel_url": reverse("admin:listings_listing_changelist"),
    }
    return TemplateResponse(request, "admin/listings/listing/choose_plan.html", context)


def _each(ids: list[int], verb: Callable[[int], int], *, unchanged: str) -> BulkOutcome:
    """Call a verb for each advert; one that is refused, or needs nothing, is told apart."""
    outcome = BulkOutcome()
    for listing_id in ids:
        try:
            changed = verb(listing_id)
        except DomainError as refusal:
            outcome.refused[refusal.message].append(listing_id)
            continue
        (outcome.done if changed else outcome.refused[unchanged]).append(listing_id)
    return outcome


def _schedule_of(listing: Listing) -> PriceSchedule | None:
    return PriceSchedule.objects.filter(listing=listing.pk).select_related("plan").first()


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "j M Y")


def _actor_id(request: HttpRequest) -> int:
    return int(str(request.user.pk))
