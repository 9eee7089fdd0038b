"""The query parameters of a search, made from the table of its fields."""

from django import forms
from django.core.exceptions import ValidationError

from listings.search import places
from listings.search.criteria import FIELDS
from listings.search.fields import (
    SEVERAL_MAX,
    SLUG_PATTERN,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    Origin,
    Radius,
    RangeField,
    Slugs,
    Words,
)
from listings.search.ordering import DEFAULT_ORDERING, ORDERING_VALUES
from marketplace.api.cursor import cursor_field
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    IntegerParameter,
    ListParameter,
    Parameter,
    PatternParameter,
    Schema,
)


class PlaceParameter(Parameter):
    """A place, in the one form that `places.read` gives it."""

    def read(self, text: str) -> str:
        try:
            return places.read(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": places.TEXT_MAX}


class TitleWordParameter(PatternParameter):
    """One word of a title, in the form of the index."""

    def read(self, text: str) -> str:
        return super().read(text).lower()


def _fields(name: str, definition: FilterField) -> dict[str, forms.Field]:
    text = definition.description
    if isinstance(definition, RangeField):
        bounds = {"low": definition.low, "high": definition.high}
        return {
            f"{name}_min": IntegerParameter(**bounds, description=f"At least. {text}"),
            f"{name}_max": IntegerParameter(**bounds, description=f"At most. {text}"),
        }
    if isinstance(definition, Flag):
        return {name: BooleanParameter(description=text)}
    if isinstance(definition, Days | Radius):
        return {name: IntegerParameter(low=1, high=definition.high, description=text)}
    if isinstance(definition, Origin):
        return {name: PlaceParameter(description=text)}
    return {name: ListParameter(item=_item(definition), count_max=SEVERAL_MAX, description=text)}


def _item(definition: FilterField) -> ChoiceParameter | IntegerParameter | PatternParameter:
    if isinstance(definition, Choice):
        return ChoiceParameter(values=definition.choices.values)
    if isinstance(definition, Numbers):
        return IntegerParameter(low=definition.low, high=definition.high)
    if isinstance(definition, Slugs):
        return PatternParameter(pattern=SLUG_PATTERN, length_max=definition.length_max)
    if isinstance(definition, Words):
        return TitleWordParameter(pattern=r"^[A-Za-z0-9]+$", length_max=40)
    raise TypeError(definition)


FILTERS: dict[str, forms.Field] = {
    parameter: field
    for name, definition in FIELDS.items()
    for parameter, field in _fields(name, definition).items()
}
PAGING: dict[str, forms.Field] = {
    "ordering": ListParameter(
        item=ChoiceParameter(values=ORDERING_VALUES),
        count_max=len(ORDERING_VALUES),
        description="What to sort by, first to last, `-` for the reverse; "
        f"`{','.join(DEFAULT_ORDERING)}` unless told otherwise. Adverts priced on application "
        "come last by price in either direction. `distance` needs `near`; adverts of unknown "
        "distance come last by it. The id settles what is still equal.",
    ),
    "page_size": page_size_field(),
    "cursor": cursor_field(),
    "count": ChoiceParameter(
        values=("exact", "none"),
        default="none",
        description="`exact` counts all results, which costs time where they are many.",
    ),
}
