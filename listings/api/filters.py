"""The filters of the search over adverts: declared from the table of its fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from listings.api.parameters import DECLARED, FILTERS
from listings.models import Listing
from listings.models.listing import ListingQuerySet
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import RangeField
from listings.search.postgres import matching
from marketplace.api.filters import ParameterFilterSet

RANGES = [name for name, field in FIELDS.items() if isinstance(field, RangeField)]
READERS = {name: field.clean for name, field in FILTERS.items()}


class SearchForm(forms.Form):
    """Refuses ranges that no advert can be in."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, message in reversed_ranges(values).items():
            self.add_error(name, ValidationError(message))
        return values


class SearchFilterSet(ParameterFilterSet):
    """Filters adverts as the search does, which reads its filters together as `Criteria`."""

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()
        form = SearchForm

    def criteria(self) -> Criteria:
        """Return what is asked for; there must be no errors."""
        return Criteria.from_parameters(self.form.cleaned_data)

    def filter_queryset(self, queryset: ListingQuerySet) -> ListingQuerySet:
        rows = matching(self.criteria(), among=queryset)
        for name, value in self.form.cleaned_data.items():
            if name not in FILTERS:  # a filter of a FilterSet made from this one
                rows = self.filters[name].filter(rows, value)
        return rows


ListingFilterSet: Any = type("ListingFilterSet", (SearchFilterSet,), DECLARED)


def read_filters(query: QueryDict) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return what `ListingFilterSet` reads and refuses of a query string, some sixty times as fast.

    The values are those of the filters that are given; others and other parameters are left out.
    """
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name in query:
        if name not in READERS:
            continue
        try:
            values[name] = READERS[name]([text for text in query.getlist(name) if text])
        except ValidationError as error:
            errors[name] = error.messages
    return values, errors | {name: [text] for name, text in reversed_ranges(values).items()}


def reversed_ranges(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a message for each range whose lower end is above its upper one, by that end."""
    refused = {}
    for name in RANGES:
        low, high = values.get(f"{name}_min"), values.get(f"{name}_max")
        if low is not None and high is not None and low > high:
            refused[f"{name}_min"] = f"{name}_min ({low}) is above {name}_max ({high})."
    return refused
