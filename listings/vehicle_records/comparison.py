"""What a record adds to an advert, and where the two contradict each other, in words.

The advert's own values stand: a record fills what is empty, and says the rest.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from listings.choices import Colour, EuroStandard, Fuel
from listings.models.rules import YEAR_MAX
from listings.vehicle_records.record import VehicleRecord

ENGINE_CC_APART = 60
"""Adverts round an engine: 1,498 cc is sold as 1.5 litres."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A field whose value the record contradicts: the value as JSON has it, and the words."""

    field: str
    stated: Any
    message: str


def filling(record: VehicleRecord) -> dict[str, Any]:
    """Return the values that a record has for an advert, by field.

    Make and model are left to the catalogue. A mileage is none: the car has been driven since.
    """
    values = {
        "year": record.year,
        "fuel": record.fuel,
        "colour": record.colour,
        "engine_cc": record.engine_cc,
        "co2_g_km": record.co2_g_km,
        "euro_standard": record.euro_standard,
        "mot_expires_on": record.mot_expires_on,
        "first_registered_on": record.first_registered_on,
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def mismatches(
    record: VehicleRecord, stated: Mapping[str, Any], fields: Collection[str] | None = None
) -> list[Mismatch]:
    """Return where a record contradicts an advert's values, in the order of an advert.

    `stated` has numbers and dates as such; what is None or empty there contradicts nothing.
    """
    return [
        Mismatch(name, _as_json(stated[name]), f"{message} Here it is {_stated(stated[name])}.")
        for name, message in _found(record, stated)
        if fields is None or name in fields
    ]


def shown(value: Any) -> str:
    """Return a value as people read it."""
    for choices in (Fuel, Colour):
        if isinstance(value, str) and value in choices.values:
            return str(choices(value).label)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return str(value)


def _found(record: VehicleRecord, stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each field that is contradicted, and what the record says of it."""
    said = {name: value for name, value in stated.items() if value not in (None, "")}
    yield from _of_the_years(record, said)
    if "fuel" in said and record.fuels and said["fuel"] not in record.fuels:
        yield "fuel", f"The car is registered as {record.fuel_name or shown(record.fuel)}."
    last = record.last_reading
    if "mileage" in said and last and said["mileage"] < last.mileage:
        read = f"The MOT test of {shown(last.tested_on)} read {last.mileage:,} miles."
        yield "mileage", read
    if "colour" in said and record.colour and said["colour"] != record.colour:
        yield "colour", f"The car is registered as {shown(record.colour)}."
    if "engine_cc" in said and record.engine_cc and _differs(said["engine_cc"], record.engine_cc):
        yield "engine_cc", f"The car is registered with {record.engine_cc:,} cc."
    standard = record.euro_standard
    if "euro_standard" in said and standard and int(said["euro_standard"]) != standard:
        yield "euro_standard", f"The car is registered as {EuroStandard(standard).label}."
    ends = record.mot_expires_on
    if "mot_expires_on" in said and ends and said["mot_expires_on"] != ends:
        yield "mot_expires_on", f"The MOT test is good until {shown(ends)}."


def _of_the_years(record: VehicleRecord, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    years, day = record.years, record.first_registered_on
    if "year" in said and years is not None and int(said["year"]) not in years:
        made = f"made in {years[0]}" if record.year_registered is None else ""
        yield "year", f"The car was {made or f'first registered in {record.year_registered}'}."
    if "first_registered_on" in said and day and said["first_registered_on"] != day:
        yield "first_registered_on", f"The car was first registered on {shown(day)}."


def _differs(stated: int, registered: int) -> bool:
    return abs(int(stated) - registered) > ENGINE_CC_APART


def _stated(value: Any) -> str:
    """Return an advert's value; a number above a year's has its thousands apart."""
    is_large = isinstance(value, int) and value > YEAR_MAX
    return f"{value:,}" if is_large else shown(value)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
