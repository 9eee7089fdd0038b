"""Makes and models, to choose from in an advert's form; their pages are the staff's."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from dealers.panel.base import PanelModelAdmin
from dealers.panel.site import panel
from dealers.permissions import Permission
from listings.choices import Confirmation
from listings.models import Make
from listings.models import Model as CarModel


class Choices(PanelModelAdmin):
    """Confirmed rows of the catalogue, found by typing."""

    permission = Permission.EDIT_STOCK
    search_fields: tuple[str, ...] = ("name", "aliases__name")
    ordering: tuple[str, ...] = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(confirmation=Confirmation.CONFIRMED)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        return []


@admin.register(Make, site=panel)
class MakeChoices(Choices):
    pass


@admin.register(CarModel, site=panel)
class ModelChoices(Choices):
    list_select_related = ("make",)
    search_fields = ("name", "make__name", "aliases__name")
    ordering = ("name", "make__name")
