"""The adverts of one physical car, for staff: beside each of them, and as a list."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from listings.admin.base import ReadOnlyAdmin
from listings.admin.columns import STATUS_COLOURS
from listings.models import CarLink, Listing
from listings.models.car_link import adverts_of_car, is_twice

SHOWN_MAX = 20


class SameCarField:
    """The other adverts of a car as one of an advert's fields; mixed into its admin."""

    @display(description="Other adverts of the car")
    def same_car(self, listing: Listing) -> str:
        if getattr(listing, "car_link", None) is None:
            return "-"
        lines = format_html_join(SafeString("<br>"), "{}", _lines(_others(listing)))
        return lines or "-"


def _others(listing: Listing) -> list[Listing]:
    """Return the other adverts, asked for once: the page asks for the field several times."""
    known = vars(listing)
    if "others_of_car" not in known:
        rows = adverts_of_car(listing.pk).select_related("dealer").order_by("pk")
        known["others_of_car"] = list(rows[:SHOWN_MAX])
    found: list[Listing] = known["others_of_car"]
    return found


def _lines(rows: Iterable[Listing]) -> Iterator[tuple[SafeString]]:
    for row in rows:
        address = reverse("admin:listings_listing_change", args=[row.pk])
        price = "POA" if row.price is None else f"£{row.price:,}"
        said = f"{row.title} #{row.pk}"
        facts = f"{row.dealer}, {price}, {row.mileage:,} miles, {row.get_status_display()}"
        yield (format_html('<a class="underline" href="{}">{}</a>: {}', address, said, facts),)


class SellersFilter(DropdownFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("several", "Live with several dealers"), ("one", "Twice with one dealer")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "several":
                live = Listing.objects.public().filter(car_link__car=OuterRef("car"))
                others = live.exclude(dealer=OuterRef("listing__dealer"))
                own = Listing.objects.public().filter(pk=OuterRef("listing"))
                return queryset.filter(Exists(others), Exists(own))
            case "one":
                twice = Listing.objects.filter(is_twice(), pk=OuterRef("listing"))
                return queryset.filter(Exists(twice))
        return queryset


@admin.register(CarLink)
class CarLinkAdmin(ReadOnlyAdmin):
    list_display = ("car_number", "advert", "dealer", "price", "mileage", "state")
    list_display_links = ("car_number", "advert")
    list_select_related = ("listing__dealer",)
    list_filter = (SellersFilter,)
    search_fields = ("listing__title", "listing__dealer__name")
    ordering = ("-car", "listing")
    fields: Any = (("car_number", "advert"), ("dealer", "state"), ("price", "mileage"), "others")
    readonly_fields = ("car_number", "advert", "dealer", "state", "price", "mileage", "others")

    @display(description="Car", ordering="car")
    def car_number(self, link: CarLink) -> str:
        return f"Car {link.car}"

    @display(description="Advert", ordering="listing__title")
    def advert(self, link: CarLink) -> str:
        return f"{link.listing.title} #{link.listing_id}"

    @display(description="Dealer", ordering="listing__dealer__name")
    def dealer(self, link: CarLink) -> str:
        return str(link.listing.dealer)

    @display(description="Price", ordering="listing__price")
    def price(self, link: CarLink) -> str:
        return "POA" if link.listing.price is None else f"£{link.listing.price:,}"

    @display(description="Mileage", ordering="listing__mileage")
    def mileage(self, link: CarLink) -> str:
        return f"{link.listing.mileage:,}"

    @display(description="Status", ordering="listing__status", label=STATUS_COLOURS)
    def state(self, link: CarLink) -> str:
        return link.listing.get_status_display()

    @display(description="Other adverts of the car")
    def others(self, link: CarLink) -> str:
        shown: str = SameCarField().same_car(link.listing)
        return shown
