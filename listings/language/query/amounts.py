"""A number as it stands in a buyer's text: "£5,000", "12k", "twenty five grand", "5dr"."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from listings.language.lexicon import table
from listings.language.number_words import number_in_words
from listings.language.query.measures import UNITS, NumberKind
from listings.language.query.tokens import number
from listings.language.tokens import Token, key_at

_JOINTS = frozenset({"-", "to"})
_JOINTS_BETWEEN = _JOINTS | {"and", "&"}


@dataclass(frozen=True)
class Amount:
    """One number, and the place after it."""

    value: Decimal
    end: int
    kind: NumberKind | None = None
    is_thousands: bool = False
    is_word: bool = False


def read_amount(tokens: Sequence[Token], at: int) -> Amount | None:
    is_money = key_at(tokens, at) == "£"
    place = at + is_money
    if place >= len(tokens):
        return None
    written = number(tokens[place])
    value, end = (written.value, place + 1) if written else number_in_words(tokens, place)
    if value is None:
        return None
    unit = written.unit if written else ""
    is_thousands = written is not None and written.is_thousands
    kind = UNITS.meaning(unit) or (NumberKind.PRICE if is_money else None)
    following = key_at(tokens, end)
    if not unit and (factor := table("numbers")["factors"].get(following)):
        kind = kind or (NumberKind.PRICE if following == "grand" else None)
        value, is_thousands, end = value * factor, True, end + 1
    if kind is NumberKind.MILEAGE and following == "range":
        kind, end = NumberKind.ELECTRIC_RANGE, end + 1
    return Amount(value, end, kind, is_thousands, is_word=written is None)


def read_second(tokens: Sequence[Token], first: Amount, *, is_between: bool) -> Amount | None:
    """Return the larger number that makes a range with the first: "5 to 7k"."""
    joints = _JOINTS_BETWEEN if is_between else _JOINTS
    if key_at(tokens, first.end) not in joints:
        return None
    second = read_amount(tokens, first.end + 1)
    return second if second and second.value >= first.value else None
