"""What people and jobs say against adverts: the queue of staff."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from listings.admin.base import ReadOnlyAdmin
from listings.buyers import reports, signals
from listings.models import AdvertReport, AdvertSignal
from marketplace.errors import DomainError


class ToJudgeFilter(DropdownFilter):
    title = "state"
    parameter_name = "judged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "To be looked at"), ("yes", "Dismissed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        return queryset.filter(dismissed_at__isnull=chosen == "no") if chosen else queryset


class Judged(ReadOnlyAdmin):
    """Rows that staff decide on, each by a button of its page."""

    acts: dict[str, Callable[..., None]] = {}
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:row_id>/{act}/",
                view(partial(self.act_page, act=act)),
                name=f"listings_{self.opts.model_name}_{act}",
            )
            for act in self.acts
        ]
        return own + super().get_urls()

    def act_page(self, request: HttpRequest, row_id: int, *, act: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("listings.change_listing"):
            raise PermissionDenied
        try:
            self.acts[act](request, row_id)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "Decided.")
        return HttpResponseRedirect(reverse(self.url_name("changelist")))


def _dismiss(request: HttpRequest, row_id: int) -> None:
    reports.dismiss(report_id=row_id, actor_id=request.user.pk or 0)


def _take_down(request: HttpRequest, row_id: int) -> None:
    reason = request.POST.get("reason", "").strip()
    reports.take_down(report_id=row_id, actor_id=request.user.pk or 0, reason=reason)


def _dismiss_signal(request: HttpRequest, row_id: int) -> None:
    signals.dismiss_signal(signal_id=row_id, actor_id=request.user.pk or 0)


@admin.register(AdvertReport)
class AdvertReportAdmin(Judged):
    acts = {"dismiss": _dismiss, "take_down": _take_down}
    list_display = ("number", "advert", "dealer", "reason", "standing", "created_at")
    list_select_related = ("listing__dealer",)
    list_filter = (("decision", ChoicesDropdownFilter), ("reason", ChoicesDropdownFilter))
    search_fields = ("listing__title", "listing__dealer__name", "text")
    change_form_outer_before_template = "admin/listings/advertreport/decide.html"
    fields: Any = (
        ("advert", "dealer"),
        ("reason", "standing"),
        "text",
        "email",
        ("created_at", "decided_by", "decided_at"),
    )
    readonly_fields = ("advert", "dealer", "standing", "email")

    @display(description="Report", ordering="id")
    def number(self, report: AdvertReport) -> str:
        return f"Report {report.pk}"

    @display(description="Advert", ordering="listing__title")
    def advert(self, report: AdvertReport) -> str:
        return report.listing.title

    @display(description="Dealer", ordering="listing__dealer__name")
    def dealer(self, report: AdvertReport) -> str:
        return str(report.listing.dealer)

    @display(description="Sent by")
    def email(self, report: AdvertReport) -> str:
        return report.record.email or "nobody said"

    @display(
        description="State",
        ordering="decision",
        label={"To be looked at": "warning", "The advert was taken down": "danger"},
    )
    def standing(self, report: AdvertReport) -> str:
        return report.get_decision_display()


@admin.register(AdvertSignal)
class AdvertSignalAdmin(Judged):
    acts = {"dismiss": _dismiss_signal}
    list_display = ("what", "advert", "dealer", "detail", "other", "found_at")
    list_select_related = ("listing__dealer", "other__dealer")
    list_filter = (ToJudgeFilter, ("suspicion", ChoicesDropdownFilter))
    search_fields = ("listing__title", "listing__dealer__name")
    change_form_outer_before_template = "admin/listings/advertsignal/decide.html"
    fields: Any = (
        ("advert", "dealer"),
        ("what", "detail"),
        ("other", "other_dealer"),
        ("found_at", "dismissed_at", "dismissed_by"),
    )
    readonly_fields = ("what", "advert", "dealer", "other_dealer")

    @display(description="What", ordering="suspicion")
    def what(self, signal: AdvertSignal) -> str:
        return signal.get_suspicion_display()

    @display(description="Advert", ordering="listing__title")
    def advert(self, signal: AdvertSignal) -> str:
        return signal.listing.title

    @display(description="Dealer", ordering="listing__dealer__name")
    def dealer(self, signal: AdvertSignal) -> str:
        return str(signal.listing.dealer)

    @display(description="Its dealer")
    def other_dealer(self, signal: AdvertSignal) -> str:
        return str(signal.other.dealer) if signal.other else "-"
