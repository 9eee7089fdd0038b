"""What numbers count: the units and comparisons buyers write, and how a range follows from them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import TypeVar

from listings.language.query.table import PhraseTable

Words = tuple[str, ...]
PhraseMeaning = TypeVar("PhraseMeaning")


class NumberKind(Enum):
    PRICE = "price"
    MILEAGE = "mileage"
    YEAR = "year"
    PLATE = "plate"
    AGE = "age"
    YEARS = "years"
    SEATS = "seats"
    DOORS = "doors"
    OWNERS = "owners"
    LITRES = "litres"
    CC = "engine_cc"
    BHP = "power_bhp"
    PS = "ps"
    KW = "kw"
    ELECTRIC_RANGE = "electric_range_miles"
    GRAND = "grand"
    CHARGE = "charge"
    UNASKED = "unasked"


class Side(Enum):
    LOW = auto()
    HIGH = auto()
    ABOUT = auto()


@dataclass(frozen=True)
class Comparison:
    """Which end of a range a number is.

    `is_strict`: the number itself is left out, which is heeded where ones are counted. `is_time`:
    said of years. `is_age`: "newer" and "older", which turn round where the number is an age.
    `only`: the
    kinds of number it is said of, all where empty.
    """

    side: Side
    is_strict: bool = False
    is_time: bool = False
    is_age: bool = False
    only: frozenset[NumberKind] = frozenset()

    def opposite(self) -> "Comparison | None":
        """Return what is left where this is denied; None where that is two ranges."""
        if self.side is Side.ABOUT or self.only:
            return None
        side = Side.HIGH if self.side is Side.LOW else Side.LOW
        return replace(self, side=side, is_strict=not self.is_strict)


def _phrases(text: str) -> list[Words]:
    return [tuple(phrase.split()) for phrase in text.split(",")]


def _table(rows: list[tuple[PhraseMeaning, str]]) -> PhraseTable[PhraseMeaning]:
    return PhraseTable({words: meaning for meaning, text in rows for words in _phrases(text)})


BEFORE_NUMBER = _table(
    [
        (
            Comparison(Side.HIGH, is_strict=True),
            """
                under, below, beneath, less than, smaller than, fewer than, lower than, cheaper
                than, sub, <, anything under
            """,
        ),
        (
            Comparison(Side.HIGH),
            """
                up to, upto, max, maximum, max is, maximum is, max price, max price is, top price,
                maximum of, max of, no more than, not more than, at most, not over, no over, < =,
                not exceeding
            """,
        ),
        (
            Comparison(Side.HIGH, only=frozenset({NumberKind.PRICE, NumberKind.GRAND})),
            """
                to, budget, budget of, limit, limit is, max budget, max budget is, spend, for,
                within, for under, for less than, for up to
            """,
        ),
        (
            Comparison(Side.LOW, is_strict=True),
            """
                over, above, more than, greater than, higher than, bigger than, larger than, >, in
                excess of
            """,
        ),
        (
            Comparison(Side.LOW),
            """
                min, minimum, minimum of, min of, at least, > =, upwards of, no less than, not
                less than, not under
            """,
        ),
        (Comparison(Side.ABOUT), "around, about, approx, approximately, circa, roughly, ~"),
        (
            Comparison(Side.LOW, is_strict=True, is_age=True, is_time=True),
            "newer than, younger than",
        ),
        (Comparison(Side.LOW, is_strict=True, is_time=True), "after, post"),
        (
            Comparison(Side.LOW, is_age=True, only=frozenset({NumberKind.AGE, NumberKind.YEARS})),
            "last, past, in last, in the last, within last, within the last, from the last",
        ),
        (Comparison(Side.LOW, is_time=True), "since, from, starting from, starting at, between"),
        (
            Comparison(Side.LOW, is_age=True, is_time=True),
            "no older than, not older than",
        ),
        (Comparison(Side.HIGH, is_strict=True, is_age=True, is_time=True), "older than"),
        (Comparison(Side.HIGH, is_strict=True, is_time=True), "before, pre"),
        (
            Comparison(Side.HIGH, is_age=True, is_time=True),
            "no newer than, not newer than, until, till",
        ),
    ]
)
AFTER_NUMBER = _table(
    [
        (
            Comparison(Side.HIGH),
            """
                max, maximum, or less, or under, or below, or cheaper, and under, and below,
                tops, limit, budget, or fewer, at most
            """,
        ),
        (
            Comparison(Side.LOW),
            """
                min, minimum, or more, or over, or above, and above, and over, and more, or
                higher, or better, at least
            """,
        ),
        (Comparison(Side.LOW, is_time=True), "+, plus, and up, upwards"),
        (
            Comparison(Side.LOW, is_time=True, is_age=True),
            """
                or newer, or later, onwards, onward, and newer, and later, or younger, or after,
                newer, to present, to now, to date, till now
            """,
        ),
        (
            Comparison(Side.HIGH, is_time=True, is_age=True),
            "or older, or earlier, and older, or before, and earlier",
        ),
        (
            Comparison(
                Side.LOW,
                is_time=True,
                is_age=True,
                only=frozenset({NumberKind.YEAR, NumberKind.PLATE}),
            ),
            "on",
        ),
        (Comparison(Side.ABOUT), "ish, or so"),
    ]
)
# What a sum is for that is not the price of the car.
_CHARGES = """
    tax, road tax, a month, per month, pm, pcm, p m, monthly, deposit, a year, per year, a week,
    year tax, a year tax, a year road tax, per year tax, a month finance, vat, admin fee
