"""What became of each file: its counts, its rows one by one, and the decision on a held one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers.feeds.imports.report import report_csv
from dealers.models import FeedRun, StockFeed
from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import find_context, require_context
from dealers.panel.feeds import held_runs, undo
from dealers.panel.feeds.report import page_of_report, tabs_of
from dealers.panel.feeds.status import RUN_COLOURS, moment
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.panel.stock.filters import OwnChoice
from dealers.permissions import Permission
from marketplace.downloads import whole_file


class FeedFilter(OwnChoice):
    title = "feed"
    parameter_name = "feed"
    lookup = "feed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = scoped(StockFeed.objects.order_by("name"), find_context(request))
        return [(str(key), name) for key, name in rows.values_list("pk", "name")]


@admin.register(FeedRun, site=panel)
class Runs(PanelModelAdmin):
    permission = Permission.EDIT_FEEDS
    empty_said = "Each file that a feed brings is listed here: open a feed and upload one."
    empty_links = (("Open the feeds", "dealer:dealers_stockfeed_changelist"),)
    list_display = (
        "received",
        "feed",
        "standing",
        "cars",
        "created",
        "updated",
        "withdrawn",
        "rejected",
    )
    list_display_links = ("received",)
    list_select_related = ("feed",)
    list_filter = (FeedFilter, ("state", ChoicesDropdownFilter))
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self._may(request, Permission.EDIT_FEEDS)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[URLPattern]:
        pages: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("approve/", "approve", Runs.approve_page),
            ("drop/", "drop", Runs.drop_page),
            ("undo/", "undo", Runs.undo_page),
            ("state/", "state", Runs.state_page),
            ("report.csv", "report", Runs.report_page),
        )
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:feedrun_id>/{route}",
                view(partial(page, self)),
                name=f"dealers_feedrun_{name}",
            )
            for route, name, page in pages
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Feed runs", **(extra_context or {})}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the run: its counts, what is odd, and its rows by outcome, page by page."""
        if not object_id.isdecimal():
            raise Http404
        run, current = self._own(request, int(object_id)), require_context(request)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"{run.feed}: {run.file_name or 'a file'}",
            "opts": self.opts,
            "run": run,
            "colour": RUN_COLOURS.get(FeedRun.State(run.state), "default"),
            "is_waiting": run.state in FeedRun.UNFINISHED,
            "may_decide": self.has_decide_permission(request),
            "may_export": current.may(Permission.EXPORT),
            "tabs": tabs_of(run, request.GET.get("outcome", "")),
            **page_of_report(run, current, request.GET),
            **held_runs.held_back(run, current),
            **undo.undo_context(run, current),
        }
        return TemplateResponse(request, "dealers/panel/feeds/run.html", context)

    def approve_page(self, request: HttpRequest, feedrun_id: int) -> HttpResponse:
        return held_runs.approve(request, self._to_decide(request, feedrun_id))

    def drop_page(self, request: HttpRequest, feedrun_id: int) -> HttpResponse:
        return held_runs.drop(request, self._to_decide(request, feedrun_id))

    def undo_page(self, request: HttpRequest, feedrun_id: int) -> HttpResponse:
        return undo.undo_run(request, self._to_decide(request, feedrun_id))

    def state_page(self, request: HttpRequest, feedrun_id: int) -> HttpResponse:
        """Tell a script how far the run is."""
        run = self._own(request, feedrun_id)
        said = run.get_state_display()
        is_waiting = run.state in FeedRun.UNFINISHED
        return JsonResponse({"said": said, "rows": run.row_count, "is_waiting": is_waiting})

    def report_page(
        self, request: HttpRequest, feedrun_id: int
    ) -> HttpResponse | StreamingHttpResponse:
        if not self._may(request, Permission.EXPORT):
            raise PermissionDenied
        run = self._own(request, feedrun_id)
        return whole_file(
            report_csv(run=run), content_type="text/csv; charset=utf-8", name=f"run-{run.pk}.csv"
        )

    def _own(self, request: HttpRequest, run_id: int) -> FeedRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("feed", "actor", "decided_by")
        run: FeedRun | None = rows.filter(pk=run_id).first()
        if run is None:
            raise Http404
        return run

    def _to_decide(self, request: HttpRequest, run_id: int) -> FeedRun:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        return self._own(request, run_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request)
        return rows.defer("recipe")

    @display(description="Received", ordering="received_at")
    def received(self, run: FeedRun) -> str:
        return f"{moment(run.received_at)}{', only tried' if run.dry_run else ''}"

    @display(
        description="State",
        ordering="state",
        label={state.label: colour for state, colour in RUN_COLOURS.items()},
    )
    def standing(self, run: FeedRun) -> str:
        return run.get_state_display()

    @display(description="Cars", ordering="car_count")
    def cars(self, run: FeedRun) -> str:
        return f"{run.car_count:,}"

    @display(description="Created", ordering="created_count")
    def created(self, run: FeedRun) -> str:
        return f"{run.created_count:,}"

    @display(description="Updated", ordering="updated_count")
    def updated(self, run: FeedRun) -> str:
        return f"{run.updated_count:,}"

    @display(description="Withdrawn", ordering="withdrawn_count")
    def withdrawn(self, run: FeedRun) -> str:
        return f"{run.withdrawn_count:,}"

    @display(description="Rejected", ordering="rejected_count")
    def rejected(self, run: FeedRun) -> str:
        return f"{run.rejected_count:,}"


panel.add_entry(MenuEntry("Feed runs", "fact_check", "dealers_feedrun_changelist", order=45))
