"""Stock feeds: how each dealer's stock arrives, and what waits for a decision."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, URLField
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from dealers.admin.actor import staff_actor
from dealers.feeds.configuration import (
    EDITABLE_FIELDS,
    confirm_mapping,
    create_feed,
    edit_feed,
    pause_feed,
    resume_feed,
)
from dealers.feeds.held_runs import approve_run, drop_run
from dealers.feeds.imports.report import report_csv, report_rows
from dealers.feeds.uploads import receive_file
from dealers.models import FeedRow, FeedRun, StockFeed
from listings.admin.base import ReadOnlyAdmin, StaffAdmin
from marketplace.downloads import whole_file
from marketplace.errors import DomainError

SHOWN_ROWS = 100
_WORTH_A_LOOK = [
    outcome.value
    for outcome in FeedRow.Outcome
    if outcome not in (FeedRow.Outcome.CREATED, FeedRow.Outcome.UNCHANGED)
]
_STATE_COLOURS = {
    "Done": "success",
    "Held for a person": "warning",
    "Failed": "danger",
    "Dropped": "danger",
}


class UploadForm(forms.Form):
    file = forms.FileField()
    dry_run = forms.BooleanField(required=False)


@admin.register(StockFeed)
class StockFeedAdmin(StaffAdmin):
    list_display = ("name", "dealer", "channel", "mode", "standing", "last_source_at")
    list_select_related = ("dealer",)
    list_filter = (("dealer", AutocompleteSelectFilter), ("channel", ChoicesDropdownFilter))
    search_fields = ("name", "dealer__name")
    autocomplete_fields = ("dealer", "branch")
    ordering = ("dealer__name", "name")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_form_outer_before_template = "admin/dealers/stockfeed/verbs.html"
    readonly_fields = (
        "standing",
        "pause_reason",
        "failure_count",
        "last_source_at",
        "mapping",
        "suggested_mapping",
        "mapping_confirmed_at",
        "mapping_confirmed_by",
    )
    fieldsets = (
        (None, {"fields": (("dealer", "name"), ("branch", "publishes"))}),
        ("How it comes", {"fields": ("channel", ("url", "every_minutes"))}),
        ("What it says", {"fields": ("format", ("mode", "blanks"), "branch_refs")}),
        (
            "Columns",
            {
                "fields": (
                    "mapping",
                    "suggested_mapping",
                    ("mapping_confirmed_at", "mapping_confirmed_by"),
                )
            },
        ),
        ("Standing", {"fields": (("standing", "failure_count"), "pause_reason", "last_source_at")}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return (*self.readonly_fields, *(("dealer",) if obj else ()))

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(self.act_view)
        upload = self.admin_site.admin_view(self.upload_view)
        own = [
            path("<int:feed_id>/upload/", upload, name="dealers_stockfeed_upload"),
            path("<int:feed_id>/act/<slug:verb>/", act, name="dealers_stockfeed_act"),
        ]
        return own + super().get_urls()

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        values = {name: form.cleaned_data[name] for name in EDITABLE_FIELDS & form.fields.keys()}
        if change:
            edit_feed(feed_id=obj.pk, changes=values, actor=staff_actor(request))
        else:
            actor = staff_actor(request)
            obj.pk = create_feed(dealer_id=obj.dealer_id, fields=values, actor=actor).pk
        obj.refresh_from_db()

    def act_view(self, request: HttpRequest, feed_id: int, verb: str) -> HttpResponse:
        verbs: dict[str, Callable[[], StockFeed]] = {
            "pause": lambda: pause_feed(
                feed_id=feed_id, reason="Paused by staff.", actor=staff_actor(request)
            ),
            "resume": lambda: resume_feed(feed_id=feed_id, actor=staff_actor(request)),
            "confirm": lambda: confirm_mapping(feed_id=feed_id, actor=staff_actor(request)),
        }
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request) or verb not in verbs:
            raise PermissionDenied
        try:
            feed = verbs[verb]()
        except DomainError as refusal:
            self.message_refusal(request, refusal)
        else:
            self.log_change(request, feed, f"{verb.capitalize()}.")
        return HttpResponseRedirect(reverse("admin:dealers_stockfeed_change", args=[feed_id]))

    def upload_view(self, request: HttpRequest, feed_id: int) -> HttpResponse:
        """Receive a file for a dealer, and show the run."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES)
        feed_page = reverse("admin:dealers_stockfeed_change", args=[feed_id])
        if not form.is_valid():
            self.message_user(request, "Choose a file.", messages.ERROR)
            return HttpResponseRedirect(feed_page)
        file = form.cleaned_data["file"]
        try:
            run = receive_file(
                feed_id=feed_id,
                upload=file.file,
                name=file.name,
                dry_run=form.cleaned_data["dry_run"],
                actor=staff_actor(request),
            )
        except DomainError as refusal:
            self.message_refusal(request, refusal)
            return HttpResponseRedirect(feed_page)
        return HttpResponseRedirect(reverse("admin:dealers_feedrun_change", args=[run.pk]))

    @display(description="Standing", label={"Running": "success", "Paused": "danger"})
    def standing(self, feed: StockFeed) -> str:
        return "Paused" if feed.paused_at else "Running"


