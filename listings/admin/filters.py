"""What staff narrow the list of adverts by."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RangeNumericFilter
from unfold.utils import parse_date_str

from listings.models import Photo, conditions


class RangeFilter(RangeNumericFilter):
    """A range of whole numbers; what is not a number is refused, never ignored."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            typed = (self.used_parameters.get(f"{self.parameter_name}_{end}") or "").strip()
            if typed:
                queryset = queryset.filter(**{f"{self.parameter_name}__{lookup}": _whole(typed)})
        return queryset


class DayRangeFilter(RangeDateFilter):
    """Moments from the start of one day to the end of another, in the time zone of the site."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        for end, lookup, days in (("from", "gte", 0), ("to", "lt", 1)):
            if typed := self.used_parameters.get(f"{self.parameter_name}_{end}"):
                day = parse_date_str(typed)
                if day is None:
                    raise IncorrectLookupParameters(typed)
                moment = datetime.combine(day, time.min, timezone.get_current_timezone())
                edge = moment + timedelta(days=days)
                queryset = queryset.filter(**{f"{self.parameter_name}__{lookup}": edge})
        return queryset


class ReservedFilter(DropdownFilter):
    title = "reservation"
    parameter_name = "reserved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Reserved"), ("no", "Not reserved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "yes":
                return queryset.filter(conditions.RESERVED)
            case "no":
                return queryset.exclude(conditions.RESERVED)
        return queryset


class MissingFilter(DropdownFilter):
    title = "what is missing"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("photos", "Without photos"),
            ("price", "Without a price"),
            ("name", "Without a known make and model"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "photos":
                return queryset.filter(~Exists(Photo.objects.filter(listing=OuterRef("pk"))))
            case "price":
                return queryset.filter(price__isnull=True)
            case "name":
                return queryset.filter(conditions.UNKNOWN_NAME)
        return queryset


class ExpiryFilter(DropdownFilter):
    title = "expiry"
    parameter_name = "expires"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Within a day"), ("7", "Within 7 days"), ("0", "Past, not yet swept")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("0", "1", "7"):
            return queryset
        now, days = timezone.now(), int(str(self.value()))
        live = queryset.filter(conditions.LIVE, expires_at__lte=now + timedelta(days=days))
        return live.filter(conditions.RUNNING) if days else live


class SandboxFilter(DropdownFilter):
    title = "sandbox"
    parameter_name = "sandbox"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("0", "Of the market"), ("1", "Of sandboxes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "0":
                return queryset.filter(conditions.OF_MARKET)
            case "1":
                return queryset.exclude(conditions.OF_MARKET)
        return queryset


def _whole(typed: str) -> int:
    try:
        return int(typed.replace(",", "").removeprefix("£"))
    except ValueError as error:
        raise IncorrectLookupParameters(error) from error
