"""The audit log of a dealer, for its owners to read."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from dealers.models import AuditEvent
from dealers.panel.context import require_context
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission

PER_PAGE = 50


def audit_log(request: HttpRequest) -> HttpResponse:
    """Show what was done to team, keys, branches and ways to sign in, the newest first."""
    rows = AuditEvent.objects.for_dealer(require_context(request).dealer.pk).with_names()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": "Audit log",
        "page": page,
    }
    return TemplateResponse(request, "dealers/panel/team/audit.html", context)


panel.add_page("audit/", audit_log, name="audit", permission=Permission.VIEW_TEAM)
panel.add_entry(
    MenuEntry(
        "Audit log",
        "history",
        "audit",
        order=90,
        permission=Permission.VIEW_TEAM,
        section="Dealer",
    )
)
