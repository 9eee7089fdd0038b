"""What the inbox is narrowed by."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from dealers.enquiries import OPEN, Stage
from dealers.models import Branch, Membership
from dealers.panel.context import DealerContext, find_context
from dealers.panel.scope import scoped
from dealers.panel.stock.filters import OwnChoice

NOBODY = "nobody"
UNREAD = Q(opened_at=None, stage=Stage.NEW, record__erased_at=None)


class EnquiryBranchFilter(OwnChoice):
    title = "branch"
    parameter_name = "branch"
    lookup = "branch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = scoped(Branch.objects.order_by("name"), find_context(request))
        return [(str(key), name) for key, name in rows.values_list("pk", "name")]


class AssignedFilter(DropdownFilter):
    title = "assigned to"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(NOBODY, "Nobody"), *people_of(find_context(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = str(self.value() or "")
        if chosen == NOBODY:
            return queryset.filter(assigned_to=None)
        return queryset.filter(assigned_to=int(chosen)) if chosen.isdecimal() else queryset


class WaitingFilter(DropdownFilter):
    title = "unread or open"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unread", "Unread"), ("open", "Neither won nor lost")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "unread":
                return queryset.filter(UNREAD)
            case "open":
                return queryset.filter(stage__in=OPEN)
        return queryset


def people_of(current: DealerContext | None) -> list[tuple[str, str]]:
    """Return who of the team may be given an enquiry, by their ids."""
    team = scoped(Membership.objects.select_related("user"), current)
    able = team.filter(user__is_active=True).order_by("user__full_name", "user__email")
    return [(str(each.user_id), str(each.user)) for each in able]
