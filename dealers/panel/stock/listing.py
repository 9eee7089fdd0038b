"""The dealer's adverts: the table and the form, every change by a verb."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter
from unfold.decorators import display

from dealers.models import Branch
from dealers.panel.audience import with_audience
from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import find_context, require_context
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.panel.stock import (
    autofill,
    bulk_runs,
    inline_edit,
    locks,
    mark_reader,
    names,
    photos,
    sales,
    saved_views,
    undo,
)
from dealers.panel.stock.actions import StockActions
from dealers.panel.stock.columns import StockColumns
from dealers.panel.stock.filters import (
    AddedFilter,
    AgeFilter,
    BranchFilter,
    CompletenessFilter,
    DuplicateFilter,
    MakeFilter,
    MismatchFilter,
    PlanFilter,
    SoldFilter,
)
from dealers.panel.stock.market_values import LookFilter, RatingFilter
from dealers.panel.stock.sidebar import sidebar_context
from dealers.permissions import Permission
from listings.admin.filters import ExpiryFilter, MissingFilter, RangeFilter, ReservedFilter
from listings.admin.forms import ListingForm
from listings.admin.persistence import SavedByVerbs
from listings.admin.search import FoundByWords
from listings.adverts import Action, lifecycle
from listings.completeness import with_completeness
from listings.models import Listing, Photo
from listings.models.car_link import is_twice
from listings.pricing.value.outliers import with_market_values
from marketplace.errors import DomainError

_DONE = {
    Action.PUBLISH: "is published: buyers see it now",
    Action.RENEW: "is renewed",
    Action.RELEASE: "is no longer reserved",
    Action.WITHDRAW: "is withdrawn",
    Action.REOPEN: "is a draft again",
}

_CAR = (
    "seen_revision",
    "doubted_price",
    "title_reader",
    ("vrm", "mark_reader"),
    ("make", "model"),
    "derivative",
    ("year", "mileage"),
    ("fuel", "transmission"),
    ("body_type", "colour"),
    ("doors", "seats"),
    ("engine_cc", "power_bhp"),
    ("drivetrain", "euro_standard"),
    ("mpg", "co2_g_km"),
    ("battery_kwh", "electric_range_miles"),
)


@admin.register(Listing, site=panel)
class StockAdmin(StockActions, StockColumns, FoundByWords, SavedByVerbs, PanelModelAdmin):
    permission = Permission.EDIT_STOCK
    counted_as = "advert"
    form = ListingForm
    list_display_links = ("advert",)
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("price", RangeFilter),
        ("mileage", RangeFilter),
        AgeFilter,
        ExpiryFilter,
        RatingFilter,
        LookFilter,
        CompletenessFilter,
        MissingFilter,
        ReservedFilter,
        SoldFilter,
        AddedFilter,
        DuplicateFilter,
        MismatchFilter,
        BranchFilter,
        MakeFilter,
        PlanFilter,
    )
    search_fields = ("title", "vrm", "stock_ref")
    search_help_text = "Title, mark or stock ref"
    ordering: Any = ("-id",)
    autocomplete_fields = ("make", "model")
    list_before_template = "dealers/panel/stock/tabs.html"
    change_form_template = "dealers/panel/stock/advert.html"
    readonly_fields = ("title_reader", "mark_reader", "photo_board")
    fieldsets = (
        ("Car", {"fields": _CAR}),
        ("Price", {"fields": (("price", "admin_fee"), "vat_scheme")}),
        (
            "Condition",
            {
                "fields": (
                    ("owners", "service_history"),
                    ("mot_expires_on", "first_registered_on"),
                    ("write_off", "vin"),
                )
            },
        ),
        ("Story", {"fields": ("description", "features")}),
        ("Photos", {"fields": ("photo_board",)}),
        ("Where", {"fields": (("branch", "stock_ref"),)}),
    )

    class Media:
        js = ("dealers/panel/asking.js", "dealers/panel/stock.js", "dealers/panel/advert.js")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        covers = Prefetch("photos", Photo.objects.filter(position=0), to_attr="covers")
        rows = with_market_values(with_completeness(super().get_queryset(request)))
        rows = with_audience(rows)
        shown: QuerySet = rows.annotate(is_twice=is_twice()).prefetch_related(covers)
        return shown

    def get_list_display(self, request: HttpRequest) -> list[str]:
        may_edit = self.has_change_permission(request)
        unchanged = {} if may_edit else {"price_in_place": "price_in_pounds"}
        return [unchanged.get(name, name) for name in self.list_display]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        branches = scoped(Branch.objects.order_by("name"), find_context(request))
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"branch": branches.values_list("pk", flat=True).first(), **initial}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the form's sections, without the look-up where it is off or not allowed."""
        if mark_reader.may_look_up(find_context(request)):
            return self.fieldsets
        fields = ["vrm" if "mark_reader" in each else each for each in _CAR]
        return (("Car", {"fields": fields}), *self.fieldsets[1:])

    def get_form(self, *args: Any, **kwargs: Any) -> type:
        form = super().get_form(*args, **kwargs)
        return type(form.__name__, (form,), {"typed": vars(args[0]).get("typed", {})})

    def get_urls(self) -> list[URLPattern]:
        pages: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
            ("fill/", "fill", autofill.fill_page),
            ("look-up/", "look_up", mark_reader.look_up_page),
            ("view/", "view", saved_views.save_view),
            ("view/<int:savedview_id>/remove/", "view_remove", saved_views.remove_view),
            ("run/<int:bulkrun_id>/", "run", bulk_runs.run_page),
            ("run/<int:bulkrun_id>/step/", "run_step", bulk_runs.step_page),
            ("run/<int:bulkrun_id>/stop/", "run_stop", bulk_runs.stop_page),
            ("undo/", "undo", undo.undo_page),
            ("<int:listing_id>/undo/", "undo_last", undo.undo_last_page),
            ("<int:listing_id>/price/", "price", inline_edit.price_page),
            ("<int:listing_id>/name/", "name", names.take_name_page),
            ("<int:listing_id>/unlock/", "unlock", locks.unlock_page),
            ("<int:listing_id>/photos/", "photos", photos.photos_page),
            ("<int:listing_id>/photos/order/", "photos_order", photos.order_page),
            ("<int:listing_id>/photos/<int:photo_id>/remove/", "photo", photos.remove_page),
            ("<int:listing_id>/act/<slug:act>/", "act", StockAdmin.act_page),
        )
        view = self.admin_site.admin_view
        own = [
            path(route, view(partial(page, self)), name=f"listings_listing_{name}")
            for route, name, page in pages
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": "Stock",
            "tabs": saved_views.tabs(request),
            "kept_query": saved_views.kept_query(request.GET),
            "undoable": undo.offered_runs(request),
            **(extra_context or {}),
        }
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if mark_reader.BUTTON in request.POST and mark_reader.may_look_up(find_context(request)):
            vars(request)["typed"] = mark_reader.filled_form(request)
            request.method = "GET"  # nothing is saved: the form is shown again, filled
        listing = self.get_object(request, object_id) if object_id else None
        context = {"subtitle": None, **(extra_context or {})}
        if isinstance(listing, Listing):
            context |= {
                "title": listing.title,
                **sidebar_context(listing, require_context(request)),
            }
        elif object_id is None:
            context |= {"title": "New advert", "may_edit": True}
        return super().changeform_view(request, object_id, form_url, context)

    def editable(self, request: HttpRequest, listing_id: int) -> Listing:
        """Return an advert that this request may change; raises `Http404`."""
        listing: Listing | None = self.get_queryset(request).filter(pk=listing_id).first()
        if listing is None or not self.has_change_permission(request):
            raise Http404
        return listing

    def act_page(self, request: HttpRequest, listing_id: int, act: str) -> HttpResponse:
        """Do one thing to one advert and go back to it; what has terms is asked for them first."""
        listing = self.editable(request, listing_id)
        if act in sales.FORMS:
            return sales.ask_page(request, listing, Action(act))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if act not in _DONE:
            raise Http404
        verb: Callable[..., Listing] = getattr(lifecycle, act)
        try:
            verb(listing_id=listing_id, actor_id=require_context(request).user.pk)
        except DomainError as refusal:
            self.message_refusal(request, refusal)
        else:
            self.message_user(request, f"{listing.title} {_DONE[Action(act)]}.", messages.SUCCESS)
        target = reverse("dealer:listings_listing_change", args=[listing_id])
        return HttpResponseRedirect(target)

    def response_add(
        self, request: HttpRequest, obj: Listing, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on with the new advert: its photos come next."""
        if "_addanother" in request.POST:
            page: HttpResponse = super().response_add(request, obj, post_url_continue)
            return page
        text = f"{obj.title} is kept as a draft. Drop its photos below, then publish it."
        self.message_user(request, text, messages.SUCCESS)
        target = reverse("dealer:listings_listing_change", args=[obj.pk])
        return HttpResponseRedirect(f"{target}#photos")

    @display(description="Title")
    def title_reader(self, listing: Listing | None) -> SafeString:
        context = {"listing": listing if listing and listing.pk else None}
        return render_to_string("dealers/panel/stock/title_reader.html", context)

    @display(description="DVLA and DVSA")
    def mark_reader(self, listing: Listing | None) -> SafeString:
        return render_to_string("dealers/panel/stock/mark_reader.html")

    @display(description="Photos")
    def photo_board(self, listing: Listing | None) -> SafeString:
        is_new = listing is None or listing.pk is None
        shown = [] if listing is None or is_new else photos.shown_photos(listing.pk)
        context = {"listing": None if is_new else listing, "photos": shown}
        return render_to_string("dealers/panel/stock/photos.html", context)


panel.add_entry(MenuEntry("Home", "home", "index", order=10))
panel.add_entry(MenuEntry("Stock", "directions_car", "listings_listing_changelist", order=20))
