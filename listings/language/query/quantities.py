"""Numbers in a text: "under 40k", "2016 or newer", "between 5 and 10k", "7 seater".

A number says what it counts by its unit, a pound sign, a word before it ("mileage under ...") or
its comparison ("newer than"). Where it does not, its size decides:

- with one decimal, from 0.6 to 8.4: litres
- a year that cars are from: the year; but behind "under", "over" and the like, one before 2001 or
  divisible by 50 is a price
- from 1,000, with a "k", or from 100 behind a comparison: pounds, and by itself at most so many.
  If another amount is marked as the price and none as the mileage, it is the mileage
- below 100 behind a comparison that is said of prices, with no word behind it that it may count:
  thousands of pounds
- anything else is not a quantity.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from listings.language.lexicon import table
from listings.language.query.amounts import Amount, read_amount, read_second
from listings.language.query.entity import Entity
from listings.language.query.measures import (
    AFTER_NUMBER,
    BEFORE_NUMBER,
    LEADS,
    UNITS,
    Comparison,
    NumberKind,
    Side,
)
from listings.language.query.phrases import UNASKED
from listings.language.query.ranges import Extent, field_and_ends, is_year, plate_years
from listings.language.query.tokens import number
from listings.language.tokens import Token, key_at

_LITRES_END = 10  # "boot over 500 litres"
_LITRES = (Decimal("0.6"), Decimal("8.4"))
_PRICE_MIN, _COMPARED_PRICE_MIN = 1_000, 100
_BARE_FLOOR_MIN = 10
_RANGE_MAX = 1_000
_THOUSAND = 1_000
_YEAR_NOT_PRICE, _ROUND = 2001, 50
_YEAR_FIRST = 1950
_CHARGE_MAX = 1_000
_YOUNG_DRIVERS = range(16, 20)
_PEOPLE = frozenset(table("counted")["people"]["buyer"])
_EITHER = frozenset(
    {NumberKind.YEAR, NumberKind.PLATE, NumberKind.LITRES, NumberKind.CC, NumberKind.OWNERS}
)
_SHARED = frozenset({NumberKind.SEATS, NumberKind.DOORS, NumberKind.OWNERS, NumberKind.PLATE})
_FEW, _FEW_MAX = frozenset({NumberKind.SEATS, NumberKind.DOORS}), 99
_LEADING = frozenset({NumberKind.ELECTRIC_RANGE, NumberKind.UNASKED, NumberKind.CHARGE})
_TOTALS = frozenset({"mileage", "milage"})
_OR = frozenset({"or", "/", "and", "&"})
_NOT_ONWARDS = frozenset({"a", "the", "finance", "hp", "pcp", "sale", "offer", "my"})


@dataclass(frozen=True)
class Quantity:
    """A number or two with their company."""

    first: Amount
    second: Amount | None
    kind: NumberKind | None
    comparison: Comparison | None
    end: int


def read_quantity(
    tokens: Sequence[Token], at: int, year: int, *, is_denied: bool = False
) -> Entity | None:
    """Return what the number here says, with the words round it; `year` is the current one.

    `is_denied`: only a comparison is looked for, and its opposite returned ("nothing over 8k").
    """
    measure = _measure(tokens, at)
    if measure and is_denied:
        measure = _denied(measure)
    if measure is None:
        return None
    kind = measure.kind or _by_size(measure, year) or _of_the_next(tokens, measure)
    comparison = measure.comparison
    if (
        kind is NumberKind.UNASKED
        or (kind is NumberKind.LITRES and measure.first.value >= _LITRES_END)
        or (kind is NumberKind.AGE and _is_of_a_person(tokens, at, measure))
    ):
        return Entity(first=at, last=measure.end, field=None, note=UNASKED)
    if kind is None:
        return _plate_of_year(tokens, at, measure, year)
    if not _is_said_of(measure, kind):
        return None
    second = measure.second.value if measure.second else None
    read = field_and_ends(kind, Extent(_scaled(measure), second, comparison), year)
    if read is None:
        return None
    return replace(
        _finding(*read),
        first=at,
        last=measure.end,
        is_alternative=kind in _EITHER and comparison is None,
        is_unmarked=kind in (NumberKind.PRICE, NumberKind.BARE) and measure.kind is None,
        is_bare=kind is NumberKind.BARE,
        is_floor=comparison is None or comparison.side is Side.LOW,
    )


def _is_of_a_person(tokens: Sequence[Token], at: int, measure: Quantity) -> bool:
    """Whether an age is not the car's: "for my 18 year old son", "car for 17 year old"."""
    is_young_driver = measure.first.value in _YOUNG_DRIVERS
    is_for = is_young_driver and key_at(tokens, at - 1) == "for"
    return is_for or key_at(tokens, measure.end) in _PEOPLE