@admin.register(FeedRun)
class FeedRunAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "feed",
        "dealer",
        "standing",
        "received_at",
        "row_count",
        "created_count",
        "updated_count",
        "unchanged_count",
        "withdrawn_count",
        "rejected_count",
    )
    list_select_related = ("feed__dealer",)
    list_filter = (("feed", AutocompleteSelectFilter), ("state", ChoicesDropdownFilter))
    search_fields = ("feed__name", "feed__dealer__name", "file_name")
    ordering = ("-id",)
    change_form_outer_before_template = "admin/dealers/feedrun/decision.html"
    change_form_outer_after_template = "admin/dealers/feedrun/report.html"
    fields = (
        ("feed", "standing", "dry_run"),
        ("hold_reason", "failure"),
        ("file_name", "file_bytes"),
        "file_hash",
        ("source_at", "received_at", "finished_at"),
        ("row_count", "car_count", "warning_count"),
        ("created_count", "updated_count", "unchanged_count"),
        ("revived_count", "withdrawn_count", "held_count"),
        ("rejected_count", "duplicate_count"),
        ("decided_by", "approved_at"),
        "findings",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return FeedRun.objects.visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        report = self.admin_site.admin_view(self.report_view)
        own = [
            path("<int:run_id>/decide/<slug:verb>/", decide, name="dealers_feedrun_decide"),
            path("<int:run_id>/report.csv", report, name="dealers_feedrun_report"),
        ]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_decide": self._may_decide(request)}
        if object_id.isdecimal():
            run_id = int(object_id)
            context["report"] = report_rows(
                run_id=run_id, limit=SHOWN_ROWS, outcomes=[*_WORTH_A_LOOK, "waiting"]
            )
            context["shown_rows"] = SHOWN_ROWS
        page: HttpResponse = super().change_view(request, object_id, form_url, context)
        return page

    def decide_view(self, request: HttpRequest, run_id: int, verb: str) -> HttpResponse:
        verbs = {"approve": approve_run, "drop": drop_run}
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self._may_decide(request) or verb not in verbs:
            raise PermissionDenied
        try:
            run = verbs[verb](run_id=run_id, actor=staff_actor(request))
        except DomainError as refusal:
            self.message_refusal(request, refusal)
        else:
            self.log_change(request, run, f"{verb.capitalize()}.")
            done = "is being applied" if verb == "approve" else "is dropped"
            self.message_user(request, f"{run} {done}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:dealers_feedrun_change", args=[run_id]))

    def report_view(self, request: HttpRequest, run_id: int) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(self.get_queryset(request), pk=run_id)
        return whole_file(report_csv(run=run), content_type="text/csv", name=f"run-{run_id}.csv")

    def _may_decide(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("dealers.change_feedrun"))

    @display(description="Run", ordering="id")
    def number(self, run: FeedRun) -> str:
        return str(run)

    @display(description="Dealer")
    def dealer(self, run: FeedRun) -> str:
        return str(run.feed.dealer)

    @display(description="State", ordering="state", label=_STATE_COLOURS)
    def standing(self, run: FeedRun) -> str:
        return run.get_state_display()