"""
# What no filter knows: economy, wheels, acceleration, tests, guarantees, weights.
_UNASKED_UNITS = """
    mpg, miles per gallon, inch, inches, nm, seconds, secs, kwh, months, month, weeks, keys, key,
    tonne, tonnes, kg, year warranty, years warranty, month warranty, months warranty,
    months mot, month mot, year mot, years mot, months finance, gears, gear, speed, star,
    cylinder, cylinders
"""
UNITS = _table(
    [
        (NumberKind.PRICE, "pounds, quid, gbp"),
        (NumberKind.GRAND, "grand, thousand pounds, thousand quid"),
        (
            NumberKind.MILEAGE,
            "miles, mile, mi, mls, miles on the clock, miles or so, mileage, milage, on the clock",
        ),
        (
            NumberKind.ELECTRIC_RANGE,
            """
                mile range, miles range, mi range, miles of range, miles electric range, mile
                electric range, miles of electric range, range
            """,
        ),
        (NumberKind.YEAR, "year, model year"),
        (NumberKind.PLATE, "plate, reg, registration, plates, registered"),
        (NumberKind.AGE, "years old, year old, yrs old, yr old, years of age, yo"),
        (NumberKind.YEARS, "years, yrs"),
        (NumberKind.SEATS, "seater, seaters, seats, seat, str, seated"),
        (NumberKind.DOORS, "door, doors, dr, drs"),
        (
            NumberKind.OWNERS,
            """
                owner, owners, keeper, keepers, previous owner, previous owners, former keepers,
                former keeper, former owners, owner from new, previous keepers, lady owner,
                careful owner
            """,
        ),
        (NumberKind.LITRES, "l, litre, litres, liter, liters, ltr, lt, litre engine, liter engine"),
        (NumberKind.CC, "cc"),
        (NumberKind.BHP, "bhp, hp, horsepower, horse power, brake horsepower"),
        (NumberKind.PS, "ps"),
        (NumberKind.KW, "kw"),
        (NumberKind.CHARGE, _CHARGES),
        (NumberKind.UNASKED, _UNASKED_UNITS),
    ]
)
# What may stand before the comparison and say what the number counts: "mileage under 60k".
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
)
_MOT_LEADS = ", ".join(
    f"mot {until} {month}"
    for until in ("", "until", "till", "to", "til", "expires")
    for month in ("", *_MONTHS.split())
)
LEADS = _table(
    [
        (
            NumberKind.PRICE,
            """
                price, priced, budget, cost, costing, price of, priced at, price range, my
                budget, budget is
            """,
        ),
        (NumberKind.MILEAGE, "mileage, milage, miles, mileage of, odometer"),
        (NumberKind.YEAR, "year, years, registered, reg, built, made, year of"),
        (NumberKind.ELECTRIC_RANGE, "range, range of, electric range, electric range of"),
        (NumberKind.BHP, "power, bhp"),
        (NumberKind.LITRES, "engine, engine size"),
        (NumberKind.SEATS, "seats"),
        (NumberKind.DOORS, "doors"),
        (NumberKind.OWNERS, "owners"),
        (
            NumberKind.UNASKED,
            """
                insurance group, insurance groups, mpg, 0 - 60, 0 60, 0 - 62
            """,
        ),
        (NumberKind.CHARGE, "tax, tax of, road tax, deposit, monthly, deposit of"),
        (NumberKind.UNASKED, _MOT_LEADS),
    ]
)
_ONE_TO_TWENTY = """
    one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen,
    fifteen, sixteen, seventeen, eighteen, nineteen, twenty
"""
_TENS = "ten, twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety, hundred"
NUMBER_WORDS = {
    **{word: Decimal(10 * number) for number, (word,) in enumerate(_phrases(_TENS), 1)},
    **{word: Decimal(number) for number, (word,) in enumerate(_phrases(_ONE_TO_TWENTY), 1)},
    "single": Decimal(1),
}
WRITTEN_UNITS = frozenset(word for word in UNITS.words if UNITS.single(word))
WORDS = (
    frozenset(NUMBER_WORDS) | BEFORE_NUMBER.words | AFTER_NUMBER.words | UNITS.words | LEADS.words
)
