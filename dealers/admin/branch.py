"""Branches of all dealers, to look at and choose from; they are changed in the dealer's panel."""

from django.contrib import admin

from dealers.models import Branch
from listings.admin.base import ReadOnlyAdmin


@admin.register(Branch)
class BranchAdmin(ReadOnlyAdmin):
    list_display = ("name", "dealer", "town", "postcode", "phone")
    list_select_related = ("dealer",)
    search_fields = ("name", "dealer__name", "town", "postcode")
    ordering = ("dealer__name", "name")
