"""A car as somebody types it into a form: read as far as it can be, and told what was assumed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from listings.api.described_car import UnderstoodCar, understood_car
from listings.catalogue import model_of_title
from listings.catalogue.vocabulary import VOCABULARY
from listings.choices import BodyType, Fuel, Transmission
from listings.language.derivative import CatalogueMake, read_title
from listings.models.rules import MILEAGE_MAX, latest_year
from listings.pages.lenient_values import quoted, read_value
from marketplace.api.parameters import IntegerParameter

LENGTHS = {"car": 200, "year": 20, "mileage": 20}
CHOICES: Mapping[str, Any] = {"fuel": Fuel, "transmission": Transmission, "body_type": BodyType}
MILES_A_YEAR = 8_000
"""What is assumed of a car whose miles are not told: a round figure for Britain."""

YEAR_MIN = 1950
OFFERS_MAX = 40
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_PLATE = re.compile(r"([0-9]{2})(?:[ -]?(?:plate|reg))?", re.IGNORECASE)
_WHICH = "Which car is it? Give make, model and, if you know it, the version."


@dataclass
class TypedCar:
    """What was typed, and what came of it: a car, or what is wrong with which field.

    `notes` tell what was assumed; `offers` are cars to choose instead.
    """

    values: dict[str, str]
    understood: UnderstoodCar | None = None
    faults: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)


def blank_car() -> TypedCar:
    return TypedCar(dict.fromkeys((*LENGTHS, *CHOICES), ""))


def typed_car(posted: QueryDict) -> TypedCar:
    """Read a form; what is endless is cut."""
    texts = {name: posted.get(name, "")[:longest].strip() for name, longest in LENGTHS.items()}
    given = {name: posted.get(name, "") for name in CHOICES}
    chosen = {name: text if text in CHOICES[name].values else "" for name, text in given.items()}
    typed = TypedCar({**texts, **chosen})
    title = model_of_title(texts["car"])
    if title is None:
        _ask_which(typed)
    year = _year(typed)
    if title and year:
        stated = {
            "derivative": title.derivative,
            "year": year,
            "mileage": _mileage(typed, year),
            **{name: value for name, value in chosen.items() if value},
        }
        typed.understood = understood_car(title.model, stated, said=texts["car"])
    return typed


def _ask_which(typed: TypedCar) -> None:
    text = typed.values["car"]
    slug = read_title(text, VOCABULARY.current().catalogue).make
    make = next((each for each in VOCABULARY.current().catalogue.makes if each.key == slug), None)
    typed.faults["car"] = _WHICH
    if make is not None:
        typed.faults["car"] = f"Which {make.names[0]} is it?"
        typed.offers = list(_models(make))[:OFFERS_MAX]
    elif text:
        typed.faults["car"] = f"We do not know {quoted(text)}. {_WHICH}"


def _models(make: CatalogueMake) -> Iterator[str]:
    yield from sorted(f"{make.names[0]} {model.names[0]}" for model in make.models)


def _year(typed: TypedCar) -> int | None:
    """Return the year that was typed, or that stands before the car: “2018 Ford Fiesta”."""
    text = typed.values["year"]
    latest = latest_year(timezone.localdate())
    found = _YEAR.findall(text) or ([] if text else _YEAR.findall(typed.values["car"]))
    if not found and (plate := _PLATE.fullmatch(text)):
        found = [str(_plate_year(int(plate[1])))]
    if found and YEAR_MIN <= int(found[0]) <= latest:
        return int(found[0])
    said = f", not {quoted(text)}" if text else ""
    typed.faults["year"] = f"Give the year of first registration, such as {latest - 6}{said}."
    return None


def _plate_year(plate: int) -> int:
    """Return the year of a mark's two digits: 18 and 68 are both of 2018, 19 of the next."""
    return 2000 + (plate - 50 if plate > 50 else plate)


def _mileage(typed: TypedCar, year: int) -> int:
    text = typed.values["mileage"]
    if text:
        field_ = IntegerParameter(low=0, high=MILEAGE_MAX, description="Miles.")
        miles, _ = read_value("mileage", field_, [text])
        if miles is not None:
            return int(miles)
    assumed = MILES_A_YEAR * max(1, timezone.localdate().year - year)
    unread = f"We cannot read {quoted(text)} as miles" if text else "You did not say how many miles"
    typed.notes.append(f"{unread}: {assumed:,} are assumed, which is {MILES_A_YEAR:,} a year.")
    return assumed
