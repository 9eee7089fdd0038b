"""Numbers and what they count: "12,995", "41 000 miles", "150PS", "4.1e4", "two owners", "5+2".

The units are data (`lexicon/units.toml`): each is so many of its dimension's first one.
"""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from listings.language.lexicon import Speaker, table
from listings.language.matcher import Phrases
from listings.language.number_words import number_in_words
from listings.language.once import once
from listings.language.tokens import Token, key_at, tokens

_DOTTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_SIMPLE = re.compile(
    r"(\u00a3?)(\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?:\.\d{1,2})?)(?:( ?)([a-z]+))?", re.ASCII
)
_THREE_DIGITS = re.compile(r"\d{3}(?!\d)")
_LEADING_DIGITS_MAX = 3
_GROUPS_MAX = 3
_UNIT_TOKENS_MAX = 5
_MARKS = frozenset("()[],;:/.-~*\"'")


class MeasureUnit(NamedTuple):
    """One of it is `factor` of its dimension's measure, or `inverse` divided by it."""

    name: str
    dimension: str
    factor: Decimal
    inverse: Decimal | None
    in_thousands: bool = False

    def to_measure(self, value: Decimal) -> Decimal:
        return value * self.factor if self.inverse is None else self.inverse / value


class Measurement(NamedTuple):
    """A number and its unit, None where it says none.

    It takes the tokens from `first` up to `last` and the text from `start` up to `end`. `digits` is
    the number as it is written. `other` is what a number with a dot and three digits is as well:
    "12.995" is 12995, and 12.995 where the dot begins its decimals.
    """

    value: Decimal
    unit: MeasureUnit | None
    first: int
    last: int
    start: int
    end: int
    digits: str
    other: Decimal | None = None

    def measured_in(self, name: str) -> Decimal | None:
        """Return the value in a unit of the same dimension; None where it counts something else."""
        wanted = units()[name]
        if self.unit is None or self.unit.dimension != wanted.dimension:
            return None
        if self.unit is wanted:
            return self.value
        if not self.value:
            return None
        measure = self.unit.to_measure(self.value)
        return measure / wanted.factor if wanted.inverse is None else wanted.inverse / measure


class MeasuredText(NamedTuple):
    """The quantities of a text, and the words that are part of none."""

    quantities: tuple[Measurement, ...]
    rest: tuple[str, ...]


@once
def units() -> dict[str, MeasureUnit]:
    """Return the units by name."""
    return {
        name: MeasureUnit(
            name,
            row["dimension"],
            Decimal(row.get("factor", 1)),
            Decimal(row["inverse"]) if "inverse" in row else None,
            row.get("in_thousands", False),
        )
        for name, row in table("units").items()
    }


@once
def unit_phrases(speaker: Speaker) -> Phrases[MeasureUnit]:
    """Return how a speaker writes the units."""
    return Phrases(
        (phrase, units()[name])
        for name, row in table("units").items()
        for who in ("said", speaker.value)
        for phrase in row.get(who, ())
    )


def read_quantities(
    text: str | Sequence[Token], speaker: Speaker, beside: Collection[str] = ()
) -> MeasuredText:
    """Return every quantity of a text; `beside` are words that may stand among them."""
    if isinstance(text, str):
        simple = _simple(text, speaker)
        if simple is not None:
            return MeasuredText((simple,), ())
        found: Sequence[Token] = tokens(text)
    else:
        found = text
    quantities = []
    rest = []
    at = 0
    while at < len(found):
        quantity = quantity_at(found, at, speaker)
        if quantity is not None:
            quantities.append(quantity)
            at = quantity.last
            continue
        if found[at].key not in beside and found[at].key not in _MARKS:
            rest.append(found[at].key)
        at += 1
    return MeasuredText(tuple(quantities), tuple(rest))


