"""Filters in the words of a British buyer, as pages and the API tell them."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from listings.catalogue.vocabulary import VOCABULARY
from listings.choices import Ulez
from listings.language.derivative import CatalogueMake
from listings.models import Make, Model
from listings.search.criteria import FIELDS
from listings.search.fields import AllOf, Choice, RatedAs
from listings.search.places.areas import AREAS
from listings.search.references import dealers

_COORDINATES = re.compile(r"(-?[0-9.]+),(-?[0-9.]+)")
NOUNS = {
    "make": "make",
    "model": "model",
    "price": "price",
    "mileage": "mileage",
    "year": "year",
    "fuel": "fuel",
    "transmission": "gearbox",
    "doors": "number of doors",
    "body_type": "body type",
    "seats": "number of seats",
    "colour": "colour",
    "drivetrain": "driven wheels",
    "engine_cc": "engine size",
    "power_bhp": "power",
    "electric_range_miles": "electric range",
    "owners": "number of owners",
    "service_history": "service history",
    "dealer": "dealer",
    "ulez": "ULEZ standing",
    "euro_standard": "Euro standard",
    "equipment": "equipment",
    "write_off": "write-off category",
    "price_rating": "price rating",
    "added_within_days": "date of the advert",
    "near": "place",
    "within_miles": "distance",
    "text": "words in the title",
}
"""What a filter is about: “Another …”, “Any …”."""
ORDERS = {
    "price": "Cheapest first",
    "-price": "Dearest first",
    "newest": "Newest adverts first",
    "-newest": "Oldest adverts first",
    "mileage": "Fewest miles first",
    "-mileage": "Most miles first",
    "-year": "Youngest cars first",
    "year": "Oldest cars first",
    "distance": "Nearest first",
    "-distance": "Furthest first",
    "value": "Best value first",
    "-value": "Worst value first",
}
_NUMBERS = {
    "price_min": "From £{:,}",
    "price_max": "Up to £{:,}",
    "mileage_min": "From {:,} miles",
    "mileage_max": "Up to {:,} miles",
    "year_min": "{} or newer",
    "year_max": "{} or older",
    "engine_cc_min": "Engine from {:,} cc",
    "engine_cc_max": "Engine up to {:,} cc",
    "power_bhp_min": "From {:,} bhp",
    "power_bhp_max": "Up to {:,} bhp",
    "electric_range_miles_min": "Electric range from {:,} miles",
    "electric_range_miles_max": "Electric range up to {:,} miles",
    "owners_min": "At least {} owners",
    "owners_max": "At most {} owners",
    "within_miles": "Within {:,} miles",
    "doors": "{} doors",
    "seats": "{} seats",
    "added_within_days": "Added in the last {} days",
    "euro_standard": "Euro {}",
}
_RANGES = {
    "price": "£{:,} to £{:,}",
    "mileage": "{:,} to {:,} miles",
    "year": "{} to {}",
    "engine_cc": "Engine {:,} to {:,} cc",
    "power_bhp": "{:,} to {:,} bhp",
    "electric_range_miles": "Electric range {:,} to {:,} miles",
    "owners": "{} to {} owners",
}
_EXACT = {
    "price": "Exactly £{:,}",
    "mileage": "Exactly {:,} miles",
    "year": "{}",
    "engine_cc": "Engine of {:,} cc",
    "power_bhp": "Exactly {:,} bhp",
    "electric_range_miles": "Electric range of {:,} miles",
    "owners": "Exactly {} owners",
}
_ABSENT = {"write_off": "Not written off", "price_rating": "Not rated"}
_ONE = {
    "mileage_min": "From 1 mile",
    "mileage_max": "Up to 1 mile",
    "electric_range_miles_min": "Electric range from 1 mile",
    "electric_range_miles_max": "Electric range up to 1 mile",
    "owners_min": "At least 1 owner",
    "owners_max": "At most 1 owner",
    "doors": "1 door",
    "seats": "1 seat",
    "within_miles": "Within 1 mile",
    "added_within_days": "Added in the last day",
}
_NONE = {"owners_min": "Any number of owners", "owners_max": "No previous owner"}


def filter_label(name: str, value: Any, *, makes: Sequence[str] = ()) -> str:
    """Return one value of a parameter in words; a model's makes tell whose it is."""
    field = FIELDS.get(name)
    if name == "ulez":
        return f"ULEZ: {Ulez(value).label.lower()}"
    if absent := absent_label(name, value):
        return absent if name in _ABSENT else f"{noun(name).capitalize()} {absent.lower()}"
    if isinstance(field, Choice):
        return str(field.choices(value).label)
    if name in _NUMBERS:
        few = {0: _NONE, 1: _ONE}.get(value, {})
        return few.get(name) or _NUMBERS[name].format(value)
    if name == "model":
        return _model_name(value, makes)
    return _SPOKEN[name](value) if name in _SPOKEN else f"{noun(name).capitalize()}: {value}"


