"""Dealers: their people, whether they may sell, and the way into their panel."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, URLField
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from unfold.decorators import display

from dealers.admin.audited import Audited
from dealers.admin.suspension import VERBS, change_standing
from dealers.enquiries import lasting, response_time
from dealers.models import AuditEvent, Branch, Dealer, Membership
from dealers.signin.staff_visit import enter_panel, may_visit
from listings.admin.base import StaffAdmin, StaffInline
from listings.models import Enquiry, Listing


class MembershipInline(StaffInline):
    model = Membership
    tab = True
    hide_title = True
    autocomplete_fields = ("user",)
    verbose_name_plural = "People"


@admin.register(Dealer)
class DealerAdmin(Audited, StaffAdmin):
    audit_kind = AuditEvent.AuditKind.DEALER_CHANGED
    list_display = ("name", "state", "live_stock", "all_stock", "branches", "answers_in", "email")
    list_filter = ("is_active", "is_sandbox")
    search_fields = ("name", "slug", "email")
    ordering = ("name",)
    inlines = (MembershipInline,)
    prepopulated_fields = {"slug": ("name",)}
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    readonly_fields = ("state", "created_at")
    change_form_outer_before_template = "admin/dealers/dealer/standing.html"
    fieldsets = (
        (None, {"fields": (("name", "slug"), ("email", "phone"), "website")}),
        ("Reservations", {"fields": (("reservations", "reservation_hours"),)}),
        ("Enquiries", {"fields": (("enquiry_email", "crm_email"),)}),
        ("State", {"fields": (("state", "created_at"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        stock = Listing.objects.for_dealer(OuterRef("pk"))
        return Dealer.objects.visible_to(request.user).annotate(
            live_count=_count(stock.live()),
            stock_count=_count(stock),
            branch_count=_count(Branch.objects.for_dealer(OuterRef("pk"))),
            response=response_time(Enquiry.objects.for_dealer(OuterRef("pk"))),
            new_count=_count(
                Enquiry.objects.for_dealer(OuterRef("pk")).filter(stage=Enquiry.Stage.NEW),
                "record__dealer",
            ),
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.standing_view)
        panel = self.admin_site.admin_view(self.panel_view)
        own = [
            path("<int:dealer_id>/panel/", panel, name="dealers_dealer_panel"),
            path("<int:dealer_id>/standing/<slug:verb>/", view, name="dealers_dealer_standing"),
        ]
        return own + super().get_urls()

    def standing_view(self, request: HttpRequest, dealer_id: int, verb: str) -> HttpResponse:
        if not self.has_change_permission(request) or verb not in VERBS:
            raise PermissionDenied
        return change_standing(self, request, dealer_id, verb)

    def panel_view(self, request: HttpRequest, dealer_id: int) -> HttpResponse:
        """Open the dealer's own panel, as staff, at a feed's run where one is named."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may_visit(request):
            raise PermissionDenied
        enter_panel(request, get_object_or_404(Dealer, pk=dealer_id))
        run = request.POST.get("run", "")
        if run.isdecimal():
            return redirect("dealer:dealers_feedrun_change", run)
        return redirect(settings.PANEL_URL)

    def audited_dealer(self, obj: Any) -> int | None:
        return int(obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @display(
        description="State",
        ordering="is_active",
        label={"Active": "success", "Suspended": "danger", "Sandbox": "info"},
    )
    def state(self, dealer: Dealer) -> str:
        if not dealer.is_active:
            return "Suspended"
        return "Sandbox" if dealer.is_sandbox else "Active"

    @display(description="Live adverts", ordering="live_count")
    def live_stock(self, dealer: Any) -> str:
        return f"{dealer.live_count:,}"

    @display(description="All stock", ordering="stock_count")
    def all_stock(self, dealer: Any) -> str:
        return f"{dealer.stock_count:,}"

    @display(description="Answers in", ordering="response")
    def answers_in(self, dealer: Any) -> str:
        usual = lasting(dealer.response) or "-"
        return f"{usual}, {dealer.new_count:,} wait" if dealer.new_count else usual

    @display(description="Branches", ordering="branch_count")
    def branches(self, dealer: Any) -> int:
        return int(dealer.branch_count)


def _count(rows: QuerySet, by: str = "dealer") -> Coalesce:
    counted = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