def _simple(text: str, speaker: Speaker) -> Measurement | None:
    """Return the number of a text that is nothing else, as most cells are, without cutting it."""
    match = _SIMPLE.fullmatch(text)
    if match is None:
        return None
    sign, digits, space, written = match.groups()
    unit = unit_phrases(speaker).meaning(written) if written else None
    if written and (unit is None or sign):
        return None
    value = Decimal(digits.replace(",", ""))
    last = 1 + len(sign) + len(space or "")
    return Measurement(value, units()["pounds"] if sign else unit, 0, last, 0, len(text), digits)


def quantity_at(found: Sequence[Token], at: int, speaker: Speaker) -> Measurement | None:
    """Return the quantity that begins at a token; None where none does.

    Its unit stands behind it, or before it where it is one of money ("£12,995", "GBP 12,995").
    """
    before, place = unit_phrases(speaker).find(found, at)
    if before is None or "money" not in before.dimension:
        before, place = None, at
    if place >= len(found):
        return None
    number = _number(found, place, speaker)
    if number is None:
        return None
    value, after, last = number
    unit, last = _unit(found, after, last, speaker)
    if after and unit is None:
        return None  # "320d" is no number of anything
    unit = unit or before
    digits, other = _digits(found[place]), None
    if _DOTTED.fullmatch(digits):
        other = value / 1_000
        if unit and not unit.in_thousands:
            value, other = other, value
    start, end = found[at].start, found[last - 1].end
    return Measurement(value, unit, at, last, start, end, digits, other)


def _digits(token: Token) -> str:
    """Return a number as it is written, without what is written to it."""
    return token.key.removesuffix(token.unit)


def _number(
    found: Sequence[Token], at: int, speaker: Speaker
) -> tuple[Decimal, tuple[Token, ...], int] | None:
    """Return a number, what is written to it, and the place after it."""
    token = found[at]
    value, last = token.number, at + 1
    if value is None:
        value, last = number_in_words(found, at)
        return None if value is None else _multiplied(value, found, "", last, speaker)
    if _DOTTED.fullmatch(_digits(token)):
        value *= 1_000
    elif token.key.isdecimal() and len(token.key) <= _LEADING_DIGITS_MAX:
        value, last = _grouped(found, at)
    while len(token.key) == 1 and key_at(found, last) == "+":
        more = key_at(found, last + 1)
        if len(more) != 1 or not more.isdecimal():
            break
        value, last = value + int(more), last + 2
    return _multiplied(value, found, found[last - 1].unit, last, speaker)


def _grouped(found: Sequence[Token], at: int) -> tuple[Decimal, int]:
    """Join what a space groups: "41 000". The digits of a group are three, whatever is behind."""
    digits, last = found[at].key, at + 1
    while last < len(found) and last - at <= _GROUPS_MAX:
        group = found[last]
        is_group = group.start - found[last - 1].end == 1 and _THREE_DIGITS.match(group.key)
        if not is_group or found[last - 1].unit or group.unit == "e":
            break
        digits += group.key[:3]
        last += 1
    return Decimal(digits), last


def _multiplied(
    value: Decimal, found: Sequence[Token], written: str, last: int, speaker: Speaker
) -> tuple[Decimal, tuple[Token, ...], int]:
    """Return a number times the "k" that is written to it or stands behind it."""
    factors = table("numbers")["factors"]
    units_known = unit_phrases(speaker)
    if not written:
        factor = factors.get(key_at(found, last))
        return value * (factor or 1), (), last + bool(factor)
    if written in factors and units_known.meaning(written) is None:
        return value * factors[written], (), last
    if written[0] == "k" and units_known.meaning(written) is None:
        rest = written[1:]
        if units_known.meaning(rest) is not None:
            return value * 1_000, (Token(rest, rest, 0, 0),), last
    return value, (Token(written, written, 0, 0),), last


def _unit(
    found: Sequence[Token], written: tuple[Token, ...], last: int, speaker: Speaker
) -> tuple[MeasureUnit | None, int]:
    known = unit_phrases(speaker)
    ahead = [*written, *found[last : last + _UNIT_TOKENS_MAX]]
    unit, length = known.find(ahead, 0)
    return unit, last + max(0, length - len(written))
