"""Cutting a buyer's text into words and numbers that remember where they stood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from listings.language.tokens import fold

_TOKEN = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?[a-z0-9]*|[a-z][a-z0-9'\u2019]*|[£+#<>=~&,;/]|-(?![a-z])|(?<!\S)-|[^\W_]+"
)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([a-z]*)")
_DIGITS_MAX = 9
_DASHES = str.maketrans("\u2013\u2014\u2212", "---")
_SIZE = re.compile(r"(\d\.\d)([a-z][a-z0-9]*)")
_THOUSAND = 1_000


@dataclass(frozen=True, slots=True)
class QueryToken:
    """A word in lower case without accents, a number with the unit written to it, or a sign.

    `start` and `end` are places in the text; `key` is what names are compared by. "40k" is the
    number 40000 with `is_thousands`, "5dr" the number 5 with the unit "dr". `typed` is the word as
    it came, where a slip was put right.
    """

    text: str
    start: int
    end: int
    number: Decimal | None = None
    unit: str = ""
    is_thousands: bool = False
    typed: str = ""

    @property
    def key(self) -> str | None:
        """What the token adds to a joined name; None where no name goes on."""
        if self.text.isalnum() or self.text in "+#":
            return self.text
        return "" if self.text in "-&/" else None

    @property
    def is_sign(self) -> bool:
        return len(self.text) == 1 and not self.text.isalnum()


def cut(text: str, units: frozenset[str]) -> list[QueryToken]:
    """Return the tokens of a text; `units` may be written to a number ("5dr", "60kmiles")."""
    folded = fold(text).translate(_DASHES).lower()
    tokens: list[QueryToken] = []
    for found in _TOKEN.finditer(folded if len(folded) == len(text) else text.lower()):
        tokens += _tokens(found[0], found.start(), units)
    return tokens


def _tokens(written: str, start: int, units: frozenset[str]) -> Iterator[QueryToken]:
    end = start + len(written)
    plain = (
        written
        if len(written) == 1
        else written.replace(",", "").replace("'", "").replace("\u2019", "")
    )
    if not plain[:1].isdecimal() or not plain.isascii():
        yield QueryToken(plain, start, end)
        return
    sized = _SIZE.fullmatch(plain)
    if sized and not _read(plain, units):
        cut_at = start + len(sized[1])  # "2.0tdi"
        yield QueryToken(sized[1], start, cut_at, Decimal(sized[1]))
        yield QueryToken(sized[2], cut_at, end)
        return
    number, unit, is_thousands = _read(plain, units) or (None, "", False)
    yield QueryToken(plain, start, end, number, unit, is_thousands)


def _read(plain: str, units: frozenset[str]) -> tuple[Decimal, str, bool] | None:
    match = _NUMBER.fullmatch(plain)
    if match is None or len(match[1]) > _DIGITS_MAX:
        return None
    number, unit = Decimal(match[1]), match[2]
    if unit in units or not unit:
        return number, unit, False
    if unit[0] == "k" and (unit[1:] in units or unit == "k"):
        return number * _THOUSAND, unit[1:], True
    return None
