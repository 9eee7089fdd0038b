"""Branches of all dealers, to look at and choose from; they are changed in the dealer's panel."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from dealers.models import Branch
from listings.admin.base import ReadOnlyAdmin
from listings.site.opening_hours import describe_hours


@admin.register(Branch)
class BranchAdmin(ReadOnlyAdmin):
    list_display = ("name", "dealer", "town", "postcode", "phone")
    list_select_related = ("dealer",)
    search_fields = ("name", "dealer__name", "town", "postcode")
    ordering = ("dealer__name", "name")
    fields: Any = (
        ("name", "dealer"),
        ("address", "town", "postcode"),
        ("phone", "enquiry_email", "crm_email"),
        "hours",
    )
    readonly_fields = ("hours",)

    @display(description="Opening hours")
    def hours(self, branch: Branch) -> str:
        lines = describe_hours(branch.opening_hours or ())
        known = format_html_join(SafeString("<br>"), "{} {}", lines)
        return known if branch.opening_hours else "Not known"
