"""The report to staff: what was removed when, what is due, and what is kept how long and why."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from dealers.retention import RULES
from dealers.retention.rules import RetentionRule
from listings.admin.base import ReadOnlyAdmin
from listings.models import BuyerRecord
from marketplace.models import RetentionDay

COUNTED_SECONDS = 600
"""So long a count is shown again: the rows of some kinds are many."""
DUE_SHOWN_MAX = 10_000
"""More than that are not counted: it may be a table of many millions."""


@admin.register(RetentionDay)
class RetentionDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "what", "removed", "nothing_due", "ran_at")
    list_filter = (("day", RangeDateFilter),)
    search_fields = ("kind",)
    search_help_text = "Kind"
    list_before_template = "admin/marketplace/retentionday/table.html"
    fields: Any = ("day", "what", "removed", "nothing_due", "ran_at")
    readonly_fields = ("what", "nothing_due")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        counted: Any = cache.get_or_set("retention-report", _counted, COUNTED_SECONDS)
        own = {**counted, "rules": report(counted["due"])}
        page: HttpResponse = super().changelist_view(request, {**own, **(extra_context or {})})
        return page

    @display(description="What", ordering="kind")
    def what(self, row: RetentionDay) -> str:
        rule = RULES.get(row.kind)
        return rule.what if rule else row.kind

    @display(description="Nothing more was due", boolean=True)
    def nothing_due(self, row: RetentionDay) -> bool:
        return row.is_over


def report(due: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return each rule with what is due, when it last ran and how much it ever removed."""
    ran = RetentionDay.objects.order_by().values("kind").annotate(Max("ran_at"), Sum("removed"))
    past = {each["kind"]: each for each in ran}
    return [
        {"rule": rule, "due": due.get(kind, 0), "past": past.get(kind)}
        for kind, rule in RULES.items()
    ]


def _counted() -> dict[str, Any]:
    """Return how many are due of each kind and how many are kept, now."""
    due = {kind: _due(rule) for kind, rule in RULES.items()}
    return {"due": due, "kept": _kept(), "counted_at": timezone.now()}


def _due(rule: RetentionRule) -> int:
    return rule.due(rule.before).order_by().values("pk")[: DUE_SHOWN_MAX + 1].count()


def _kept() -> int:
    return BuyerRecord.objects.exclude(kept_because="").filter(erased_at=None).count()
