"""The dealer's adverts: the table and the form, every change by a verb."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dealers.panel.base import PanelModelAdmin
from dealers.panel.desk import Power
from dealers.panel.site import Entry, panel
from listings.admin.columns import ListingColumns
from listings.models import Listing


@admin.register(Listing, site=panel)
class StockAdmin(ListingColumns, PanelModelAdmin):
    power = Power.EDIT
    search_fields = ("title", "vrm", "stock_ref")
    search_help_text = "Title, mark or stock ref"
    ordering: Any = ("-id",)
    list_select_related = ("dealer",)
    autocomplete_fields = ("make", "model")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


panel.add_entry(Entry("Home", "home", "index", order=10))
panel.add_entry(Entry("Stock", "directions_car", "listings_listing_changelist", order=20))
