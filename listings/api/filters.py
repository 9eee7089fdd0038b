"""A search's query string, read into `Criteria`."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from listings.api.parameters import FILTERS
from listings.models import Listing
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import Span


class SearchForm(forms.Form):
    """Refuses ranges that no advert can be in."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, definition in FIELDS.items():
            low, high = values.get(f"{name}_min"), values.get(f"{name}_max")
            if not isinstance(definition, Span) or low is None or high is None:
                continue
            if low > high:
                message = f"{name}_min ({low}) is above {name}_max ({high})."
                self.add_error(f"{name}_min", ValidationError(message))
        return values


class Parameter(django_filters.Filter):
    """A filter whose form field is given ready-made."""

    def __init__(self, field: forms.Field, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._field = field


PARAMETERS = {name: Parameter(field, field_name=name) for name, field in FILTERS.items()}


class ListingFilterSet(django_filters.FilterSet):
    """Reads a query string into `Criteria`; the engines do the filtering."""

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()
        form = SearchForm

    def __init__(self, data: QueryDict) -> None:
        # Every filter is copied for every request: only those asked for are worth it.
        self.base_filters = {name: each for name, each in PARAMETERS.items() if name in data}
        super().__init__(data)

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        return PARAMETERS

    def criteria(self) -> Criteria:
        """Return what is asked for; the form must be valid."""
        return Criteria.from_parameters(self.form.cleaned_data)
