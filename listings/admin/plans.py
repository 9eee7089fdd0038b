"""Price plans: how the prices of a dealer's adverts fall."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from listings import pricing
from listings.admin.actions import adverts
from listings.admin.base import StaffAdmin
from listings.admin.plan_actions import rule_of
from listings.models import PricePlan
from listings.pricing import PlanTerms
from marketplace.errors import DomainError

_PLANS_MAX = 50
_TERMS = tuple(field.name for field in fields(PlanTerms))


@admin.register(PricePlan)
class PricePlanAdmin(StaffAdmin):
    list_display = ("name", "dealer", "rule", "lowest", "ending", "is_default", "adverts")
    list_select_related = ("dealer",)
    list_filter = (("dealer", AutocompleteSelectFilter),)
    search_fields = ("name", "dealer__name")
    autocomplete_fields = ("dealer",)
    ordering = ("dealer__name", "name")
    actions = ("give_to_all", "make_default", "no_longer_default")
    fieldsets = (
        (
            None,
            {
                "fields": ("dealer", "name", "is_default"),
                "description": "While adverts are on a plan its terms stay as they are: write "
                "another plan and put the adverts on it. Deleting a plan takes them off it.",
            },
        ),
        (
            "When",
            {
                "fields": (("after_days", "every_days"),),
                "description": "The first drop comes after some days live; the next ones follow "
                "at the same distance. A reserved advert keeps its price.",
            },
        ),
        (
            "How much",
            {
                "fields": (("drop", "unit"), ("floor", "ending")),
                "description": "A drop of 2 per cent takes £10,000 to £9,800, and with the ending "
                "£…95 to £9,795. No price ever falls below the floor.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        plans: QuerySet = super().get_queryset(request)
        counts: QuerySet = plans.annotate(advert_count=Count("schedules"))
        return counts

    def get_readonly_fields(
        self, request: HttpRequest, obj: PricePlan | None = None
    ) -> tuple[str, ...]:
        """Keep a plan with its dealer, and its terms as long as adverts are on it."""
        if obj is None:
            return ("is_default",)
        used = obj.schedules.exists()
        return ("is_default", "dealer", *(_TERMS if used else ()))

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if change and not form.changed_data:
            return
        terms = PlanTerms(**{name: getattr(obj, name) for name in _TERMS})
        if change:
            pricing.edit_plan(plan_id=obj.pk, terms=terms)
        else:
            obj.pk = pricing.create_plan(dealer_id=obj.dealer_id, terms=terms).pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: PricePlan) -> None:
        pricing.delete_plan(plan_id=obj.pk, actor_id=int(str(request.user.pk)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for plan in queryset.order_by("pk"):
            self.delete_model(request, plan)

    def has_give_permission(self, request: HttpRequest) -> bool:
        """Tell who may lower the prices of adverts by a plan."""
        may_price = request.user.has_perm("listings.change_listing")
        return may_price and self.has_change_permission(request)

    @action(description="Give to all the dealer's adverts", permissions=["give"])
    def give_to_all(self, request: HttpRequest, queryset: QuerySet) -> None:
        def give(plan: PricePlan) -> str:
            actor_id = int(str(request.user.pk))
            count = pricing.assign_plan(plan_id=plan.pk, actor_id=actor_id)
            return f"{adverts(count)} of {plan.dealer} put on {plan}."

        self._once_a_dealer(request, queryset, give)

    @action(description="Make default", permissions=["give"])
    def make_default(self, request: HttpRequest, queryset: QuerySet) -> None:
        def choose(plan: PricePlan) -> str:
            pricing.set_default_plan(dealer_id=plan.dealer_id, plan_id=plan.pk)
            self.log_change(request, plan, "Made the default.")
            return f"What {plan.dealer} publishes from now on goes on {plan}."

        self._once_a_dealer(request, queryset, choose)

    @action(description="No longer default", permissions=["give"])
    def no_longer_default(self, request: HttpRequest, queryset: QuerySet) -> None:
        def release(plan: PricePlan) -> str:
            pricing.set_default_plan(dealer_id=plan.dealer_id, plan_id=None)
            self.log_change(request, plan, "No longer the default.")
            return f"{plan.dealer} has no default price plan."

        defaults = queryset.filter(is_default=True)
        if not defaults:
            self.message_user(request, "Nothing was done: no default is chosen.", messages.ERROR)
        self._once_a_dealer(request, defaults, release)

    @display(description="Rule")
    def rule(self, plan: PricePlan) -> str:
        return rule_of(plan)

    @display(description="Floor", ordering="floor")
    def lowest(self, plan: PricePlan) -> str:
        return f"£{plan.floor:,}"

    @display(description="Adverts", ordering="advert_count")
    def adverts(self, plan: PricePlan) -> int:
        return int(getattr(plan, "advert_count", 0))

    def _once_a_dealer(
        self, request: HttpRequest, queryset: QuerySet, verb: Callable[[PricePlan], str]
    ) -> None:
        """Call a verb for each plan and say what it did, if no two are of one dealer."""
        plans = list(queryset.select_related("dealer").order_by("pk")[: _PLANS_MAX + 1])
        if len(plans) > _PLANS_MAX or len({plan.dealer_id for plan in plans}) < len(plans):
            text = f"choose one plan of each dealer, and at most {_PLANS_MAX}."
            self.message_user(request, f"Nothing was done: {text}", messages.ERROR)
            return
        for plan in plans:
            try:
                self.message_user(request, verb(plan), messages.SUCCESS)
            except DomainError as refusal:
                self.message_refusal(request, refusal)
