"""The dealer's branches: where they are and when they are open."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from dealers.branches import close_branch
from dealers.forms import HoursField, save_branch
from dealers.hours import describe_hours
from dealers.models import Branch
from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import require_context
from dealers.panel.site import Entry, panel
from dealers.permissions import Permission
from listings.admin.forms import VerbForm


class BranchForm(VerbForm):
    opening_hours = HoursField(
        required=False,
        help_text="Leave a day empty where it is closed, and all of them if you would not say.",
    )

    class Meta:
        model = Branch
        fields = ("name", "phone", "address", "town", "postcode", "opening_hours")


@admin.register(Branch, site=panel)
class BranchAdmin(PanelModelAdmin):
    permission = Permission.EDIT_BRANCHES
    delete_permission = Permission.EDIT_BRANCHES
    form = BranchForm
    list_display = ("name", "town", "postcode", "phone", "hours", "placed")
    list_display_links = ("name",)
    search_fields = ("name", "town", "postcode")
    ordering = ("name", "pk")
    fieldsets = (
        (None, {"fields": (("name", "phone"), "address", ("town", "postcode"))}),
        ("Opening hours", {"fields": ("opening_hours",)}),
    )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def save_model(self, request: HttpRequest, obj: Branch, form: Any, change: bool) -> None:
        current = require_context(request)
        save_branch(obj, form, dealer_id=current.dealer.pk, actor=current.actor)

    def delete_model(self, request: HttpRequest, obj: Branch) -> None:
        close_branch(branch_id=obj.pk, actor=require_context(request).actor)

    @display(description="Open")
    def hours(self, branch: Branch) -> str:
        if not branch.opening_hours:
            return "not given"
        return ", ".join(f"{days} {hours}" for days, hours in describe_hours(branch.opening_hours))

    @display(
        description="On the map", label={"placed by postcode": "success", "unknown": "warning"}
    )
    def placed(self, branch: Branch) -> str:
        return "unknown" if branch.latitude is None else "placed by postcode"


panel.add_entry(
    Entry(
        "Branches",
        "location_on",
        "dealers_branch_changelist",
        order=60,
        permission=Permission.VIEW,
        section="Dealer",
    )
)
