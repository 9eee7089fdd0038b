"""Price plans: written, previewed on the adverts that are on them, and stopped."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import URLPattern, path, reverse

from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import find_context, require_context
from dealers.panel.scope import scoped
from dealers.panel.site import Entry, panel
from dealers.permissions import Permission
from listings import pricing
from listings.admin.plans import PricePlanAdmin
from listings.models import Listing, PricePlan, conditions
from listings.pricing import PlannedPrice

ADVERTS_SHOWN = 50
STEPS_SHOWN = 6
_SAVING = ("show_save", "show_save_and_continue", "show_save_and_add_another")


@dataclass(frozen=True)
class Forecast:
    """An advert and what it will cost on which day, as far as that is shown."""

    listing: Listing
    steps: list[PlannedPrice]
    more: int
    is_on_plan: bool


@admin.register(PricePlan, site=panel)
class Plans(PanelModelAdmin, PricePlanAdmin):
    permission = Permission.EDIT_PLANS
    delete_permission = Permission.EDIT_PLANS
    list_display: Any = ("name", "rule", "lowest", "ending", "is_default", "adverts")
    list_filter: Any = ()
    list_select_related: Any = ()
    search_fields: Any = ("name",)
    autocomplete_fields: Any = ()
    ordering: Any = ("name",)
    change_form_outer_after_template = "dealers/panel/plans/forecasts.html"
    fieldsets: Any = (
        (
            None,
            {
                "fields": ("name", "is_default"),
                "description": "While adverts are on a plan its terms stay as they are: write "
                "another plan and put the adverts on it. Deleting a plan takes them off it.",
            },
        ),
        *PricePlanAdmin.fieldsets[1:],
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.stop_page)
        name = "listings_priceplan_stop"
        return [path("<int:priceplan_id>/stop/", view, name=name), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: PricePlan | None = None) -> Any:
        """Leave the default out of a new plan's form: it is chosen in the list of plans."""
        (title, first), *others = super().get_fieldsets(request, obj)
        fields = first["fields"] if obj else ("name",)
        return ((title, {**first, "fields": fields}), *others)

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
            context |= dict.fromkeys(_SAVING, False) if count else {}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.dealer = require_context(request).dealer
        super().save_model(request, obj, form, change)

    def stop_page(self, request: HttpRequest, priceplan_id: int) -> HttpResponse:
        """Take one advert (`listing`), or all of them, off a plan."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        plan = self.get_queryset(request).filter(pk=priceplan_id).first()
        if plan is None or not self.has_change_permission(request):
            raise Http404
        ids = list(plan.schedules.values_list("listing_id", flat=True))
        if only := request.POST.get("listing"):
            ids = [listing_id for listing_id in ids if str(listing_id) == only]
        actor_id = require_context(request).user.pk
        stopped = pricing.stop_plan(listing_ids=ids, actor_id=actor_id)
        adverts = "1 advert" if stopped == 1 else f"{stopped:,} adverts"
        messages.success(request, f"{adverts} taken off {plan}: prices stay as they are.")
        return Redirect(reverse("dealer:listings_priceplan_change", args=[plan.pk]))


def _forecasts(request: HttpRequest, plan: PricePlan) -> tuple[list[Forecast], int]:
    """Return the adverts on a plan with their prices to come, or, on none, what it would do."""
    stock: QuerySet[Listing] = scoped(Listing.objects.all(), find_context(request))
    on_plan = stock.filter(price_schedule__plan=plan)
    count = on_plan.count()
    others = stock.filter(conditions.LIVE, price__gt=plan.floor)
    shown = list((on_plan if count else others).order_by("pk")[:ADVERTS_SHOWN])
    prices = pricing.preview_plan(plan_id=plan.pk, listing_ids=[row.pk for row in shown])
    forecasts = []
    for row in shown:
        steps = prices.get(row.pk, [])
        more = max(0, len(steps) - STEPS_SHOWN)
        forecasts.append(Forecast(row, steps[:STEPS_SHOWN], more, bool(count)))
    return forecasts, count


panel.add_entry(Entry("Price plans", "trending_down", "listings_priceplan_changelist", order=30))
