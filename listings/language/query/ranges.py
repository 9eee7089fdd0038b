"""From a number and its comparison to the range of one field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from listings.language.quantities import units
from listings.language.query.measures import Comparison, NumberKind, Side
from listings.search.criteria import FIELDS
from listings.search.fields import Numbers, RangeField

_YEAR_FIRST = 1950
_ABOUT = Decimal("0.1")
# A car sold as 150 PS has 148 bhp, and adverts give either as bhp.
_SAME_POWER = Decimal("0.02")
# A size to one decimal stands for all that round to it; a 1.6 has 1560 to 1598 cc.
_SAME_SIZE = 50
_PLATES_TURN = 50
_SEATS_MAX = 17  # the largest minibus

Ends = tuple[int | None, int | None]


@dataclass(frozen=True)
class Extent:
    """A number, or two from low to high, and how it is compared."""

    first: Decimal
    second: Decimal | None = None
    comparison: Comparison | None = None

    @property
    def side(self) -> Side | None:
        return self.comparison.side if self.comparison else None

    @property
    def is_strict(self) -> bool:
        return self.comparison is not None and self.comparison.is_strict

    def ends(self, around: Decimal = Decimal(0)) -> Ends:
        """Return the range; `around` is what a number by itself may be off by."""
        if self.second is not None:
            low, high = sorted((self.first, self.second))
            return int(low), int(high)
        if self.side is Side.LOW:
            return int(self.first), None
        if self.side is Side.HIGH:
            return None, int(self.first)
        if self.side is Side.ABOUT:
            around = max(around, self.first * _ABOUT)
        return int(self.first - around), int(self.first + around)

    def whole(self) -> Ends:
        """Return the range of something counted in ones: under 3 is up to 2."""
        low, high = self.ends()
        if self.side is Side.ABOUT:
            return int(self.first) - 1, int(self.first) + 1
        if self.is_strict and self.second is None:
            low, high = (None if low is None else low + 1), (None if high is None else high - 1)
        return low, high


def field_and_ends(kind: NumberKind, extent: Extent, year: int) -> tuple[str, Ends] | None:
    """Return the field of a search and its range, or None for a number it cannot be."""
    field, read, unsaid, factor = _BY_KIND[kind]
    comparison = extent.comparison or (Comparison(unsaid) if unsaid else None)
    second = None if extent.second is None else extent.second * factor
    ends = read(Extent(extent.first * factor, second, comparison), year)
    definition = FIELDS[field]
    if ends is None:
        return None
    if isinstance(definition, Numbers):
        low = definition.low if ends[0] is None else ends[0]
        high = min(definition.high, _SEATS_MAX) if ends[1] is None else ends[1]
        return (field, (low, high)) if definition.low <= low <= high <= definition.high else None
    if isinstance(definition, RangeField):
        low, high = definition.low, definition.high
        ends = _clamped(ends[0], low, high), _clamped(ends[1], low, high)
    return field, ends


def is_year(value: Decimal, year: int) -> bool:
    return value == int(value) and _YEAR_FIRST <= value <= year + 1


def plate_years(number: Decimal, year: int) -> tuple[int, int] | None:
    """Return the years of a plate: 16 is from March 2016 on, 66 from September 2016 on.

    Source: DVLA INF104, "Vehicle registration numbers and number plates".
    """
    age = int(number)
    if number != age or not 1 <= age < 2 * _PLATES_TURN:
        return None
    start = 2000 + age % _PLATES_TURN if age != _PLATES_TURN else 2050
    if start > year + 1:
        return None
    return start, start + (age > _PLATES_TURN)


def _clamped(end: int | None, low: int, high: int) -> int | None:
    return None if end is None else max(low, min(end, high))


def _ends(extent: Extent, _: int) -> Ends:
    return extent.ends()


def _whole(extent: Extent, _: int) -> Ends:
    return extent.whole()


def _year(extent: Extent, year: int) -> Ends | None:
    return extent.whole() if is_year(extent.first, year) else None


def _age(extent: Extent, year: int) -> Ends | None:
    if extent.first > year - _YEAR_FIRST:
        return None
    comparison = extent.comparison
    if comparison and comparison.is_age:
        turned = Side.LOW if comparison.side is Side.HIGH else Side.HIGH
        comparison = Comparison(turned)
    youngest, oldest = Extent(extent.first, extent.second, comparison).ends()
    return (
        None if oldest is None else year - oldest,
        None if youngest is None else year - youngest,
    )


def _plate(extent: Extent, year: int) -> Ends | None:
    if is_year(extent.first, year):
        return extent.whole()
    first = plate_years(extent.first, year)
    last = first if extent.second is None else plate_years(extent.second, year)
    if first is None or last is None:
        return None
    if extent.second is not None:
        return min(first[0], last[0]), max(first[1], last[1])
    if extent.side is Side.LOW:
        return (first[1] if extent.is_strict else first[0], None)
    if extent.side is Side.HIGH:
        return (None, first[0] if extent.is_strict else first[1])
    return first


def _size(extent: Extent, _: int) -> Ends:
    low, high = extent.ends()
    if extent.is_strict:
        return low, high
    return None if low is None else low - _SAME_SIZE, None if high is None else high + 49


def _cc(extent: Extent, year: int) -> Ends:
    return extent.ends() if extent.first % 100 else _size(extent, year)


def _power(extent: Extent, _: int) -> Ends:
    return extent.ends(around=extent.first * _SAME_POWER)


class _Asked(NamedTuple):
    """What a number asks for: the field, its ends, how it is compared if nothing says so, and how
    many of the field's ones it counts.
    """

    field: str
    ends: Callable[[Extent, int], Ends | None] = _ends
    unsaid: Side | None = None
    factor: Decimal = Decimal(1)


_THOUSANDS = _Asked("price", unsaid=Side.HIGH, factor=Decimal(1_000))
_BY_KIND: Mapping[NumberKind, _Asked] = {
    NumberKind.PRICE: _Asked("price", unsaid=Side.HIGH),
    NumberKind.GRAND: _THOUSANDS,
    NumberKind.BARE: _THOUSANDS,
    NumberKind.MILEAGE: _Asked("mileage", unsaid=Side.HIGH),
    NumberKind.ELECTRIC_RANGE: _Asked("electric_range_miles", unsaid=Side.LOW),
    NumberKind.OWNERS: _Asked("owners", _whole, Side.HIGH),
    NumberKind.SEATS: _Asked("seats", _whole),
    NumberKind.DOORS: _Asked("doors", _whole),
    NumberKind.YEAR: _Asked("year", _year),
    NumberKind.AGE: _Asked("year", _age),
    NumberKind.YEARS: _Asked("year", _age),
    NumberKind.PLATE: _Asked("year", _plate),
    NumberKind.LITRES: _Asked("engine_cc", _size, factor=units()["litres"].factor),
    NumberKind.CC: _Asked("engine_cc", _cc),
    **{
        kind: _Asked("power_bhp", _power, factor=units()[kind.value].factor)
        for kind in (NumberKind.BHP, NumberKind.PS, NumberKind.KW)
    },
}
