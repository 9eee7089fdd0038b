"""What happened to adverts and what they cost: to read, never to write."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from listings.admin.base import ReadOnlyAdmin, StaffInline
from listings.admin.filters import DayRangeFilter
from listings.admin.plan_fields import followed
from listings.models import ListingEvent, PriceChange

_INLINE_ROWS = 20


def _pounds(price: int | None) -> str:
    return "POA" if price is None else f"£{price:,}"


class ReadOnlyInline(StaffInline):
    """Rows under an advert that are only to be read, newest first, a page at a time."""

    tab = True
    can_delete = False
    per_page = _INLINE_ROWS
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request)
        return rows.select_related("actor").order_by("-id")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class EventColumns:
    @display(description="Who")
    def who(self, row: ListingEvent | PriceChange) -> str:
        return str(row.actor) if row.actor else "The system"

    @display(description="What changed")
    def difference(self, event: ListingEvent) -> str:
        rows = event.edits.items()
        return format_html_join(", ", "{}: {} → {}", ((k, *map(_shown, v)) for k, v in rows)) or "-"

    @display(description="Why")
    def why(self, change: PriceChange) -> str:
        return f"{change.get_reason_display()}{followed(change)}"

    @display(description="From")
    def before(self, change: PriceChange) -> str:
        return "" if change.old_price is None else _pounds(change.old_price)

    @display(description="To")
    def after(self, change: PriceChange) -> str:
        return _pounds(change.new_price)


class EventInline(EventColumns, ReadOnlyInline):
    model = ListingEvent
    verbose_name_plural = "Events"
    fields = readonly_fields = (
        "happened_at",
        "kind",
        "from_status",
        "to_status",
        "who",
        "reason",
        "difference",
    )


class PriceInline(EventColumns, ReadOnlyInline):
    model = PriceChange
    verbose_name_plural = "Price history"
    fields = readonly_fields = ("changed_at", "before", "after", "why", "who")


class HistoryAdmin(EventColumns, ReadOnlyAdmin):
    """Millions of rows: newest first by key, found by the number of their advert."""

    search_fields = ("listing_id",)
    search_help_text = "Number of an advert"
    list_select_related = ("listing", "actor")
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        number = search_term.strip().removeprefix("#").replace(",", "")
        if not number:
            return queryset, False
        known = number.isdecimal() and len(number) < 19
        return (queryset.filter(listing_id=int(number)) if known else queryset.none()), False


@admin.register(ListingEvent)
class ListingEventAdmin(HistoryAdmin):
    list_display = ("happened_at", "listing", "kind", "from_status", "to_status", "who", "reason")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("to_status", ChoicesDropdownFilter),
        ("happened_at", DayRangeFilter),
    )
    fields: Any = (
        "listing",
        "happened_at",
        "kind",
        "from_status",
        "to_status",
        "who",
        "reason",
        "difference",
    )
    readonly_fields = ("listing", "who", "difference")


@admin.register(PriceChange)
class PriceChangeAdmin(HistoryAdmin):
    list_display = ("changed_at", "listing", "before", "after", "why", "who")
    list_filter = (("reason", ChoicesDropdownFilter), ("changed_at", DayRangeFilter))
    fields: Any = ("listing", "changed_at", "before", "after", "why", "who")
    readonly_fields = ("before", "after", "why", "who")


def _shown(value: object) -> str:
    return "empty" if value in (None, "", []) else str(value)
