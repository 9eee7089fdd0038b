"""Invented cars: the same number is always the same car."""

import random
from datetime import date, timedelta
from typing import Any

from dealers.management.demo.ranges import Engine, ModelRange
from listings.choices import BodyType, Colour, Fuel, ServiceHistory, Transmission

COLOURS = {
    Colour.BLACK: 20,
    Colour.GREY: 22,
    Colour.WHITE: 18,
    Colour.BLUE: 16,
    Colour.SILVER: 10,
    Colour.RED: 9,
    Colour.GREEN: 2,
    Colour.ORANGE: 2,
    Colour.YELLOW: 1,
}

_GEARBOXES = {"M": Transmission.MANUAL, "A": Transmission.AUTOMATIC}
_FEATURES = (
    "Air conditioning",
    "Alloy wheels",
    "Apple CarPlay and Android Auto",
    "Automatic headlights",
    "Bluetooth",
    "Cruise control",
    "DAB radio",
    "Electric folding mirrors",
    "Heated front seats",
    "Isofix",
    "Keyless entry",
    "LED headlights",
    "Leather seats",
    "Panoramic roof",
    "Privacy glass",
    "Rain-sensing wipers",
    "Rear parking sensors",
    "Reversing camera",
    "Satellite navigation",
    "Tow bar",
)
_SENTENCES = (
    "Drives superbly, with nothing to spend.",
    "HPI clear, and supplied with a fresh service and two keys.",
    "Part exchange welcome; finance available subject to status.",
    "Recently taken in part exchange from a local owner.",
    "Delivery anywhere in the United Kingdom can be arranged.",
    "Viewing by appointment, please: call before you travel.",
)
_MARK_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
# DVLA gives no local tag that begins with these, so that no mark of the demo is a real car's.
_MARK_AREAS = tuple(first + second for first in "JUZ" for second in _MARK_LETTERS)


def invent_car(
    chance: random.Random, number: int, ranges: tuple[ModelRange, ...], today: date
) -> dict[str, Any]:
    """Return the fields of an advert's car and its price, in pounds; make and model as names."""
    kind = chance.choice(ranges)
    registered = _registered(kind, chance, today)
    engine, trim = chance.choice(kind.engines), chance.choice(kind.trims)
    transmission = _GEARBOXES[chance.choice(engine.gearboxes)]
    age = (today - registered).days / 365
    mileage = int(max(1, age) * chance.uniform(3_500, 11_000)) + chance.randrange(900)
    return {
        "make": kind.make,
        "model": kind.model,
        "derivative": _derivative(kind, engine, trim, transmission),
        "year": registered.year,
        "mileage": mileage,
        "price": _asking_price(kind, age, mileage, chance),
        "transmission": transmission,
        "first_registered_on": registered,
        "vrm": registration_mark(number, registered),
        "mot_expires_on": _mot(chance, age, today),
        "owners": min(1 + int(age / chance.uniform(2, 6)), 9),
        **_equipment(kind, chance),
        **_emissions(engine, registered.year, chance),
    }


def registration_mark(number: int, registered: date) -> str:
    """Return a mark of the right age that no other number gets; registered from March on."""
    age = registered.year - 2000 + (50 if registered.month >= 9 else 0)
    letters, rest = "", number
    for _ in range(3):
        rest, index = divmod(rest, len(_MARK_LETTERS))
        letters = _MARK_LETTERS[index] + letters
    return f"{_MARK_AREAS[rest % len(_MARK_AREAS)]}{age:02}{letters}"


def dealer_price(pounds: float) -> int:
    """Return a price the way dealers write it, such as £12,495."""
    return max(795, int(pounds) // 100 * 100 + 95)


def _registered(kind: ModelRange, chance: random.Random, today: date) -> date:
    """Return a day from March on, since January's marks have the year before's age."""
    first, last = kind.years[0], min(kind.years[1], today.year - 1)
    year = round(chance.triangular(first, last, last - (last - first) // 4))
    return date(year, 3, 1) + timedelta(days=chance.randrange(300))


def _equipment(kind: ModelRange, chance: random.Random) -> dict[str, Any]:
    return {
        "doors": None if kind.body == BodyType.VAN else kind.doors,
        "seats": kind.seats,
        "body_type": kind.body,
        "colour": chance.choices(list(COLOURS), list(COLOURS.values()))[0],
        "drivetrain": kind.drivetrain,
        "service_history": chance.choice(ServiceHistory.values[:3]),
        "features": sorted(chance.sample(_FEATURES, chance.randint(5, 11))),
        "description": " ".join(chance.sample(_SENTENCES, 3)),
    }


def _derivative(kind: ModelRange, engine: Engine, trim: str, transmission: Transmission) -> str:
    doors = "" if kind.body == BodyType.VAN else f"{kind.doors}dr"
    gearbox = "Auto" if transmission == Transmission.AUTOMATIC else ""
    return " ".join(part for part in (engine.text, trim, doors, gearbox) if part)


def _asking_price(kind: ModelRange, age: float, mileage: int, chance: random.Random) -> int:
    """Return a price that falls by a fifth in the first year, then by an eighth; less for miles."""
    value = kind.price_new * 0.80 * 0.875 ** max(0.0, age - 1)
    value *= max(0.6, 1 - (mileage - age * 8_000) / 160_000)
    return dealer_price(value * chance.uniform(0.93, 1.09))


def _mot(chance: random.Random, age: float, today: date) -> date | None:
    """Return when the MOT runs out; a car needs none in its first three years."""
    return today + timedelta(days=chance.randrange(14, 360)) if age >= 3 else None


def _emissions(engine: Engine, year: int, chance: random.Random) -> dict[str, Any]:
    """Return what a dealer states about the engine and what it burns."""
    stated = {"fuel": engine.fuel, "power_bhp": engine.power_bhp}
    if engine.fuel == Fuel.ELECTRIC:
        kwh = next(word for word in engine.text.split() if word.endswith("kWh"))
        capacity = float(kwh.removesuffix("kWh"))
        return {**stated, "battery_kwh": capacity, "electric_range_miles": int(capacity * 3.8)}
    is_diesel = engine.fuel == Fuel.DIESEL
    mpg = round(chance.uniform(0.92, 1.08) * (72 if is_diesel else 62) - engine.cc / 160, 1)
    return {
        **stated,
        "engine_cc": engine.cc,
        "mpg": mpg,
        "co2_g_km": int((7_450 if is_diesel else 6_500) / mpg),
        "euro_standard": 6 if year >= 2016 else 5 if year >= 2011 else 4,
    }
