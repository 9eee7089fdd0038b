"""A search's query string, read into `Criteria`."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from listings.api.parameters import FILTERS
from listings.models import Listing
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import RangeField


class SearchForm(forms.Form):
    """Reads the parameters that are given, and refuses ranges that no advert can be in."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # Not declared: every form would have copies of all of them, and they never change.
        self.fields = {name: field for name, field in FILTERS.items() if name in data}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, definition in FIELDS.items():
            low, high = values.get(f"{name}_min"), values.get(f"{name}_max")
            if not isinstance(definition, RangeField) or low is None or high is None:
                continue
            if low > high:
                message = f"{name}_min ({low}) is above {name}_max ({high})."
                self.add_error(f"{name}_min", ValidationError(message))
        return values


class FormFilter(django_filters.Filter):
    """A filter whose form field is given ready-made."""

    def __init__(self, field: forms.Field, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._field = field


PARAMETERS = {name: FormFilter(field, field_name=name) for name, field in FILTERS.items()}


class ListingFilterSet(django_filters.FilterSet):
    """Reads a query string into `Criteria`; the engines do the filtering."""

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict) -> None:
        # Each would be copied for every request, and none is asked.
        self.base_filters: dict[str, FormFilter] = {}
        super().__init__(data)
        self._form = SearchForm(data)

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        return PARAMETERS

    def criteria(self) -> Criteria:
        """Return what is asked for; the form must be valid."""
        return Criteria.from_parameters(self.form.cleaned_data)
