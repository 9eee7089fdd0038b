"""A buyer's text as words, numbers with the unit written to them, and signs."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from listings.language.number_words import number_in_words
from listings.language.query.measures import LITRES, WRITTEN_UNITS
from listings.language.tokens import Token, key_at, tokens, written_number

SIGNS = frozenset('£+#<>=~&,;/-"')
_QUOTES = str.maketrans("\u201c\u201d\u201e", '"""')
_SIZE = re.compile(r"(\d\.\d)([a-z][a-z0-9]*+)")
_POINT_BEFORE_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}(?![\d.])")
_DIGITS_MAX = 9
_LETTERS_OF_NAMES = frozenset("bcdefgkmqrstvxz")  # not those that are words by themselves
_THOUSAND = 1_000


class WrittenNumber(NamedTuple):
    """A number with its unit; "40k" is 40,000 with `is_thousands`, "5dr" 5 with the unit "dr"."""

    value: Decimal
    unit: str = ""
    is_thousands: bool = False


def cut(text: str) -> list[Token]:
    """Return the tokens of a text, without the signs that say nothing: "2.0tdi" is two."""
    plain = text.translate(_QUOTES)
    found = [
        part
        for token in tokens(plain)
        if not token.is_sign or token.key in SIGNS
        for part in _parts(token)
    ]
    return list(_with_digits(found, plain))


def _with_digits(found: Sequence[Token], text: str) -> Iterator[Token]:
    """Yield numbers of several words as one token in digits: "twenty eighteen", "v forty"."""
    at = 0
    while at < len(found):
        token = found[at]
        value, last = number_in_words(found, at)
        is_name = bool(value) and last == at + 1 and _names_a_car(found, at)
        if value is None or not (is_name or last > at + 1):
            yield token
            at += 1
            continue
        end = found[last - 1].end
        yield token._replace(text=text[token.start : end], key=format(value, "f"), end=end)
        at = last


def _names_a_car(found: Sequence[Token], at: int) -> bool:
    """Tell whether a number word is a part of a name: "v forty", "three series"."""
    before = key_at(found, at - 1)
    is_lettered = len(before) == 1 and before in _LETTERS_OF_NAMES
    return is_lettered or key_at(found, at + 1) == "series"


def _parts(token: Token) -> Iterator[Token]:
    sized = _SIZE.fullmatch(token.key)
    if sized is None or number(token) is not None:
        yield token
        return
    at = len(sized[1])
    yield token._replace(text=token.text[:at], key=sized[1], end=token.start + at)
    yield token._replace(text=token.text[at:], key=sized[2], start=token.start + at, is_glued=True)


def number(token: Token) -> WrittenNumber | None:
    """Return the number that a token is, with a unit of cars or none."""
    return _number(token.key) if token.key[0].isdecimal() and token.key.isascii() else None


def name_key(token: Token) -> str | None:
    """Return what a token adds to a joined name; None where no name goes on."""
    if token.key.isalnum() or token.key in "+#":
        return token.key
    return "" if token.key in "-&/" else None


@lru_cache(maxsize=4_096)
def _number(key: str) -> WrittenNumber | None:
    value, unit = written_number(key)
    if value is None or value >= 10**_DIGITS_MAX:
        return None
    if _POINT_BEFORE_THOUSANDS.match(key) and unit not in LITRES:
        value *= _THOUSAND  # "£10.000", as most of Europe parts thousands
    if unit in WRITTEN_UNITS or not unit:
        return WrittenNumber(value, unit)
    if unit[0] == "k" and (unit[1:] in WRITTEN_UNITS or unit == "k"):
        return WrittenNumber(value * _THOUSAND, unit[1:], is_thousands=True)
    return None