def _plate_of_year(tokens: Sequence[Token], at: int, measure: Quantity, year: int) -> Entity | None:
    """The plate written behind its year says no more than that: "2018 (68)"."""
    before = number(tokens[at - 1]) if at else None
    years = plate_years(measure.first.value, year)
    if before is None or years is None or measure.comparison:
        return None
    same = int(before.value)
    if not years[0] <= same <= years[1]:
        return None
    return Entity(
        first=at, last=measure.end, field="year", low=same, high=same, is_alternative=True
    )


def _denied(measure: Quantity) -> Quantity | None:
    opposite = measure.comparison and measure.comparison.opposite()
    return replace(measure, comparison=opposite) if opposite else None


def _is_said_of(measure: Quantity, kind: NumberKind) -> bool:
    """Whether the words round a number are said of such a number; years need a comparison."""
    if measure.second:
        return True
    comparison = measure.comparison
    if comparison is None:
        return kind is not NumberKind.YEARS
    return not comparison.only or kind in comparison.only


def _measure(tokens: Sequence[Token], at: int) -> Quantity | None:
    lead, before, place = _words_before(tokens, at)
    first = read_amount(tokens, place)
    if first is None:
        return None
    second = read_second(tokens, first, is_between=place > 0 and tokens[place - 1].key == "between")
    last = second or first
    unit, end = _unit(tokens, last.end, last.value)
    after: Comparison | None = None
    if second is None:
        after, place = _after(tokens, end)
        if before is None or (after and after.side is before.side):  # "from 2018 onwards"
            end = place
        if unit is None:
            unit, end = _unit(tokens, end, last.value)
    if first.is_word and unit is None and last.kind is None and not last.is_thousands:
        return None
    kind = _kind(first, last.kind or unit, lead, unit)
    return Quantity(first, second, kind, None if second else before or after, end)


def _words_before(
    tokens: Sequence[Token], at: int
) -> tuple[NumberKind | None, Comparison | None, int]:
    """Return what the words before a number say that it counts and how it is compared."""
    lead, place = LEADS.find(tokens, at)
    before, place = BEFORE_NUMBER.find(tokens, place)
    if before and lead is None:
        lead, place = LEADS.find(tokens, place)
    is_joined = before is not None and key_at(tokens, place) == "-"  # "pre-2015"
    return lead, before, place + is_joined


def _kind(
    first: Amount, written: NumberKind | None, lead: NumberKind | None, unit: NumberKind | None
) -> NumberKind | None:
    if lead is NumberKind.ELECTRIC_RANGE and first.value >= _RANGE_MAX:
        lead = None  # "long range under 25,000"
    kind = lead if lead in _LEADING else written or first.kind or lead
    if kind is NumberKind.PRICE and unit and unit is not NumberKind.GRAND:
        kind = unit
    if kind is NumberKind.CHARGE:  # a large sum is the price of the car
        is_small = lead is kind or first.value < _CHARGE_MAX
        return NumberKind.UNASKED if is_small else NumberKind.PRICE
    return kind


