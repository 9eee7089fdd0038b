"""Filters of lists: FilterSets whose parameters read values as strictly as all others."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms

from marketplace.api.parameters import Described


class ParameterFilter(django_filters.Filter):
    """A filter whose value one of the API's parameters reads; `options` are the filter's or its."""

    def __init__(
        self,
        parameter: type[Described],
        field_name: str | None = None,
        lookup_expr: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(field_name, lookup_expr, **options)
        self.field_class = parameter


class ParameterFilterSet(django_filters.FilterSet):
    """Declares the filters of a list; a view refuses `errors` and shows `qs`."""

    @classmethod
    def parameters(cls) -> Mapping[str, forms.Field]:
        """Return the table of query parameters, as views and the API's document read it."""
        return {name: each.field for name, each in cls.base_filters.items()}

    def given(self) -> dict[str, Any]:
        """Return the values of the filters that were given; equal questions give equal ones."""
        values: Mapping[str, Any] = self.form.cleaned_data
        return {
            name: sorted(value) if isinstance(value, list) else value
            for name, value in values.items()
            if value not in (None, [])
        }
