"""The dealer's branches: where they are and when they are open."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.decorators import display

from dealers.branches import FIELDS, add_branch, close_branch, edit_branch
from dealers.forms import HoursField
from dealers.models import Branch
from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import require_context
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from listings.admin.forms import VerbForm
from listings.site.opening_hours import describe_hours


class BranchForm(VerbForm):
    opening_hours = HoursField(
        required=False,
        help_text="Leave a day empty where it is closed, all of them if you would rather not say.",
    )

    class Meta:
        model = Branch
        fields = FIELDS


@admin.register(Branch, site=panel)
class BranchPages(PanelModelAdmin):
    permission = Permission.EDIT_BRANCHES
    delete_permission = Permission.EDIT_BRANCHES
    form = BranchForm
    empty_said = "Every advert stands at a branch, whose postcode buyers search around: add yours."
    list_display = ("name", "town", "postcode", "phone", "hours", "placed")
    list_display_links = ("name",)
    search_fields = ("name", "town", "postcode")
    ordering = ("name", "pk")
    fieldsets = (
        (None, {"fields": (("name", "phone"), "address", ("town", "postcode"))}),
        ("Enquiries", {"fields": (("enquiry_email", "crm_email"),)}),
        ("Opening hours", {"fields": ("opening_hours",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Let staff place a branch by hand; others are placed by their postcode."""
        fieldsets = super().get_fieldsets(request, obj)
        if not require_context(request).is_staff_visit:
            return fieldsets
        return (*fieldsets, ("On the map", {"fields": (("latitude", "longitude"),)}))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def save_model(self, request: HttpRequest, obj: Branch, form: Any, change: bool) -> None:
        current, fields = require_context(request), form.cleaned_data
        if change:
            values = {name: fields[name] for name in form.changed_data}
            edit_branch(branch_id=obj.pk, values=values, actor=current.actor)
        else:
            dealer_id, actor = current.dealer.pk, current.actor
            obj.pk = add_branch(dealer_id=dealer_id, values=fields, actor=actor).pk
        obj.refresh_from_db()

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
    MenuEntry(
        "Branches",
        "location_on",
        "dealers_branch_changelist",
        order=60,
        permission=Permission.VIEW,
        section="Dealer",
    )
)
