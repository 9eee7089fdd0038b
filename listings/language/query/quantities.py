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

from listings.language.query.entity import Entity
from listings.language.query.measures import (
    AFTER_NUMBER,
    BEFORE_NUMBER,
    LEADS,
    NUMBER_WORDS,
    UNITS,
    Comparison,
    NumberKind,
    Side,
)
from listings.language.query.phrases import UNASKED
from listings.language.query.ranges import Extent, field_and_ends, is_year, plate_years
from listings.language.query.tokens import number
from listings.language.tokens import Token

_LITRES_END = 10  # "boot over 500 litres"
_LITRES = (Decimal("0.6"), Decimal("8.4"))
_PRICE_MIN, _COMPARED_PRICE_MIN = 1_000, 100
_BARE_FLOOR_MIN = 10
_RANGE_MAX = 1_000
_THOUSAND = 1_000
_YEAR_NOT_PRICE, _ROUND = 2001, 50
_YEAR_FIRST = 1950
_CHARGE_MAX = 1_000
_EITHER = frozenset(
    {NumberKind.YEAR, NumberKind.PLATE, NumberKind.LITRES, NumberKind.CC, NumberKind.OWNERS}
)
_SHARED = frozenset({NumberKind.SEATS, NumberKind.DOORS, NumberKind.OWNERS, NumberKind.PLATE})
_LEADING = frozenset({NumberKind.ELECTRIC_RANGE, NumberKind.UNASKED, NumberKind.CHARGE})
_TEN, _TENS_MIN = 10, 20
_THOUSANDS = frozenset({"k", "thousand", "thou", "grand"})
_TOTALS = frozenset({"mileage", "milage"})
_OR = frozenset({"or", "/", "and", "&"})
_NOT_ONWARDS = frozenset({"a", "the", "finance", "hp", "pcp", "sale", "offer", "my"})
_JOINTS = frozenset({"-", "to"})
_JOINTS_BETWEEN = _JOINTS | {"and", "&"}


@dataclass(frozen=True)
class Amount:
    """One number as it stands, and the place after it."""

    value: Decimal
    end: int
    kind: NumberKind | None = None
    is_thousands: bool = False
    is_word: bool = False


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
    if kind is NumberKind.UNASKED or (
        kind is NumberKind.LITRES and measure.first.value >= _LITRES_END
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
        is_unmarked=kind in (NumberKind.PRICE, NumberKind.GRAND) and measure.kind is None,
        is_bare=kind is NumberKind.GRAND and measure.kind is None,
        is_floor=comparison is None or comparison.side is Side.LOW,
    )


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
    lead, place = LEADS.find(tokens, at)
    before, place = BEFORE_NUMBER.find(tokens, place)
    if before and lead is None:
        lead, place = LEADS.find(tokens, place)
    first = _amount(tokens, place)
    if first is None:
        return None
    second = _second(tokens, first, is_between=place > 0 and tokens[place - 1].key == "between")
    last = second or first
    unit, end = _unit(tokens, last.end)
    after: Comparison | None = None
    if second is None:
        after, place = _after(tokens, end)
        if before is None or (after and after.side is before.side):  # "from 2018 onwards"
            end = place
        if unit is None:
            unit, end = _unit(tokens, end)
    written = last.kind or unit
    if first.is_word and written is None and not last.is_thousands:
        return None
    if lead is NumberKind.ELECTRIC_RANGE and first.value >= _RANGE_MAX:
        lead = None  # "long range under 25,000"
    kind = lead if lead in _LEADING else written or first.kind or lead
    if kind is NumberKind.PRICE and unit and unit is not NumberKind.GRAND:
        kind = unit
    measure = Quantity(first, second, kind, None if second else before or after, end)
    return _charge(measure) if kind is NumberKind.CHARGE else measure


