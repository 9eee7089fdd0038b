"""What a dealer narrows the stock table by; the choices are the dealer's own."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from dealers.models import Branch
from dealers.panel.context import find_context
from dealers.panel.scope import scoped
from listings.choices import Status
from listings.models import Listing, Make, PricePlan, conditions
from listings.models.car_link import is_twice
from listings.models.vehicle_record import is_mismatched

AGE_BANDS = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91": (91, None)}
"""Whole days live, both ends included."""

NO_PLAN = "none"


class AgeFilter(DropdownFilter):
    title = "days live"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(band, f"{band} days" if "-" in band else "More than 90") for band in AGE_BANDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        band = AGE_BANDS.get(str(self.value()))
        return queryset if band is None else in_age_band(queryset, *band)


class CompletenessFilter(DropdownFilter):
    title = "completeness"
    parameter_name = "complete"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("poor", "Below 50 %"), ("fair", "50 to 79 %"), ("good", "80 % or more")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "poor":
                return queryset.filter(completeness__lt=50)
            case "fair":
                return queryset.filter(completeness__gte=50, completeness__lt=80)
            case "good":
                return queryset.filter(completeness__gte=80)
        return queryset


class SoldFilter(DropdownFilter):
    title = "when sold"
    parameter_name = "sold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        own = [("month", "This month"), ("7", "Within 7 days")]
        return own + _chosen_week(request, self.parameter_name)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        week = _week_from(str(self.value()))
        if week is not None:
            sold = queryset.filter(conditions.in_status(Status.SOLD))
            return sold.filter(sold_at__gte=week[0], sold_at__lt=week[1])
        now = timezone.localtime()
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        starts = {"month": month, "7": now - timedelta(days=7)}
        start = starts.get(str(self.value()))
        return queryset if start is None else queryset.filter(sold_at__gte=start)


class AddedFilter(DropdownFilter):
    title = "when added"
    parameter_name = "added"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("7", "Within 7 days"), *_chosen_week(request, self.parameter_name)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        week = _week_from(str(self.value()))
        if week is not None:
            return queryset.filter(created_at__gte=week[0], created_at__lt=week[1])
        if self.value() == "7":
            return queryset.filter(created_at__gte=timezone.now() - timedelta(days=7))
        return queryset


class DuplicateFilter(DropdownFilter):
    title = "same car"
    parameter_name = "twice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "In two adverts of yours")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_twice()) if self.value() == "yes" else queryset


class MismatchFilter(DropdownFilter):
    title = "DVLA and DVSA"
    parameter_name = "registered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("differently", "Registered differently")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_mismatched()) if self.value() == "differently" else queryset


class OwnChoice(DropdownFilter):
    """One of the dealer's own rows, by its key."""

    lookup: str

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        typed = str(self.value() or "")
        if not typed:
            return queryset
        if typed not in {key for key, _ in self.lookup_choices}:
            return queryset.none()
        return queryset.filter(**{self.lookup: int(typed)})

    def has_output(self) -> bool:
        return True


class BranchFilter(OwnChoice):
    title = "branch"
    parameter_name = "branch"
    lookup = "branch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = scoped(Branch.objects.order_by("name"), find_context(request))
        return [(str(key), name) for key, name in rows.values_list("pk", "name")]


class MakeFilter(OwnChoice):
    title = "make"
    parameter_name = "make"
    lookup = "make"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stock = scoped(Listing.objects.all(), find_context(request))
        rows = Make.objects.filter(pk__in=stock.values("make")).order_by("name")
        return [(str(key), name) for key, name in rows.values_list("pk", "name")]


class PlanFilter(OwnChoice):
    title = "price plan"
    parameter_name = "plan"
    lookup = "price_schedule__plan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = scoped(PricePlan.objects.order_by("name"), find_context(request))
        own = [(str(key), name) for key, name in rows.values_list("pk", "name")]
        return [*own, (NO_PLAN, "On none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == NO_PLAN:
            return queryset.filter(price_schedule__isnull=True)
        return super().queryset(request, queryset)


def in_age_band(rows: QuerySet, first: int, last: int | None) -> QuerySet:
    """Return the live adverts among these that have been live for so many whole days."""
    now = timezone.now()
    found = rows.filter(conditions.LIVE, published_at__lte=now - timedelta(days=first))
    if last is None:
        return found
    return found.filter(published_at__gt=now - timedelta(days=last + 1))


def _week_from(text: str) -> tuple[datetime, datetime] | None:
    """Return a week from the first moment of its first day, an ISO date, to that of the next."""
    try:
        first = date.fromisoformat(text)
        days = first, first + timedelta(days=7)
    except (ValueError, OverflowError):
        return None
    zone = timezone.get_current_timezone()
    begins, ends = (datetime.combine(day, datetime.min.time(), zone) for day in days)
    return begins, ends


def _chosen_week(request: HttpRequest, parameter: str) -> list[tuple[str, str]]:
    """Return the choice of a week that a chart led to, so that the filter shows it."""
    text = request.GET.get(parameter, "")
    week = _week_from(text)
    return [] if week is None else [(text, f"Week from {week[0]:%-d %B}")]
