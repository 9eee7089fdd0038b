"""Price plans: how the prices of a dealer's adverts fall."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from listings.admin.base import StaffAdmin
from listings.models import PricePlan


@admin.register(PricePlan)
class PricePlanAdmin(StaffAdmin):
    list_display = ("name", "dealer", "rule", "lowest", "ending", "is_default", "adverts")
    list_select_related = ("dealer",)
    list_filter = (("dealer", AutocompleteSelectFilter),)
    search_fields = ("name", "dealer__name")
    autocomplete_fields = ("dealer",)
    ordering = ("dealer__name", "name")
    fieldsets = (
        (None, {"fields": ("dealer", "name", "is_default")}),
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

    @display(description="Rule")
    def rule(self, plan: PricePlan) -> str:
        percent = plan.unit == PricePlan.Unit.PERCENT
        drop = f"{plan.drop} %" if percent else f"£{plan.drop:,}"
        return f"{drop} after {plan.after_days} days, then every {plan.every_days}"

    @display(description="Floor", ordering="floor")
    def lowest(self, plan: PricePlan) -> str:
        return f"£{plan.floor:,}"

    @display(description="Adverts", ordering="advert_count")
    def adverts(self, plan: PricePlan) -> int:
        return int(getattr(plan, "advert_count", 0))