def _amount(tokens: Sequence[Token], at: int) -> Amount | None:
    is_money = at < len(tokens) and tokens[at].key == "£"
    place = at + is_money
    if place >= len(tokens):
        return None
    token = tokens[place]
    written = number(token)
    value, end = (written.value, place + 1) if written else _said(tokens, place)
    if value is None:
        return None
    unit = written.unit if written else ""
    is_thousands = written is not None and written.is_thousands
    kind = UNITS.meaning(unit) or (NumberKind.PRICE if is_money else None)
    if not unit and end < len(tokens) and tokens[end].key in _THOUSANDS:
        kind = kind or (NumberKind.PRICE if tokens[end].key == "grand" else None)
        value, is_thousands, end = value * _THOUSAND, True, end + 1
    if unit in ("mile", "miles", "mi") and end < len(tokens) and tokens[end].key == "range":
        kind, end = NumberKind.ELECTRIC_RANGE, end + 1
    return Amount(value, end, kind, is_thousands, is_word=written is None)


def _said(tokens: Sequence[Token], at: int) -> tuple[Decimal | None, int]:
    """A number in words and the place after it: "five", "twenty five", "a" of "a grand"."""
    words = [token.key for token in tokens[at : at + 2]]
    if words[0] == "a" and words[-1] in _THOUSANDS:
        return Decimal(1), at + 1
    value = NUMBER_WORDS.get(words[0])
    if value and value % _TEN == 0 and value >= _TENS_MIN:
        ones = NUMBER_WORDS.get(words[-1], 0)
        if 0 < ones < _TEN:
            return Decimal(value + ones), at + 2
    return None if value is None else Decimal(value), at + 1


def _second(tokens: Sequence[Token], first: Amount, *, is_between: bool) -> Amount | None:
    joints = _JOINTS_BETWEEN if is_between else _JOINTS
    if first.end >= len(tokens) or tokens[first.end].key not in joints:
        return None
    second = _amount(tokens, first.end + 1)
    return second if second and second.value >= first.value else None


def _unit(tokens: Sequence[Token], at: int) -> tuple[NumberKind | None, int]:
    unit, end = UNITS.find(tokens, at)
    if unit is NumberKind.PRICE and UNITS.find(tokens, end)[0] is NumberKind.CHARGE:
        return UNITS.find(tokens, end)
    if end == at + 1 and tokens[at].key in _TOTALS and _is_compared(tokens, end):
        return None, at
    if unit is NumberKind.ELECTRIC_RANGE and end < len(tokens) and tokens[end].key == "rover":
        return UNITS.find(tokens[: end - 1], at)
    return unit, end


def _is_compared(tokens: Sequence[Token], at: int) -> bool:
    before, end = BEFORE_NUMBER.find(tokens, at)
    return before is not None and _amount(tokens, end) is not None


def _charge(measure: Quantity) -> Quantity | None:
    """A small sum for tax, a deposit or a month's finance; a large one is the price of the car."""
    is_small = measure.first.value < _CHARGE_MAX
    return replace(measure, kind=NumberKind.UNASKED if is_small else NumberKind.PRICE)


def _of_the_next(tokens: Sequence[Token], measure: Quantity) -> NumberKind | None:
    """What a bare number counts by the number after it: "4 or 5 doors", "3/5dr"."""
    at = measure.end
    if measure.second or measure.comparison or at >= len(tokens) or tokens[at].key not in _OR:
        return None
    following = _measure(tokens, at + 1)
    kind = following.kind if following and not following.second else None
    return kind if kind in _SHARED else None


def _after(tokens: Sequence[Token], at: int) -> tuple[Comparison | None, int]:
    """The comparison behind a number, unless it stands before another: "2015 max 10k"."""
    after, end = AFTER_NUMBER.find(tokens, at)
    before, before_end = BEFORE_NUMBER.find(tokens, at)
    if before and before_end >= end and _amount(tokens, before_end):
        return None, at
    if after and after.only and not _is_open(tokens, at, end):
        return None, at
    return after, end


def _is_open(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether "on" behind a year means onwards: "2019 on", not "2019 on finance"."""
    before, unit = number(tokens[at - 1]), UNITS.meaning(tokens[at - 1].key)
    is_year = before is not None and before.value >= _YEAR_FIRST and not before.is_thousands
    is_said = is_year or unit in (NumberKind.PLATE, NumberKind.YEAR)
    return is_said and (end >= len(tokens) or tokens[end].key not in _NOT_ONWARDS)


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
    return NumberKind.GRAND if _is_bare(measure) else None


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
