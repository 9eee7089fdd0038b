"""The stock table's filters by what adverts are worth."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from listings.choices import PriceRating
from listings.pricing.value.outliers import (
    NEW_DAYS,
    OLD_DAYS,
    cheap_and_new,
    dear_and_old,
    far_from_value,
)

NOT_RATED = "none"

LOOKS: Mapping[str, tuple[str, Callable[[datetime], Q]]] = {
    "check": ("Prices that look like slips", far_from_value),
    "dear": (f"Above similar cars, and live for {OLD_DAYS} days", dear_and_old),
    "cheap": (f"Far below similar cars, and live for {NEW_DAYS} days at most", cheap_and_new),
}
"""Cars that are worth a look: what they are, and at a moment the condition of such rows."""


class RatingFilter(DropdownFilter):
    title = "price rating"
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        labels = [(each.value, str(each.label)) for each in PriceRating]
        return [*labels, (NOT_RATED, "Not rated")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = str(self.value() or "")
        if chosen == NOT_RATED:
            return queryset.filter(rating__isnull=True)
        return queryset.filter(rating=chosen) if chosen in PriceRating.values else queryset


class LookFilter(DropdownFilter):
    title = "worth a look"
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in LOOKS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        look = LOOKS.get(str(self.value()))
        return queryset.filter(look[1](timezone.now())) if look else queryset
