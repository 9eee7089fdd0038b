"""Files of feeds across all dealers: what waits for a decision, which is made in the panel."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers.models import FeedRun
from listings.admin.base import ReadOnlyAdmin


@admin.register(FeedRun)
class FeedRunAdmin(ReadOnlyAdmin):
    list_display = ("number", "dealer", "feed", "standing", "hold_reason", "received_at")
    list_select_related = ("feed__dealer",)
    list_filter = (("state", ChoicesDropdownFilter),)
    search_fields = ("feed__name", "feed__dealer__name", "file_name")
    ordering = ("-id",)
    change_form_outer_before_template = "admin/dealers/feedrun/panel.html"
    fields: Any = (
        ("feed", "dealer"),
        ("standing", "dry_run"),
        ("hold_reason", "failure"),
        ("file_name", "file_bytes"),
        ("source_at", "received_at", "finished_at"),
    )
    readonly_fields = ("dealer", "standing")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return FeedRun.objects.visible_to(request.user)

    @display(description="Run", ordering="id")
    def number(self, run: FeedRun) -> str:
        return str(run)

    @display(description="Dealer", ordering="feed__dealer__name")
    def dealer(self, run: FeedRun) -> str:
        return str(run.feed.dealer)

    @display(
        description="State",
        ordering="state",
        label={
            "Done": "success",
            "Held for a person": "warning",
            "Failed": "danger",
            "Dropped": "danger",
        },
    )
    def standing(self, run: FeedRun) -> str:
        return run.get_state_display()
