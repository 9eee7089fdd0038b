"""What adverts are worth, and the versions of the market that said so: to read, never to write."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from listings.admin.base import ReadOnlyAdmin
from listings.choices import NoRating
from listings.models import ListingValue, MarketFit
from listings.models.value import ValueInputs


def with_value(rows: QuerySet) -> QuerySet:
    """Give adverts their value, with what `ValueField` needs to say whether it holds."""
    left_out = ("market_value__fit__content", "market_value__fit__details")
    valued = rows.annotate(inputs_now=ValueInputs()).select_related("market_value__fit")
    found: QuerySet = valued.defer(*left_out)
    return found


class ValueField:
    """The value of an advert as one of its page's fields; mixed into its admin."""

    @display(description="Market value")
    def market_worth(self, listing: Any) -> str:
        row = getattr(listing, "market_value", None)
        if row is None:
            return "-"
        lines = _lines(row, is_current=row.inputs == listing.inputs_now)
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def _lines(row: ListingValue, *, is_current: bool) -> Iterator[str]:
    """Yield what is known of a value, in words."""
    if row.value is not None:
        yield (
            f"£{row.value:,}; eight in ten £{row.low_80:,} to £{row.high_80:,}, "
            f"nine in ten £{row.low_90:,} to £{row.high_90:,}"
        )
    known = row.reason in NoRating.values
    why = str(NoRating(row.reason).label) if known else row.reason
    share = f", at {row.ratio / 10:.1f}% of it" if row.ratio is not None else ""
    yield f"{row.get_label_display() or f'Not rated. {why}'}{share}"
    changed = "" if is_current else "; the advert has changed since"
    comparables = f"{row.comparables} comparable{'' if row.comparables == 1 else 's'}"
    yield f"{comparables}, {row.fit}{changed}"


@admin.register(MarketFit)
class MarketFitAdmin(ReadOnlyAdmin):
    list_display = ("version", "is_current", "adverts", "prior", "off", "covered", "wide")
    ordering = ("-fitted_at", "-id")
    fields: Any = (
        ("rule", "is_current"),
        "fitted_at",
        ("adverts", "prior"),
        ("off", "wide"),
        ("covered", "prices_of"),
    )
    readonly_fields = ("off", "covered", "wide", "prices_of")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request)
        return rows.defer("content")

    @display(description="Version", ordering="fitted_at")
    def version(self, fit: MarketFit) -> str:
        return str(fit)

    @display(description="Off by, on average", ordering="error")
    def off(self, fit: MarketFit) -> str:
        return _percent(fit.error)

    @display(description="Prices inside the ranges of 80 and 90 %")
    def covered(self, fit: MarketFit) -> str:
        return f"{_percent(fit.coverage_80)}, {_percent(fit.coverage_90)}"

    @display(description="Prices as of")
    def prices_of(self, fit: MarketFit) -> str:
        as_of = fit.details.get("as_of")
        return date_format(date.fromisoformat(as_of)) if as_of else "Not known"

    @display(description="Half of the 90 % ranges are narrower than", ordering="width_90")
    def wide(self, fit: MarketFit) -> str:
        return _percent(fit.width_90)


def _percent(number: float | None) -> str:
    return "not measured" if number is None else f"{number:.1f} %"
