"""Numbers as people and spreadsheets write them: the one in the wanted unit, or none."""

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from dealers.feeds.cells.cell import (
    BLANK,
    UNSAID,
    Read,
    impossible,
    odd,
    says_nothing,
    unreadable,
    value_text,
)
from listings.language.derivative import read
from listings.language.lexicon import Speaker, condition
from listings.language.quantities import Measurement, read_quantities, units
from listings.models.rules import MILEAGE_MAX

_ODD_MILEAGE = 300_000
_ODD_OWNERS = 20
_LITRES_MAX = 10
_PLAIN_DIGITS_MAX = 9
_CC = (200, 10_000)  # of cars, from bubble cars to the largest V12
_INEXACT = re.compile(r"-\s*+\d.*|\D*+\d++\s*+\+")
_DOORS_IN_SHORT = re.compile(r"[2-7] ?d")
_COMBINED = re.compile(r"combined\W{0,3}+(\d{1,3}(?:\.\d{1,2})?)")
_NO_OWNERS = re.compile(
    r"none|no (?:previous|former|prior)|no (?:(?:previous|former|prior) )?(?:owner|keeper)s?"
)
_BOUND = re.compile(r"\b(?:under|below|over|above|less|more|up to|max)\b")
_RANGE = re.compile(r"\d ?(?:-|to|or|/) ?\d")


class NumberCell(NamedTuple):
    """A number of `unit` between two ends, with so many decimals.

    `what` is in the code of a finding, `means` in its words. Nought says nothing, unless
    `has_nought`: no car has no doors. What is not between the ends is told, and not kept.
    """

    unit: str
    least: int
    most: int
    what: str
    means: str
    decimals: int = 0
    has_nought: bool = False

    def read(self, text: str) -> Read:
        said = value_text(text)
        if says_nothing(said):
            return BLANK
        number = measured(said, self.unit)
        if number is None or _INEXACT.fullmatch(said):
            return unreadable(self.what, self.means)
        number = number.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        if number == 0:
            return Read(0) if self.has_nought else BLANK
        if not self.least <= number <= self.most:
            return unreadable(self.what, self.means)
        return Read(number if self.decimals else int(number))


def measured(said: str, unit: str) -> Decimal | None:
    """Return the number of a text in a unit, None where that is not sure.

    A number with the unit goes before one with another unit of its kind, which is converted. A bare
    number counts where nothing else is said than what other numbers count.
    """
    quantities, rest = read_quantities(said, Speaker.FEED, condition("beside_a_number"))
    if _RANGE.search(said):
        return None
    by_unit: dict[str, set[Decimal]] = {}
    for quantity in quantities:
        by_unit.setdefault(quantity.unit.name if quantity.unit else "", set()).add(quantity.value)
    dimension = units()[unit].dimension
    kin = [name for name, each in units().items() if each.dimension == dimension]
    named = next((name for name in (unit, *kin) if name in by_unit), "")
    if len(by_unit.get(named, ())) != 1 or (not named and rest):
        return None
    return next(
        quantity.measured_in(unit) if named else quantity.value
        for quantity in quantities
        if (quantity.unit.name if quantity.unit else "") == named
    )


def is_whole_number(quantity: Measurement) -> bool:
    """Whether no mark in a number may be a slip or of another country: not "12,3", not "41.000".

    Who writes kilometres writes "41.000 km".
    """
    whole, comma, decimals = quantity.digits.rpartition(",")
    if comma and len(decimals.partition(".")[0]) != len("000"):
        return len(whole) > len("000") and not decimals.strip("0")
    return quantity.other is None or (quantity.unit is not None and quantity.unit.name == "km")


def is_figure(said: str, quantity: Measurement) -> bool:
    """Whether a number is written in digits, and is whole."""
    return any(map(str.isdecimal, said)) and is_whole_number(quantity)


def rounded(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))


