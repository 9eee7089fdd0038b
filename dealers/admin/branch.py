"""Branches: found by dealer and place."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from dealers.admin.actor import staff_actor
from dealers.branches import FIELDS, close_branch
from dealers.forms import HoursField, save_branch
from dealers.models import Branch
from listings.admin.base import StaffAdmin
from listings.admin.forms import VerbForm


class BranchForm(VerbForm):
    opening_hours = HoursField(
        required=False,
        help_text="Leave a day empty where it is closed, all of them where that is not known.",
    )

    class Meta:
        model = Branch
        fields = ("dealer", *FIELDS)


@admin.register(Branch)
class BranchAdmin(StaffAdmin):
    form = BranchForm
    list_display = ("name", "dealer", "town", "postcode", "phone")
    list_select_related = ("dealer",)
    search_fields = ("name", "dealer__name", "town", "postcode")
    autocomplete_fields = ("dealer",)
    ordering = ("dealer__name", "name")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("dealer",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Branch, form: Any, change: bool) -> None:
        save_branch(obj, form, dealer_id=obj.dealer_id, actor=staff_actor(request))

    def delete_model(self, request: HttpRequest, obj: Branch) -> None:
        close_branch(branch_id=obj.pk, actor=staff_actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for branch in queryset:
            self.delete_model(request, branch)
