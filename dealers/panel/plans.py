"""Price plans: written, previewed on the adverts that are on them, and stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import action, display

from dealers import price_plans
from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import find_context, require_context
from dealers.panel.plan_chart import (
    HEIGHT,
    WIDTH,
    PlanChart,
    PlannedStep,
    plan_chart,
    planned_steps,
)
from dealers.panel.plan_form import TERMS, PlanForm, terms_of
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from listings import pricing
from listings.admin.plan_fields import rule_of
from listings.models import Listing, PricePlan, conditions
from listings.pricing import PlannedPrice
from marketplace.errors import DomainError

ADVERTS_SHOWN = 50
STEPS_SHOWN = 12
_SAVING = ("show_save", "show_save_and_continue", "show_save_and_add_another")


@dataclass(frozen=True)
class Forecast:
    """An advert and what it will cost on which day, as far as that is shown."""

    listing: Listing
    steps: list[PlannedPrice]
    last: PlannedPrice | None
    more: int
    rows: list[PlannedStep]
    chart: PlanChart | None


@admin.register(PricePlan, site=panel)
class PlanPages(PanelModelAdmin):
    permission = Permission.EDIT_PLANS
    delete_permission = Permission.EDIT_PLANS
    form = PlanForm
    empty_said = (
        "A price plan lowers prices by itself as adverts grow older, or as the market moves. Write "
        "one, look at what it would do, and put adverts on it."
    )
    radio_fields: ClassVar = {"kind": admin.VERTICAL}
    list_display = ("name", "rule", "lowest", "ending", "is_default", "adverts")
    search_fields = ("name",)
    ordering = ("name",)
    actions = ("give_to_all", "make_default", "no_longer_default")
    change_form_outer_after_template = "dealers/panel/plans/forecasts.html"
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "is_default"),
                "description": "While adverts are on a plan its terms stay as they are: write "
                "another plan and put the adverts on it. Deleting a plan takes them off it.",
            },
        ),
        (
            "For either kind",
            {
                "fields": ("kind", "after_days", ("floor", "ending")),
                "description": "Prices fall as adverts grow older, or follow what such cars are "
                "worth now. Fill in the terms of the kind that you choose; the others are not "
                "read. A reserved advert keeps its price, and none ever falls below the floor.",
            },
        ),
        (
            "By age",
            {
                "fields": ("every_days", ("drop", "unit")),
                "description": "The first drop comes after some days live; the next ones follow "
                "at the same distance. A drop of 2 per cent takes £10,000 to £9,800, and with the "
                "ending £…95 to £9,795.",
            },
        ),
        (
            "As the market",
            {
                "fields": ("value_percent", ("percent_max", "pounds_max"), "may_rise"),
                "description": "A price stays at so many per cent of its car's value, and moves "
                "once a week at most, within both limits. An advert without a price label keeps "
                "its price, and so does one that is less than 1 per cent off.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        plans: QuerySet = super().get_queryset(request)
        counts: QuerySet = plans.annotate(advert_count=Count("schedules"))
        return counts

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.stop_page)
        name = "listings_priceplan_stop"
        return [path("<int:priceplan_id>/stop/", view, name=name), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: PricePlan | None = None) -> Any:
        """Leave the default out of a new plan's form: it is chosen in the list of plans."""
        (title, first), *others = super().get_fieldsets(request, obj)
        fields = first["fields"] if obj else ("name",)
        return ((title, {**first, "fields": fields}), *others)

    def get_readonly_fields(
        self, request: HttpRequest, obj: PricePlan | None = None
    ) -> tuple[str, ...]:
        """Keep a plan's terms as long as adverts are on it."""
        is_used = obj is not None and obj.schedules.exists()
        return ("is_default", *(TERMS if is_used else ()))

    def has_give_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        plan = self.get_object(request, object_id) if object_id else None
        context = {"subtitle": None, **(extra_context or {})}
        if isinstance(plan, PricePlan):
            forecasts, count = _forecasts(request, plan)
            may_change = self.has_change_permission(request)
            context |= {"title": plan.name, "forecasts": forecasts, "on_plan": count}
            context |= {"plan": plan, "may_change": may_change}
            context |= {"chart_width": WIDTH, "chart_height": HEIGHT}
            context |= dict.fromkeys(_SAVING, False) if count else {}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        if change and not form.changed_data:
            return
        current = require_context(request)
        terms = terms_of(obj)
        if change:
            price_plans.edit_plan(plan_id=obj.pk, terms=terms, actor=current.actor)
        else:
            dealer_id, actor = current.dealer.pk, current.actor
            obj.pk = price_plans.create_plan(dealer_id=dealer_id, terms=terms, actor=actor).pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: PricePlan) -> None:
        price_plans.delete_plan(plan_id=obj.pk, actor=require_context(request).actor)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for plan in queryset.order_by("pk"):
            self.delete_model(request, plan)

    @action(description="Give to all adverts", permissions=["give"])
    def give_to_all(self, request: HttpRequest, queryset: QuerySet) -> None:
        def give(plan: PricePlan) -> str:
            actor = require_context(request).actor
            count = price_plans.give_plan_to_all(plan_id=plan.pk, actor=actor)
            return f"{_adverts(count)} put on {plan}."

        self._on_one(request, queryset, give)

    @action(description="Make default", permissions=["give"])
    def make_default(self, request: HttpRequest, queryset: QuerySet) -> None:
        def choose(plan: PricePlan) -> str:
            actor = require_context(request).actor
            price_plans.make_default(plan_id=plan.pk, is_default=True, actor=actor)
            return f"What you publish from now on goes on {plan}."

        self._on_one(request, queryset, choose)

    @action(description="No longer default", permissions=["give"])
    def no_longer_default(self, request: HttpRequest, queryset: QuerySet) -> None:
        def release(plan: PricePlan) -> str:
            actor = require_context(request).actor
            price_plans.make_default(plan_id=plan.pk, is_default=False, actor=actor)
            return f"{plan} is no longer the default price plan."

        self._on_one(request, queryset.filter(is_default=True), release)

    def stop_page(self, request: HttpRequest, priceplan_id: int) -> HttpResponse:
        """Take one advert (`listing`), or all of them, off a plan."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        plan = self.get_queryset(request).filter(pk=priceplan_id).first()
        if plan is None or not self.has_change_permission(request):
            raise Http404
        only = request.POST.get("listing")
        ids = None if only is None else [int(only)] if _is_key(only) else []
        actor = require_context(request).actor
        stopped = price_plans.stop_plan(plan_id=plan.pk, listing_ids=ids, actor=actor)
        text = f"{_adverts(stopped)} taken off {plan}: prices stay as they are."
        messages.success(request, text)
        return Redirect(reverse("dealer:listings_priceplan_change", args=[plan.pk]))

    @display(description="Rule")
    def rule(self, plan: PricePlan) -> str:
        return rule_of(plan)

    @display(description="Floor", ordering="floor")
    def lowest(self, plan: PricePlan) -> str:
        return f"£{plan.floor:,}"

    @display(description="Adverts", ordering="advert_count")
    def adverts(self, plan: PricePlan) -> int:
        return int(getattr(plan, "advert_count", 0))

    def _on_one(
        self, request: HttpRequest, queryset: QuerySet, verb: Callable[[PricePlan], str]
    ) -> None:
        """Call a verb for the one plan that was chosen, and say what it did."""
        plans = list(queryset.order_by("pk")[:2])
        if len(plans) != 1:
            messages.error(request, "Nothing was done: choose one plan that this is for.")
            return
        try:
            messages.success(request, verb(plans[0]))
        except DomainError as refusal:
            self.message_refusal(request, refusal)


def _adverts(count: int) -> str:
    return "1 advert" if count == 1 else f"{count:,} adverts"


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _forecasts(request: HttpRequest, plan: PricePlan) -> tuple[list[Forecast], int]:
    """Return the adverts on a plan with their prices to come, or, on none, what it would do."""
    stock: QuerySet[Listing] = scoped(Listing.objects.all(), find_context(request))
    on_plan = stock.filter(price_schedule__plan=plan)
    count = on_plan.count()
    others = stock.filter(conditions.LIVE, price__gt=plan.floor)
    shown = list((on_plan if count else others).order_by("pk")[:ADVERTS_SHOWN])
    prices = pricing.preview_plan(plan_id=plan.pk, listing_ids=[row.pk for row in shown])
    forecasts, now = [], timezone.now()
    for row in shown:
        steps = prices.get(row.pk, [])
        more = max(0, len(steps) - STEPS_SHOWN)
        rows = planned_steps(row.price, steps[:STEPS_SHOWN])
        chart, last = plan_chart(row.price, steps, now), steps[-1] if steps else None
        forecasts.append(Forecast(row, steps[:STEPS_SHOWN], last, more, rows, chart))
    return forecasts, count


panel.add_entry(
    MenuEntry("Price plans", "trending_down", "listings_priceplan_changelist", order=30)
)