@lru_cache(maxsize=65_536)
def read_mileage(text: str) -> Read:
    """Return whole miles; kilometres are converted, with a warning."""
    if len(text) <= _PLAIN_DIGITS_MAX and text.isascii() and text.isdecimal():
        return _miles(int(text))
    said = value_text(text)
    if says_nothing(said):
        return BLANK
    beside = condition("beside_a_mileage")
    quantities, rest = read_quantities(said, Speaker.FEED, beside)
    found = _only(quantities, "miles") or _only(quantities, "km")
    if found is None and not rest:
        found = _only(quantities, "")
    is_bound = _RANGE.search(said) or _BOUND.search(said)
    if found is None or is_bound or not is_figure(said, found):
        return unreadable("mileage", "a mileage")
    if said.startswith("-"):
        return impossible("mileage", "A mileage is not negative.")
    converted = found.measured_in("miles")
    miles = _miles(rounded(found.value if converted is None else converted))
    if miles.code or not found.unit or found.unit.name != "km":
        return miles
    message = f"Kilometres are shown as {miles.value:,} miles."
    return Read(miles.value, "kilometres_converted", message)


def _only(quantities: Sequence[Measurement], unit: str) -> Measurement | None:
    """Return the number with a unit, where there is but one."""
    found = [each for each in quantities if (each.unit.name if each.unit else "") == unit]
    return found[0] if len(found) == 1 else None


def _miles(miles: int) -> Read:
    if miles > MILEAGE_MAX:
        return impossible("mileage", f"No car has done more than {MILEAGE_MAX:,} miles.")
    if miles == MILEAGE_MAX:
        return odd(UNSAID, "mileage", f"{miles:,} miles are a placeholder.")
    if miles >= _ODD_MILEAGE:
        return odd(miles, "mileage", f"{miles:,} miles are very many: is it a placeholder?")
    return Read(miles)


@lru_cache(maxsize=4_096)
def read_engine(text: str) -> Read:
    """Return cubic centimetres of "2148CC", "1.0T", "2.0 TDI", "1,6 l" or "1998"."""
    said = value_text(text)
    if says_nothing(said):
        return BLANK
    parsed = read(said)
    capacity = measured(said, "cc")
    number = capacity if capacity is not None else parsed.engine_cc or parsed.engine_litres
    if number is None or _INEXACT.fullmatch(said):
        return BLANK if "electric" in said else unreadable("engine", "the size of an engine")
    cc = rounded(Decimal(number) * (1_000 if number < _LITRES_MAX else 1))
    if cc == 0:
        return BLANK
    return Read(cc) if _CC[0] <= cc <= _CC[1] else unreadable("engine", "the size of an engine")


def _cached(cell: NumberCell) -> Callable[[str], Read]:
    return lru_cache(maxsize=4_096)(cell.read)


read_power = _cached(NumberCell("bhp", 5, 3_000, "power", "a power"))
_DOORS = NumberCell("doors", 2, 7, "doors", "a number of doors")
read_seats = _cached(NumberCell("seats", 1, 60, "seats", "a number of seats"))
read_co2 = _cached(NumberCell("g_per_km", 7, 999, "co2", "an emission in g/km", has_nought=True))
read_electric_range = _cached(NumberCell("miles", 1, 999, "range", "a range in miles"))
_MPG = NumberCell("mpg", 1, 899, "mpg", "a consumption in miles per gallon", decimals=1)
read_battery = _cached(NumberCell("kwh", 0, 999, "battery", "a capacity in kWh", decimals=1))
_OWNERS = NumberCell("owners", 0, 99, "owners", "a number of owners", has_nought=True)


@lru_cache(maxsize=4_096)
def read_doors(text: str) -> Read:
    """Return a number of doors: in this column a "5D" is one."""
    said = value_text(text)
    return _DOORS.read(said[:1] if _DOORS_IN_SHORT.fullmatch(said) else said)


@lru_cache(maxsize=4_096)
def read_mpg(text: str) -> Read:
    """Return miles per gallon; of several, the combined ones."""
    said = value_text(text)
    combined = _COMBINED.search(said)
    return _MPG.read(combined[1] if combined else said)


@lru_cache(maxsize=1_024)
def read_owners(text: str) -> Read:
    if _NO_OWNERS.fullmatch(value_text(text)):
        return Read(0)
    owners = _OWNERS.read(text)
    if isinstance(owners.value, int) and owners.value > _ODD_OWNERS:
        return odd(owners.value, "owners", "These are very many owners.")
    return owners
