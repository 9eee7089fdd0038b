"""Reading a register's values: right or not at all, and bounded whatever was sent."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from listings.choices import Colour, EuroStandard, Fuel
from listings.models.rules import MILEAGE_MAX, YEAR_MAX, YEAR_MIN

NAME_MAX = 80
ENGINE_CC_MAX = 20_000
CO2_MAX = 1_000
MILES_IN_KM = 0.621371

_ELECTRIFIED = (Fuel.HYBRID, Fuel.PLUG_IN_HYBRID)
# The registers' words in small letters. "Hybrid electric" stands for every car with an engine and
# a motor: adverts call a mild hybrid by what it burns.
_FUELS: Mapping[str, tuple[Fuel, ...]] = {
    "petrol": (Fuel.PETROL,),
    "diesel": (Fuel.DIESEL,),
    "electricity": (Fuel.ELECTRIC,),
    "electric": (Fuel.ELECTRIC,),
    "hybrid electric": (*_ELECTRIFIED, Fuel.PETROL, Fuel.DIESEL),
    "hybrid electric (clean)": (*_ELECTRIFIED, Fuel.PETROL, Fuel.DIESEL),
    "electric diesel": (*_ELECTRIFIED, Fuel.DIESEL),
    "gas": (Fuel.LPG,),
    "lpg": (Fuel.LPG,),
    "gas bi-fuel": (Fuel.LPG, Fuel.PETROL),
    "petrol/gas": (Fuel.LPG, Fuel.PETROL),
    "gas diesel": (Fuel.LPG, Fuel.DIESEL),
    "fuel cells": (Fuel.HYDROGEN,),
}
_EURO = re.compile(r"EURO ?([1-7])(?: ?[A-Z]{1,5})?", re.IGNORECASE)
_YEAR = re.compile(r"((?:18|19|20)[0-9]{2})(?:-[0-9]{2}.{0,30})?")


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return the object that a whole answer is; None for anything else, or for a part of one."""
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def text(value: object, longest: int = NAME_MAX) -> str:
    """Return printable text in one line; empty where there is none, or too much."""
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        return ""
    return " ".join(value.split())


def whole_number(value: object, highest: int) -> int | None:
    """Return a whole number from 1 to the highest, which may be written as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 1 <= value <= highest else None


def day(value: object) -> date | None:
    """Return the date at the beginning of an ISO date or moment."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return read if YEAR_MIN <= read.year <= YEAR_MAX else None


def year(value: object) -> int | None:
    """Return the year of a number, a year, a month or a day: 2019, "2019", "2019-03"."""
    match = _YEAR.fullmatch(str(value)) if isinstance(value, str | int) else None
    return int(match[1]) if match else None


def colour(value: object) -> str:
    """Return the advert's colour: the registers' are the same but for their spelling."""
    word = text(value).lower().replace("-", "")
    return word if word in Colour.values else ""


def fuels(value: object) -> tuple[str, ...]:
    """Return the advert's fuels that a registered one may stand for; none where it is unknown."""
    return tuple(each.value for each in _FUELS.get(text(value).lower(), ()))


def euro_standard(value: object) -> int | None:
    """Return the number of a Euro standard: "EURO 6 AD" is 6."""
    match = _EURO.fullmatch(text(value))
    return int(EuroStandard(int(match[1]))) if match else None


def miles(value: object, unit: object) -> int | None:
    """Return an odometer's whole miles, at most the reading's; None without a unit that is known.

    DVSA writes MI and KM.
    """
    read = whole_number(value, 2 * MILEAGE_MAX)
    if read is None or unit not in ("MI", "KM"):
        return None
    return min(int(read * MILES_IN_KM) if unit == "KM" else read, MILEAGE_MAX)
