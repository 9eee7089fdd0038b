"""Adverts: the list, the form and the buttons, every change by a verb."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.forms import BaseInlineFormSet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    MultipleChoicesDropdownFilter,
)

from listings.admin.actions import (
    BulkActions,
    act_on_all,
    ask_for_reason,
    reject_with_reason,
    tell,
)
from listings.admin.base import StaffAdmin
from listings.admin.columns import ListingColumns
from listings.admin.filters import (
    ExpiryFilter,
    MissingFilter,
    RangeFilter,
    ReservedFilter,
    SandboxFilter,
)
from listings.admin.forms import ListingForm, RejectionForm
from listings.admin.history import EventInline, PriceInline
from listings.admin.persistence import SavedByVerbs
from listings.admin.photos import PhotoInline, save_photos
from listings.admin.plan_fields import PlanFields
from listings.admin.same_cars import SameCarField
from listings.admin.search import FoundByWords
from listings.admin.values import ValueField, with_value
from listings.adverts import Action, allowed_actions
from listings.models import Listing, Photo


@admin.register(Listing)
class ListingAdmin(
    SameCarField,
    ValueField,
    PlanFields,
    BulkActions,
    ListingColumns,
    FoundByWords,
    SavedByVerbs,
    StaffAdmin,
):
    form = ListingForm
    inlines = (PhotoInline, PriceInline, EventInline)
    list_display_links = ("advert",)
    list_select_related = ("dealer",)
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("price", RangeFilter),
        ("mileage", RangeFilter),
        ("year", RangeFilter),
        ("make", AutocompleteSelectFilter),
        ("dealer", AutocompleteSelectFilter),
        ("fuel", ChoicesDropdownFilter),
        ("transmission", ChoicesDropdownFilter),
        ReservedFilter,
        MissingFilter,
        ExpiryFilter,
        SandboxFilter,
    )
    search_fields = ("title", "vrm", "stock_ref")
    search_help_text = "Title, mark or stock ref"
    ordering = ("-id",)
    autocomplete_fields = ("branch", "make", "model")
    change_form_outer_before_template = "admin/listings/listing/allowed_actions.html"
    readonly_fields = (
        "title",
        "status",
        "emission_zone",
        "was_price",
        "created_at",
        "published_at",
        "expires_at",
        "confirmed_at",
        "reserved_until",
        "sold_at",
        "price_plan",
        "next_drop",
        "planned_prices",
        "market_worth",
        "same_car",
    )
    fieldsets = (
        (
            "Car",
            {
                "fields": (
                    "seen_revision",
                    "doubted_price",
                    ("make", "model"),
                    "derivative",
                    ("year", "first_registered_on"),
                    ("fuel", "transmission"),
                    ("doors", "seats"),
                    ("body_type", "colour"),
                    ("drivetrain", "engine_cc"),
                    ("power_bhp", "mpg"),
                    ("co2_g_km", "euro_standard"),
                    ("battery_kwh", "electric_range_miles"),
                    ("vrm", "vin"),
                    "same_car",
                )
            },
        ),
        (
            "Price",
            {
                "fields": (
                    ("price", "admin_fee"),
                    ("vat_scheme", "was_price"),
                    ("price_plan", "next_drop"),
                    "planned_prices",
                    "market_worth",
                )
            },
        ),
        (
            "Condition",
            {
                "fields": (
                    ("mileage", "owners"),
                    ("service_history", "mot_expires_on"),
                    ("write_off", "emission_zone"),
                )
            },
        ),
        ("Story", {"fields": ("description", "features")}),
        (
            "Where",
            {
                "fields": (
                    ("branch", "stock_ref"),
                    ("status", "created_at"),
                    ("published_at", "expires_at"),
                    ("confirmed_at", "reserved_until"),
                    "sold_at",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        covers = Photo.objects.filter(position=0)
        rows = Listing.objects.visible_to(request.user)
        rows = rows.prefetch_related(Prefetch("photos", covers, to_attr="covers"))
        if request.resolver_match and request.resolver_match.url_name == "listings_listing_change":
            return with_value(rows).select_related("car_link")
        return rows

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("reject/", view(self.reject_view), name="listings_listing_reject"),
            path(
                "<int:listing_id>/act/<slug:act>/",
                view(self.act_view),
                name="listings_listing_act",
            ),
        ]
        return own + super().get_urls()

    def reject_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        return reject_with_reason(self, request)

    def act_view(self, request: HttpRequest, listing_id: int, act: str) -> HttpResponse:
        """Do one thing to one advert; only a rejection has a page first."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if act not in Action.values or not self.get_queryset(request).filter(pk=listing_id):
            raise Http404
        if act == Action.REJECT:
            return ask_for_reason(self, request, [listing_id], RejectionForm())
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        actor_id = int(str(request.user.pk))
        tell(request, Action(act), act_on_all(act=Action(act), ids=[listing_id], actor_id=actor_id))
        return HttpResponseRedirect(reverse("admin:listings_listing_change", args=[listing_id]))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        listing = self.get_object(request, object_id) if object_id else None
        allowed = (
            allowed_actions(listing) if listing and self.has_change_permission(request) else []
        )
        context = {"allowed_actions": allowed, "listing": listing, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def save_formset(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formset: BaseInlineFormSet,
        change: bool,
    ) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formset.model is Photo:
            save_photos(formset, listing_id=form.instance.pk, actor_id=int(str(request.user.pk)))
