"""The dealer's adverts: the table and the form, every change by a verb."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
)
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter
from unfold.decorators import display

from dealers.models import Branch
from dealers.panel.audience import with_audience
from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import find_context, require_context
from dealers.panel.just_done import undo_lines
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.panel.stock import (
    autofill,
    bulk_runs,
    completeness,
    inline_edit,
    locks,
    mark_reader,
    names,
    photos,
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
from dealers.panel.stock.rejections import with_rejection
from dealers.panel.stock.save_outcome import SaveOutcome, in_json, wants_json
from dealers.panel.stock.sidebar import sidebar_context
from dealers.permissions import Permission
from listings.admin.filters import ExpiryFilter, MissingFilter, RangeFilter, ReservedFilter
from listings.admin.forms import ListingForm
from listings.admin.persistence import SavedByVerbs
from listings.admin.search import FoundByWords
from listings.completeness import gaps_in, with_completeness
from listings.models import Listing, Photo
from listings.models.car_link import is_twice
from listings.pricing.value.outliers import with_market_values
from listings.site.addresses import advert_address

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
class StockAdmin(
    SaveOutcome, StockActions, StockColumns, FoundByWords, SavedByVerbs, PanelModelAdmin
):
    permission = Permission.EDIT_STOCK
    add_label = "Add a car"
    counted_as = "advert"
    empty_said = (
        "Write the first advert by hand, or have the cars brought in from a file of your stock: a "
        "spreadsheet will do."
    )
    empty_links = (("Import a file", "dealer:dealers_stockfeed_changelist"),)
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
        ("Photos", {"fields": ("photo_board",)}),
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
        ("Where", {"fields": (("branch", "stock_ref"),)}),
    )

    class Media:
        js = tuple(
            f"dealers/panel/{name}.js"
            for name in ("asking", "stock", "advert", "photos", "new_advert", "completeness")
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        covers = Prefetch("photos", Photo.objects.filter(position=0), to_attr="covers")
        rows = with_market_values(with_completeness(super().get_queryset(request)))
        shown = with_rejection(with_audience(rows).annotate(is_twice=is_twice()))
        return shown.prefetch_related(covers)

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
        photos, _, *others = self.fieldsets
        return (photos, ("Car", {"fields": fields}), *others)

    def get_form(self, *args: Any, **kwargs: Any) -> type:
        form = super().get_form(*args, **kwargs)
        return type(form.__name__, (form,), {"typed": vars(args[0]).get("typed", {})})

    def get_urls(self) -> list[URLPattern]:
        pages: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
            ("fill/", "fill", autofill.fill_page),
            ("complete/", "complete", completeness.complete_page),
            ("look-up/", "look_up", mark_reader.look_up_page),
            ("view/", "view", saved_views.save_view),
            *saved_views.PAGES,
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
            **saved_views.bar(request),
            "undo_lines": undo_lines(request),
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
            context["public_url"] = advert_address(request, listing.pk, listing.title)
        elif object_id is None:
            context |= {"title": "Add a car", "may_edit": True}
            context |= completeness.shown_completeness(*gaps_in({}, photos=0))
        page = super().changeform_view(request, object_id, form_url, context)
        is_for_script = request.method == "POST" and object_id is None and wants_json(request)
        return in_json(page) if is_for_script else page

    def editable(self, request: HttpRequest, listing_id: int) -> Listing:
        """Return an advert that this request may change; raises `Http404`."""
        listing: Listing | None = self.get_queryset(request).filter(pk=listing_id).first()
        if listing is None or not self.has_change_permission(request):
            raise Http404
        return listing

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
panel.add_entry(
    MenuEntry(
        "Stock",
        "directions_car",
        "listings_listing_changelist",
        order=20,
        query=lambda current: current.stock_query,
    )
)