def absent_label(name: str, value: Any) -> str:
    """Return a value's label beside the name of its field, if it is the one of adverts without."""
    field = FIELDS.get(name)
    if field is None or value != field.absent:
        return ""
    return _ABSENT.get(name, "Not stated")


def is_exclusion(name: str, values: Sequence[Any]) -> bool:
    """Tell whether so many values are asked for that what is left out says it better."""
    field = FIELDS.get(name)
    if not isinstance(field, Choice) or isinstance(field, AllOf | RatedAs):
        return False  # of a rating, "not" would be taken for unrated adverts too
    return field.absent not in values and len(values) > len(field.choices.values) / 2


def range_label(name: str, low: int, high: int) -> str:
    """Return both ends of a range in words."""
    return _EXACT[name].format(low) if low == high else _RANGES[name].format(low, high)


def values_label(name: str, values: Sequence[Any], makes: Sequence[str] = ()) -> str:
    """Return several values of a parameter in words: any of them, or all but a few."""
    field = FIELDS.get(name)
    if is_exclusion(name, values) and isinstance(field, Choice):
        lacking = [filter_label(name, each) for each in field.choices.values if each not in values]
        return f"Not {' or '.join(lacking)}" if lacking else f"Any {noun(name)} that is known"
    return " or ".join(filter_label(name, each, makes=makes) for each in values)


def noun(name: str) -> str:
    """Return what a parameter is about."""
    field = name if name in NOUNS else name.removesuffix("_min").removesuffix("_max")
    return NOUNS.get(field, field.replace("_", " "))


def place_name(place: str) -> str:
    """Return a place as people write it."""
    if place in AREAS:
        return AREAS[place].name
    if found := _COORDINATES.fullmatch(place):
        north, east = map(float, found.groups())
        return f"{abs(north):.2f}° {'NS'[north < 0]}, {abs(east):.2f}° {'EW'[east < 0]}"
    return place


def _make_name(slug: str) -> str:
    known = next((each.names[0] for each in _makes() if each.key == slug), None)
    return known or _stored(Make.objects.filter(slug=slug), slug)


def _model_name(slug: str, makes: Sequence[str]) -> str:
    for each in _makes():
        if not makes or each.key in makes:
            for model in each.models:
                if model.key == slug:
                    return model.names[0]
    rows = Model.objects.filter(slug=slug)
    return _stored(rows.filter(make__slug__in=makes) if makes else rows, slug)


def _makes() -> Sequence[CatalogueMake]:
    return VOCABULARY.current().catalogue.makes


def _stored(rows: QuerySet, slug: str) -> str:
    """Return the name of a row, which need not be confirmed."""
    name = rows.values_list("name", flat=True).first()
    return str(name or slug.replace("-", " ").title())


_SPOKEN: Mapping[str, Callable[[Any], str]] = {
    "make": _make_name,
    "dealer": lambda slug: _stored(dealers().filter(slug=slug), slug),
    "reduced": lambda is_reduced: f"Price {'' if is_reduced else 'not '}reduced",
    "near": lambda place: f"Near {place_name(place)}",
    "text": "“{}” in the title".format,
    "prefer": "“{}”".format,
    "ordering": ORDERS.__getitem__,
}
