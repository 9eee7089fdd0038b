"""Searches of every kind, made from the search's table of fields, for the stock of `stocked`."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from listings.choices import ServiceHistory
from listings.models import Listing
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import (
    AllOf,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    Origin,
    Radius,
    RangeField,
    RatedAs,
    Slugs,
    Wishes,
    Words,
)
from tests.listings.search.questions import MAKES, NEAR, WISHES, WORDS, rate, stock

Draw = Callable[[random.Random, Any], Any]
_USUAL = {  # where most of the stock is, so that bounds part it
    "price": (500, 40_000),
    "mileage": (0, 120_000),
    "year": (2004, 2026),
    "engine_cc": (900, 3_000),
    "power_bhp": (70, 300),
    "electric_range_miles": (50, 350),
    "owners": (0, 6),
    "doors": (2, 5),
    "seats": (2, 7),
    "euro_standard": (4, 6),
}


def stocked(chance: random.Random, size: int) -> None:
    """Write adverts of every kind, with what `stock` leaves empty too."""
    stock(chance, size)
    for pk in Listing.objects.values_list("pk", flat=True):
        Listing.objects.filter(pk=pk).update(
            owners=chance.choice([None, 0, 1, 2, 5]),
            service_history=chance.choice([None, *ServiceHistory.values]),
            electric_range_miles=chance.choice([None, 60, 150, 300]),
        )
    for row in Listing.objects.filter(price__isnull=False):
        if chance.random() < 0.7:
            rate(chance, row)


def criteria_of(chance: random.Random, kind: str) -> Criteria:
    """Return a search that asks for one kind of thing, and perhaps for a few others."""
    names = [kind, *chance.sample(list(FIELDS), chance.choice([0, 0, 1, 2]))]
    if chance.random() < 0.5:
        names.append("make")
    if "within_miles" in names:
        names.append("near")
    asked: dict[str, Any] = {}
    for name in dict.fromkeys(names):
        asked |= _drawn(chance, name, FIELDS[name])
    if "model" in asked:  # one that none of the makes has is refused
        makes = asked.get("make") or list(MAKES)
        asked["model"] = chance.sample([each for make in makes for each in MAKES[make]], 2)
    return Criteria.from_parameters(asked)


def _drawn(chance: random.Random, name: str, field: FilterField) -> dict[str, Any]:
    if isinstance(field, RangeField):
        bounds = sorted(chance.randint(*_USUAL[name]) for _ in range(2))
        both = {f"{name}_min": bounds[0], f"{name}_max": bounds[1]}
        return {end: both[end] for end in _some(chance, list(both), 2)}
    return {name: _DRAWN[type(field)](chance, field)}


def _some(chance: random.Random, values: Sequence[Any], most: int = 3) -> list[Any]:
    return chance.sample(values, min(len(values), chance.randint(1, most)))


def _numbers(chance: random.Random, field: Numbers) -> list[int | str]:
    low, high = _USUAL[field.column]
    numbers: list[int | str] = [*{chance.randint(low, high) for _ in range(3)}, field.high]
    absent = [] if field.absent is None or chance.random() < 0.7 else [field.absent]
    return [*absent, *numbers][: chance.choice([1, 2, 4])]


def _slugs(chance: random.Random, field: Slugs) -> list[str]:
    known = {"make": list(MAKES), "dealer": ["north", "south"]}.get(field.column, ["x5", "ka"])
    return _some(chance, known, 2)


_DRAWN: dict[type[FilterField], Draw] = {
    AllOf: lambda chance, field: _some(chance, field.values, 2),
    Choice: lambda chance, field: _some(chance, field.values),
    RatedAs: lambda chance, field: _some(chance, field.values),
    Numbers: _numbers,
    Slugs: _slugs,
    Flag: lambda chance, _: chance.random() < 0.5,
    Days: lambda chance, _: chance.choice([0, 1, 7, 30, 60]),
    Words: lambda chance, _: _some(chance, WORDS, 2),
    Wishes: lambda chance, _: _some(chance, WISHES),
    Origin: lambda chance, _: chance.choice(NEAR),
    Radius: lambda chance, _: chance.choice([1, 5, 20, 100, 300, 1_000]),
}


def as_stored(criteria: Criteria) -> dict[str, list[str]]:
    """Return the form that searches are stored in: lists of texts by parameter."""
    flat: dict[str, Any] = criteria.as_parameters()
    return {
        name: [_text(each) for each in (value if isinstance(value, list) else [value])]
        for name, value in flat.items()
    }


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