def _unit(tokens: Sequence[Token], at: int, value: Decimal) -> tuple[NumberKind | None, int]:
    unit, end = UNITS.find(tokens, at)
    if unit in _FEW and value > _FEW_MAX:
        return None, at  # "2018 SEAT Leon"
    if unit is NumberKind.PRICE and UNITS.find(tokens, end)[0] is NumberKind.CHARGE:
        return UNITS.find(tokens, end)
    if end == at + 1 and tokens[at].key in _TOTALS and _is_compared(tokens, end):
        return None, at
    if unit is NumberKind.ELECTRIC_RANGE and key_at(tokens, end) == "rover":
        return UNITS.find(tokens[: end - 1], at)
    return unit, end


def _is_compared(tokens: Sequence[Token], at: int) -> bool:
    before, end = BEFORE_NUMBER.find(tokens, at)
    return before is not None and read_amount(tokens, end) is not None


def _of_the_next(tokens: Sequence[Token], measure: Quantity) -> NumberKind | None:
    """What a bare number counts by the number after it: "4 or 5 doors", "3/5dr"."""
    at = measure.end
    if measure.second or measure.comparison or key_at(tokens, at) not in _OR:
        return None
    following = _measure(tokens, at + 1)
    kind = following.kind if following and not following.second else None
    return kind if kind in _SHARED else None


def _after(tokens: Sequence[Token], at: int) -> tuple[Comparison | None, int]:
    """The comparison behind a number, unless it stands before another: "2015 max 10k"."""
    after, end = AFTER_NUMBER.find(tokens, at)
    before, before_end = BEFORE_NUMBER.find(tokens, at)
    if before and before_end >= end and read_amount(tokens, before_end):
        return None, at
    if after and after.only and not _is_open(tokens, at, end):
        return None, at
    return after, end


def _is_open(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether "on" behind a year means onwards: "2019 on", not "2019 on finance"."""
    before, unit = number(tokens[at - 1]), UNITS.meaning(tokens[at - 1].key)
    is_year = before is not None and before.value >= _YEAR_FIRST and not before.is_thousands
    is_said = is_year or unit in (NumberKind.PLATE, NumberKind.YEAR)
    return is_said and key_at(tokens, end) not in _NOT_ONWARDS


def _by_size(measure: Quantity, year: int) -> NumberKind | None:
    value = (measure.second or measure.first).value
    comparison = measure.comparison
    if _is_size(value) and not measure.first.is_thousands:
        return NumberKind.LITRES
    is_thousands = (measure.second or measure.first).is_thousands
    if is_thousands:
        return NumberKind.PRICE
    if is_year(value, year) and (measure.second is None or is_year(measure.first.value, year)):
        is_certain = comparison is None or comparison.is_time
        is_odd = value >= _YEAR_NOT_PRICE and value % _ROUND != 0
        return NumberKind.YEAR if is_certain or is_odd else NumberKind.PRICE
    if value >= _PRICE_MIN:
        return NumberKind.PRICE
    is_compared = comparison is not None and not comparison.is_age
    if is_compared and value >= _COMPARED_PRICE_MIN:
        return NumberKind.PRICE
    return NumberKind.BARE if _is_bare(measure) else None


def _is_bare(measure: Quantity) -> bool:
    """Whether a small number is compared as prices are: "under 15"."""
    comparison, value = measure.comparison, measure.first.value
    if comparison is None or comparison.is_time or value != int(value) or measure.first.is_word:
        return False
    least = 1 if comparison.side is Side.HIGH else _BARE_FLOOR_MIN
    return measure.kind is None and measure.second is None and least <= value < _COMPARED_PRICE_MIN


def _is_size(value: Decimal) -> bool:
    return value.as_tuple().exponent == -1 and _LITRES[0] <= value <= _LITRES[1]


def _scaled(measure: Quantity) -> Decimal:
    """The first number, in thousands where only the second one says so: "5-10k"."""
    first, second = measure.first, measure.second
    if second and second.is_thousands and not first.is_thousands and first.value < _THOUSAND:
        return first.value * _THOUSAND
    return first.value


def _finding(field: str, ends: tuple[int | None, int | None]) -> Entity:
    low, high = ends
    if field in ("seats", "doors") and low is not None and high is not None:
        return Entity(first=0, last=0, field=field, values=tuple(range(low, high + 1)))
    return Entity(first=0, last=0, field=field, low=low, high=high)
