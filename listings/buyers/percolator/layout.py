"""How the filters of the search lie in the columns that searches and adverts are compared by.

Everything is made from the search's table of fields, so that a new filter cannot be forgotten. A
filter of a few values is some bits of a word: a search keeps those that it *rejects*, an advert
has one bit for each field, and they agree where no bit meets another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from listings.search.criteria import FIELDS
from listings.search.fields import (
    AllOf,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    RangeField,
    Slugs,
)
from listings.search.memory.columns import CODES, MISSING, Column

WORD_BITS = 32
WIDE_BITS = 64
UNBOUNDED = 2**31 - 1
"""The bound of a search that has none; no advert's number reaches it."""
BEYOND = UNBOUNDED - 1
"""What an advert without a number has where it must be low: beyond whatever anybody asks for."""
KEYS = ("make", "model")
"""What searches are found by; they are no conditions."""
TEXT = "text"


class Test(Enum):
    """How a search's column is held against an advert's."""

    REJECTS = "no bit of the advert's is rejected"
    AT_MOST = "the advert's is at most this"
    AT_LEAST = "the advert's is at least this"
    HOLDS = "the advert's has all these bits"
    AMONG = "the advert meets the condition of this number"
    WITHIN = "the advert is at most so far from a place"


@dataclass(frozen=True)
class Condition:
    """A column of searches: `unasked` is what those have that do not ask."""

    name: str
    test: Test
    dtype: type[np.generic]
    unasked: int


@dataclass(frozen=True)
class BitField:
    """The bits of a field: those of its values from `first` on, and one of none of them.

    An advert's value, as the replica has it, is at its distance from `lowest`.
    """

    word: str
    first: int
    positions: Mapping[object, int]
    size: int
    lowest: int
    none: int

    @property
    def mask(self) -> int:
        return ((1 << self.size) - 1) << self.first

    def rejected(self, values: Iterable[object]) -> int:
        """Return the bits of all that is none of these values."""
        accepted = sum(1 << self.first + self.positions[value] for value in set(values))
        return self.mask & ~accepted


def _positions(name: str, field: FilterField) -> dict[object, int] | None:
    """Return the place of each value, by what searches call it; None for fields without bits."""
    if isinstance(field, AllOf):
        return None
    if isinstance(field, Choice):
        count = len(field.choices.values)
        return {
            value: count if code == MISSING else code - 1 for value, code in CODES[name].items()
        }
    if isinstance(field, Numbers):
        stated = {value: value - field.low for value in range(field.low, field.high + 1)}
        return stated | ({} if field.absent is None else {field.absent: len(stated)})
    if isinstance(field, Flag):
        return {False: 0, True: 1}
    return None


def _laid_out() -> dict[str, BitField]:
    """Put the fields into words of 32 bits one after another, and wider ones into their own."""
    found: dict[str, BitField] = {}
    word, used = -1, WORD_BITS
    for name, field in FIELDS.items():
        positions = _positions(name, field)
        if positions is None:
            continue
        lowest, none = _ends(field)
        size = max(*positions.values(), none) + 1
        if size > WORD_BITS:
            found[name] = BitField(f"wide {name}", 0, positions, size, lowest, none)
            continue
        if used + size > WORD_BITS:
            word, used = word + 1, 0
        found[name] = BitField(f"word {word}", used, positions, size, lowest, none)
        used += size
    return found


def _ends(field: FilterField) -> tuple[int, int]:
    """Return a field's lowest number in the replica, and the place of adverts that state none."""
    if isinstance(field, Choice):
        return 1, len(field.choices.values)
    if isinstance(field, Numbers):
        return field.low, field.high - field.low + 1
    return 0, 0  # a flag is never missing


BIT_FIELDS: Mapping[str, BitField] = _laid_out()
WORDS: Mapping[str, tuple[str, ...]] = {
    word: tuple(name for name, each in BIT_FIELDS.items() if each.word == word)
    for word in dict.fromkeys(each.word for each in BIT_FIELDS.values())
}
RANGES = tuple(name for name, field in FIELDS.items() if isinstance(field, RangeField))
SETS = tuple(
    name for name, field in FIELDS.items() if isinstance(field, Slugs) and name not in KEYS
)
ALL_OF = {name: field for name, field in FIELDS.items() if isinstance(field, AllOf)}
DAYS = tuple(name for name, field in FIELDS.items() if isinstance(field, Days))

_CONDITIONS = (
    *(Condition(f"{name}_max", Test.AT_MOST, np.int32, UNBOUNDED) for name in RANGES),
    *(Condition(f"{name}_min", Test.AT_LEAST, np.int32, -UNBOUNDED) for name in RANGES),
    *(
        Condition(word, Test.REJECTS, np.int64 if word.startswith("wide") else np.uint32, 0)
        for word in WORDS
    ),
    *(Condition(name, Test.AT_MOST, np.int32, UNBOUNDED) for name in DAYS),
    *(Condition(name, Test.HOLDS, np.int64, 0) for name in ALL_OF),
    *(Condition(name, Test.AMONG, np.int32, 0) for name in (*SETS, TEXT)),
    Condition("place", Test.WITHIN, np.int32, -1),
    Condition("metres", Test.WITHIN, np.int32, UNBOUNDED),
)
SORTED = "price_max"
"""The condition that the entries of a slice are in the order of."""
CONDITIONS: Mapping[str, Condition] = {each.name: each for each in _CONDITIONS}


def compared(test: Test, asked: Column, values: Column) -> npt.NDArray[np.bool_]:
    """Hold what is asked against adverts' values, as the tests of numbers and bits do."""
    if test is Test.AT_MOST:
        return asked >= values
    if test is Test.AT_LEAST:
        return asked <= values
    met: npt.NDArray[np.bool_] = (asked & values) == (0 if test is Test.REJECTS else asked)
    return met


def advert_bits(name: str, values: Column) -> Column:
    """Return the bit of each advert in a field's word, from the replica's column of it."""
    bits: Column = _BITS[name].take(values.astype(np.int64) - MISSING, mode="clip")
    return bits


def _bits_by_value(place: BitField) -> Column:
    """Return the bits of the values from `MISSING` on; the last is that of any value beyond."""
    bits = np.full(place.lowest + place.size + 2, 1 << place.first + place.none, dtype=np.int64)
    for position in set(place.positions.values()):
        bits[place.lowest + position - MISSING] = 1 << place.first + position
    return bits


_BITS = {name: _bits_by_value(place) for name, place in BIT_FIELDS.items()}
