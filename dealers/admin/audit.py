"""The audit log, to read."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers.models import AuditEvent
from dealers.templatetags.audit_words import change_lines
from listings.admin.base import ReadOnlyAdmin
from listings.admin.filters import DayRangeFilter


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Found by person, dealer or what it is about; the newest first, by key."""

    list_display = ("happened_at", "kind", "subject", "who", "dealer", "reason", "address")
    list_filter = (("kind", ChoicesDropdownFilter), ("happened_at", DayRangeFilter))
    list_select_related = ("actor", "dealer")
    search_fields = ("subject",)
    search_help_text = "Name or e-mail address"
    ordering = ("-id",)
    fields: Any = (
        ("happened_at", "kind"),
        ("subject", "dealer"),
        ("who", "address"),
        "reason",
        "changed",
    )
    readonly_fields = ("who", "changed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        about = Q(subject__icontains=term) | Q(dealer__name__icontains=term)
        return queryset.filter(about | Q(actor__email__icontains=term)), False

    @display(description="Changes")
    def changed(self, event: AuditEvent) -> str:
        lines = ((line,) for line in change_lines(event))
        return format_html_join(SafeString("<br>"), "{}", lines) or "-"

    @display(description="Who")
    def who(self, event: AuditEvent) -> str:
        if event.actor is not None:
            return str(event.actor)
        return "A deleted account" if event.actor_id else "The system"
