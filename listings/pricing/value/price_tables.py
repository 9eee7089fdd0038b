"""Tables of asking prices, read from CSV and written to the database: all of one or nothing."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TypeAlias

from django.db import transaction
from django.db.models import TextChoices

from listings.choices import BodyType, Drivetrain, Fuel, Transmission, WriteOff
from listings.models import AskingPrice, AskingPriceTable
from listings.models.rules import MILEAGE_MAX, PRICE_MAX, YEAR_MIN, latest_year
from listings.pricing.value.car_csv import BadCarTable, CarLine, CarLines, Row, day_of, number_of
from marketplace.errors import Invalid

NameFinder: TypeAlias = Callable[[str, str], tuple[int, int] | None]

BATCH = 2_000
REFUSED_MAX = 100  # lines that are told
DERIVATIVE_LENGTH = 200
REQUIRED = ("make", "model", "year", "price", "mileage")
_ALIASES = {"fuel": "fuelType", "litres": "engineSize"}
"""What such tables call a column, where that is not our name."""

_CHOICES: Mapping[str, type[TextChoices]] = {
    "fuel": Fuel,
    "transmission": Transmission,
    "body_type": BodyType,
    "drivetrain": Drivetrain,
    "write_off": WriteOff,
}
_ALSO = {"semi-auto": Transmission.AUTOMATIC}
_NUMBERS: Mapping[str, tuple[float, float]] = {
    "tax": (0, 10_000),
    "mpg": (0, 1_000),
    "doors": (1, 9),
    "engine_cc": (0, 20_000),
    "litres": (0, 20),
    "power_bhp": (0, 3_000),
    "owners": (0, 100),
}


@dataclass(frozen=True)
class PriceTable:
    """What a table is called, when its prices were asked, and the make of all its rows, if one.

    With `skips_bad_lines` the other lines are loaded where some cannot be read.
    """

    name: str
    dated_on: date
    make: str = ""
    skips_bad_lines: bool = False


@dataclass(frozen=True)
class LoadedTable:
    """How many rows were loaded, names that the catalogue lacks, and lines that were skipped."""

    rows: int
    unknown: Mapping[str, int]
    skipped: Mapping[str, list[str]]


@transaction.atomic
def load_prices(lines: Iterable[str], table: PriceTable, find: NameFinder) -> LoadedTable:
    """Put a table in the place of the one of its name; `find` looks a make and a model up.

    Raises `Invalid`, with bad lines named in `fields`, and then writes nothing.
    """
    row, _ = AskingPriceTable.objects.update_or_create(
        name=table.name, defaults={"dated_on": table.dated_on}
    )
    AskingPriceTable.objects.select_for_update().get(pk=row.pk)
    AskingPrice.objects.filter(table=row).delete()
    reading = _TableReading(table, find)
    prices, count = reading.prices(lines, row), 0
    while batch := list(islice(prices, BATCH)):
        count += len(AskingPrice.objects.bulk_create(batch))
    if reading.refused and not table.skips_bad_lines:
        message = f"{reading.refused_count:,} lines cannot be read; nothing was loaded."
        raise Invalid(message, fields=reading.refused)
    if not count:
        raise Invalid("The table has no rows of a make and model that the catalogue knows.")
    row.rows, row.left_out = count, reading.unknown.total()
    row.save(update_fields=["rows", "left_out"])
    return LoadedTable(count, reading.unknown, reading.refused)


@dataclass
class _TableReading:
    """One pass over a table, and what went wrong on the way."""

    table: PriceTable
    find: NameFinder
    unknown: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[str]] = field(default_factory=dict)
    refused_count: int = 0

    def prices(self, text: Iterable[str], row: AskingPriceTable) -> Iterator[AskingPrice]:
        needed = [name for name in REQUIRED if not (name == "make" and self.table.make)]
        try:
            for line in CarLines.read(text, needed):
                if price := self._line(line):
                    price.table, price.line = row, line.number
                    yield price
        except BadCarTable as error:
            raise Invalid(f"The table cannot be read; {error}.") from None

    def _line(self, line: CarLine) -> AskingPrice | None:
        try:
            if line.fault:
                raise ValueError(f"{line.fault}.")
            return self._price(_named(line.cells))
        except ValueError as error:
            self._refuse(line.number, str(error))
            return None

    def _price(self, cells: Mapping[str, str]) -> AskingPrice | None:
        make, model = self.table.make or cells["make"], cells["model"]
        found = self.find(make[:80], model[:80])
        latest = latest_year(self.table.dated_on)
        columns = {
            "year": _whole("year", cells["year"], YEAR_MIN, latest),
            "mileage": _whole("mileage", cells["mileage"], 0, MILEAGE_MAX),
            "price": _whole("price", cells["price"], 1, PRICE_MAX),
            "listed_on": _day(cells.get("listed_on", "")),
            **_choices(cells),
            **_measures(cells),
        }
        if found is None:
            self.unknown[f"{make} {model}"[:80]] += 1
            return None
        derivative = cells.get("derivative", "")[:DERIVATIVE_LENGTH]
        return AskingPrice(model_id=found[1], derivative=derivative, **columns)

    def _refuse(self, line: int, why: str) -> None:
        self.refused_count += 1
        if len(self.refused) < REFUSED_MAX:
            self.refused[f"line {line}"] = [why]


def _named(cells: Row) -> dict[str, str]:
    """Return cells by our names, stripped."""
    named = {name: cell.strip() for name, cell in cells.items()}
    also = {name: named[alias] for name, alias in _ALIASES.items() if named.get(alias)}
    return {**named, **also}


def _choices(cells: Mapping[str, str]) -> dict[str, str | None]:
    """Return choices by value or label; what is neither, such as "Other", is not known."""
    found: dict[str, str | None] = {}
    for name, choices in _CHOICES.items():
        text = cells.get(name, "").casefold()
        known = {str(each.label).casefold(): each.value for each in choices} | {
            each.value: each.value for each in choices
        }
        also = _ALSO.get(text) if choices is Transmission else None
        found[name] = known.get(text, also)
    return found


def _measures(cells: Mapping[str, str]) -> dict[str, float | None]:
    """Return numbers that may be left out; 0 stands for that in such tables."""
    found: dict[str, float | None] = {}
    for name, (low, high) in _NUMBERS.items():
        value = _number(name, cells[name], low, high) if cells.get(name) else 0
        found[name] = (value if name in ("mpg", "litres") else round(value)) or None
    litres = found.pop("litres")
    found["engine_cc"] = found["engine_cc"] or (round(litres * 1_000) if litres else None)
    return found


def _whole(name: str, text: str, low: int, high: int) -> int:
    return round(_number(name, text, low, high))


def _number(name: str, text: str, low: float, high: float) -> float:
    try:
        value = number_of(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:  # so that NaN is refused too
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, not {text[:20]!r}.")
    return value


def _day(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        raise ValueError(
            f"listed_on must be a day such as 2026-03-31, not {text[:20]!r}."
        ) from None
