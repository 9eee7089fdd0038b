"""A plain FilterSet, and a GROUP BY for each facet.

A facet is counted over the rows that match, its own filter included: that is how it is usually
done, and it is less work than to count a facet without its own filter, as the marketplace does.
"""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When

from listings.models import Listing
from listings.search.facets import FACETS

SLUGS = {"make": "make__slug", "model": "model__slug", "dealer": "dealer__slug"}


class Several(django_filters.BaseInFilter, django_filters.CharFilter):
    """Any of the values between commas."""


class AdvertFilterSet(django_filters.FilterSet):
    make = Several(field_name="make__slug")
    model = Several(field_name="model__slug")
    fuel = Several()
    transmission = Several()
    price_min = django_filters.NumberFilter(field_name="price", lookup_expr="gte")
    price_max = django_filters.NumberFilter(field_name="price", lookup_expr="lte")
    mileage_max = django_filters.NumberFilter(field_name="mileage", lookup_expr="lte")
    year_min = django_filters.NumberFilter(field_name="year", lookup_expr="gte")
    ordering = django_filters.OrderingFilter(fields=("price", "mileage", "year"))

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()


def facets(rows: QuerySet, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return how many of the rows have each value of each field."""
    return {
        name: list(
            rows.order_by().annotate(value=_value(name)).values("value").annotate(n=Count("id"))
        )
        for name in names
    }


def _value(name: str) -> Any:
    bands = FACETS[name].bands
    if not bands:
        return F(SLUGS.get(name, name))
    return Case(
        *(When(**{f"{name}__gte": low}, then=Value(low)) for low in reversed(bands)),
        output_field=IntegerField(),
    )
