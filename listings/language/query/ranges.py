"""From a number and its comparison to the range of one field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from listings.language.quantities import units
from listings.language.query.measures import Comparison, NumberKind, Side
from listings.search.criteria import FIELDS
from listings.search.fields import Numbers
from listings.search.fields import RangeField as SpanField

_YEAR_FIRST = 1950
_ABOUT = Decimal("0.1")
_POWERS = (NumberKind.BHP, NumberKind.PS, NumberKind.KW)
# A car sold as 150 PS has 148 bhp, and adverts give either as bhp.
_SAME_POWER = Decimal("0.02")
# A size to one decimal stands for all that round to it; a 1.6 has 1560 to 1598 cc.
_SAME_SIZE = 50
_PLATES_TURN = 50
_SEATS_MAX = 17  # the largest minibus
_COUNTED = {NumberKind.SEATS: (1, _SEATS_MAX), NumberKind.DOORS: (1, 9)}


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

    def by_default(self, side: Side) -> "Extent":
        """Return the same, compared so where nothing is said."""
        comparison = self.comparison or Comparison(side)
        return Extent(self.first, self.second, comparison)

    def times(self, factor: Decimal) -> "Extent":
        second = None if self.second is None else self.second * factor
        return Extent(self.first * factor, second, self.comparison)

    def ends(self, around: Decimal = Decimal(0)) -> tuple[int | None, int | None]:
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

    def whole(self) -> tuple[int | None, int | None]:
        """Return the range of something counted in ones: under 3 is up to 2."""
        low, high = Extent(self.first, self.second, self.comparison).ends()
        if self.side is Side.ABOUT:
            return int(self.first) - 1, int(self.first) + 1
        if self.is_strict and self.second is None:
            low, high = (None if low is None else low + 1), (None if high is None else high - 1)
        return low, high


Ends = tuple[int | None, int | None]


def field_and_ends(kind: NumberKind, extent: Extent, year: int) -> tuple[str, Ends] | None:
    """Return the field of a search and its range, or None for a number it cannot be."""
    if kind in _COUNTED:
        return _counted(kind, extent)
    name, ends = _BY_KIND[kind](extent, year)
    if ends is None:
        return None
    definition = FIELDS[name]
    if isinstance(definition, SpanField):
        low, high = (None if end is None else _within(end, definition) for end in ends)
        ends = low, high
    return name, ends


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


def _within(end: int, definition: SpanField) -> int:
    return max(definition.low, min(end, definition.high))


def _counted(kind: NumberKind, extent: Extent) -> tuple[str, Ends] | None:
    low_end, high_end = _COUNTED[kind]
    low, high = extent.whole()
    definition = FIELDS[kind.value]
    low, high = low_end if low is None else low, high_end if high is None else high
    if not isinstance(definition, Numbers) or low > high or high > definition.high or low < 1:
        return None
    return kind.value, (low, high)


def _price(extent: Extent, _: int) -> tuple[str, Ends]:
    return "price", extent.by_default(Side.HIGH).ends()


def _grand(extent: Extent, year: int) -> tuple[str, Ends]:
    return _price(extent.times(Decimal(1_000)), year)


def _mileage(extent: Extent, _: int) -> tuple[str, Ends]:
    return "mileage", extent.by_default(Side.HIGH).ends()


def _electric_range(extent: Extent, _: int) -> tuple[str, Ends]:
    return "electric_range_miles", extent.by_default(Side.LOW).ends()


def _owners(extent: Extent, _: int) -> tuple[str, Ends]:
    return "owners", extent.by_default(Side.HIGH).whole()


def _year(extent: Extent, year: int) -> tuple[str, Ends | None]:
    return "year", extent.whole() if is_year(extent.first, year) else None


def _age(extent: Extent, year: int) -> tuple[str, Ends | None]:
    if extent.first > year - _YEAR_FIRST:
        return "year", None
    turned = Extent(extent.first, extent.second, _turned(extent.comparison))
    youngest, oldest = turned.ends()
    return "year", (_ago(oldest, year), _ago(youngest, year))


def _ago(age: int | None, year: int) -> int | None:
    return None if age is None else year - age


def _turned(comparison: Comparison | None) -> Comparison | None:
    if comparison is None or not comparison.is_age:
        return comparison
    return Comparison(Side.LOW if comparison.side is Side.HIGH else Side.HIGH)


def _plate(extent: Extent, year: int) -> tuple[str, Ends | None]:
    if is_year(extent.first, year):
        return _year(extent, year)
    first = plate_years(extent.first, year)
    last = first if extent.second is None else plate_years(extent.second, year)
    if first is None or last is None:
        return "year", None
    if extent.second is not None:
        return "year", (min(first[0], last[0]), max(first[1], last[1]))
    if extent.side is Side.LOW:
        return "year", (first[1] if extent.is_strict else first[0], None)
    if extent.side is Side.HIGH:
        return "year", (None, first[0] if extent.is_strict else first[1])
    return "year", first


def _litres(extent: Extent, _: int) -> tuple[str, Ends]:
    return "engine_cc", _size(extent.times(Decimal(1_000)))


def _cc(extent: Extent, _: int) -> tuple[str, Ends]:
    return "engine_cc", _size(extent) if extent.first % 100 == 0 else extent.ends()


def _size(extent: Extent) -> Ends:
    low, high = extent.ends()
    if extent.is_strict:
        return low, high
    return None if low is None else low - _SAME_SIZE, None if high is None else high + 49


def _power(kind: NumberKind) -> Callable[[Extent, int], tuple[str, Ends | None]]:
    def read(extent: Extent, _: int) -> tuple[str, Ends | None]:
        bhp = extent.times(units()[kind.value].factor)
        return "power_bhp", bhp.ends(around=bhp.first * _SAME_POWER)

    return read


_BY_KIND: Mapping[NumberKind, Callable[[Extent, int], tuple[str, Ends | None]]] = {
    NumberKind.PRICE: _price,
    NumberKind.GRAND: _grand,
    NumberKind.BARE: _grand,
    NumberKind.MILEAGE: _mileage,
    NumberKind.ELECTRIC_RANGE: _electric_range,
    NumberKind.OWNERS: _owners,
    NumberKind.YEAR: _year,
    NumberKind.AGE: _age,
    NumberKind.YEARS: _age,
    NumberKind.PLATE: _plate,
    NumberKind.LITRES: _litres,
    NumberKind.CC: _cc,
    **{kind: _power(kind) for kind in _POWERS},
}
