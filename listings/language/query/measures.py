"""What numbers count: the units and comparisons that buyers write, out of the lexicon."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Any

from listings.language.lexicon import Speaker, table
from listings.language.matcher import Phrases


class NumberKind(StrEnum):
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
    CC = "cc"
    BHP = "bhp"
    PS = "ps"
    KW = "kw"
    ELECTRIC_RANGE = "electric_range"
    GRAND = "grand"
    BARE = "bare"
    CHARGE = "charge"
    UNASKED = "unasked"


class Side(StrEnum):
    LOW = "low"
    HIGH = "high"
    ABOUT = "about"


@dataclass(frozen=True)
class Comparison:
    """Which end of a range a number is, as a row of `comparison.toml` has it.

    `is_strict`: the number itself is left out, which is heeded where ones are counted. `is_time`:
    said of years. `is_age`: "newer" and "older", which turn round where the number is an age.
    `only`: the kinds of number it is said of, all where empty.
    """

    side: Side
    is_strict: bool = False
    is_time: bool = False
    is_age: bool = False
    only: Collection[str] = ()

    def opposite(self) -> "Comparison | None":
        """Return what is left where this is denied; None where that is two ranges."""
        if self.side is Side.ABOUT or self.only:
            return None
        side = Side.HIGH if self.side is Side.LOW else Side.LOW
        return replace(self, side=side, is_strict=not self.is_strict)


# The kinds that are called otherwise than their unit; of other units no filter asks.
_UNIT_KINDS = {"pounds": NumberKind.PRICE, "miles": NumberKind.MILEAGE} | {
    kind.value: kind for kind in NumberKind
}
_MONEY_SIGNS = frozenset("£€$%")


def _comparisons(place: str) -> Phrases[Comparison]:
    return Phrases(
        (phrase, _comparison(**row))
        for row in table("comparison")[place]
        for phrase in row["buyer"]
    )


def _comparison(*, side: str, buyer: Collection[str], **more: Any) -> Comparison:
    return Comparison(Side(side), **more)


def _units() -> Iterator[tuple[str, NumberKind]]:
    for name, row in table("units").items():
        if row["dimension"] != "time":
            kind = _UNIT_KINDS.get(name, NumberKind.UNASKED)
            written = [*row["said"], *row.get(Speaker.BUYER.value, ())]
            yield from ((phrase, kind) for phrase in written if phrase not in _MONEY_SIGNS)
    yield from _counted("unit")


def _counted(place: str) -> Iterator[tuple[str, NumberKind]]:
    for kind in NumberKind:
        for phrase in table("counted").get(kind.value, {}).get(place, ()):
            yield phrase, kind
    if place == "lead":
        mot = table("counted")["mot"]
        for until, month in product(mot["until"], ("", *mot["months"])):
            yield " ".join(f"mot {until} {month}".split()), NumberKind.UNASKED


BEFORE_NUMBER = _comparisons("before")
AFTER_NUMBER = _comparisons("behind")
UNITS = Phrases(_units())
# What may stand before the comparison and say what the number counts: "mileage under 60k".
LEADS = Phrases(_counted("lead"))
NUMBER_WORDS = table("numbers")["words"]
WRITTEN_UNITS = frozenset(word for word in UNITS.words if UNITS.meaning(word))
LITRES = frozenset(word for word in WRITTEN_UNITS if UNITS.meaning(word) is NumberKind.LITRES)
WORDS = (
    frozenset(NUMBER_WORDS) | BEFORE_NUMBER.words | AFTER_NUMBER.words | UNITS.words | LEADS.words
)
