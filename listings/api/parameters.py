"""The query parameters of a search, made from the table of its fields."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from listings.search import places
from listings.search.criteria import FIELDS
from listings.search.fields import (
    SEVERAL_MAX,
    WISHES_MAX,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    Origin,
    Radius,
    RangeField,
    Slugs,
    Wishes,
    Words,
)
from listings.search.ordering import DEFAULT_ORDERING, ORDERING_VALUES
from marketplace.api.cursor import cursor_field
from marketplace.api.filters import ParameterFilter
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    IntegerParameter,
    ListParameter,
    Parameter,
    PatternParameter,
    Schema,
    SlugParameter,
)


def written(parameters: Mapping[str, Any]) -> str:
    """Return the canonical query string: names in order, lists with commas, nothing empty."""
    pairs = {
        name: parameter_text(value)
        for name, value in sorted(parameters.items())
        if value is not None and value not in ([], "")
    }
    return urlencode(pairs, safe=",")


def parameter_text(value: Any) -> str:
    """Return a parameter's value as a query string has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class PlaceParameter(Parameter):
    """A place, in the one form that `places.read` gives it."""

    def read(self, text: str) -> str:
        try:
            return places.read(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": places.TEXT_MAX}


class IndexedWordParameter(PatternParameter):
    """A word or a phrase, in the form of the index of titles."""

    def read(self, text: str) -> str:
        return super().read(text).lower()


class NumberOrAbsentParameter(IntegerParameter):
    """A whole number, or the word for none."""

    def __init__(self, *, absent: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.absent = absent

    def read(self, text: str) -> Any:
        return self.absent if text.lower() == self.absent else super().read(text)

    def schema(self) -> Schema:
        return {"oneOf": [super().schema(), {"type": "string", "enum": [self.absent]}]}


def _declared(name: str, field: FilterField) -> dict[str, ParameterFilter]:
    """Return the filters of a field: one, or one for each end of a range."""
    if isinstance(field, RangeField):
        return {f"{name}_{end}": _end(end, words, field) for end, words in ENDS.items()}
    told: dict[str, Any] = {"description": field.description, "also": field.also}
    if isinstance(field, Flag):
        return {name: ParameterFilter(BooleanParameter, name, **told)}
    if isinstance(field, Days | Radius):
        return {name: ParameterFilter(IntegerParameter, name, low=1, high=field.high, **told)}
    if isinstance(field, Origin):
        return {name: ParameterFilter(PlaceParameter, name, **told)}
    count_max = WISHES_MAX if isinstance(field, Wishes) else SEVERAL_MAX
    several: dict[str, Any] = {"item": _item(field), "count_max": count_max, **told}
    return {name: ParameterFilter(ListParameter, name, **several)}


def _end(end: str, words: str, field: RangeField) -> ParameterFilter:
    return ParameterFilter(
        IntegerParameter,
        low=field.low,
        high=field.high,
        description=f"{words}. {field.description}",
        also=[f"{name}_{end}" for name in field.also],
    )


def _item(field: FilterField) -> Parameter:
    if isinstance(field, Choice):
        return ChoiceParameter(values=field.values)
    if isinstance(field, Numbers):
        ends = {"low": field.low, "high": field.high}
        if field.absent is None:
            return IntegerParameter(**ends)
        return NumberOrAbsentParameter(**ends, absent=field.absent)
    if isinstance(field, Slugs):
        return SlugParameter(length_max=field.length_max)
    if isinstance(field, Words):
        return IndexedWordParameter(pattern=r"^[A-Za-z0-9]+$", length_max=40)
    if isinstance(field, Wishes):
        return IndexedWordParameter(pattern=r"^[A-Za-z0-9]+( [A-Za-z0-9]+)*$", length_max=60)
    raise TypeError(field)


ENDS = {"min": "At least", "max": "At most"}
DECLARED: dict[str, ParameterFilter] = {
    parameter: declared
    for name, field in FIELDS.items()
    for parameter, declared in _declared(name, field).items()
}
FILTERS: dict[str, forms.Field] = {name: each.field for name, each in DECLARED.items()}
SORT_NAMES = ("sort", "sort_by", "order", "order_by")
PAGING: dict[str, forms.Field] = {
    "ordering": ListParameter(
        item=ChoiceParameter(values=ORDERING_VALUES),
        count_max=len(ORDERING_VALUES),
        also=SORT_NAMES,
        description="What to sort by, first to last, `-` for the reverse; "
        f"`{','.join(DEFAULT_ORDERING)}` unless told otherwise, where adverts that have more of "
        "`prefer` come before others. Adverts priced on application "
        "come last by price in either direction, as do those without a price rating by `value`, "
        "which begins with the lowest price for what the car is worth. `distance` needs `near`; "
        "adverts of unknown distance come last by it. The id settles what is still equal.",
    ),
    "page_size": page_size_field(),
    "cursor": cursor_field(),
    "count": ChoiceParameter(
        values=("exact", "none"),
        default="none",
        also=("total", "with_count"),
        description="`exact` counts all results, which costs time where they are many.",
    ),
}
