"""Cutting a text into words, numbers and signs that remember where they stood."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

OPENING, CLOSING = "[", "]"
# These marks belong to a number: "12,995", "12'995", "1,6", "1.234,56", "2.0tdi". A
# hyphen or a dot between two words joins them as a space would; any other sign is a token.
_TOKEN = re.compile(
    r"((?:\d{1,3}(?:[,'\u2019]\d{3})++(?!\d)(?:\.\d++)?+|\d++(?:\.\d++)*+(?:,\d{1,2}(?!\d))?+)"
    r"[^\W_]*+|[^\W\d_][^\W_]*+(?:['\u2019][^\W_]++)*+)"
    r"|(\n)|(?<=[^\W_])(?:[-.](?=[^\W\d_])|\.(?=\d))|([^\w\s]|_)"
)
_NUMBER = re.compile(r"(\d[\d.,]*+)(?:e(\d{1,2})(?!\d))?+([^\W\d_].*+)?", re.DOTALL)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}")
_DIGITS_MAX, _EXPONENT_MAX = 15, 9
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2019", "------'")
# What stands inside a sentence; any other mark between words ends one.
_WITHIN_SENTENCES = frozenset(",;()&/\u00a3\u20ac$%+#'-\u2013\u2014")
# A comma is part of a word only where it may begin decimals.
_SPACED_WORD = re.compile(r"[\[\]()]|(?:\d,(?=\d)|[^\s\x00-\x1f\x7f\[\](),;|])++")
_BRACKETS = {"[": OPENING, "(": OPENING, "]": CLOSING, ")": CLOSING}
_EDGES = ".:*!?'\"`-~_"
# Only A to Z, as the C collation of PostgreSQL has it: the Kelvin sign is no k.
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_MARK = re.compile("[\u0300-\u036f]")
_TITLE_WORD = re.compile("[a-z0-9]+")


class Token(NamedTuple):
    """A word, a number with what is written to it, or a sign.

    `text` is as written, `key` in lower case without accents and apostrophes; `start` and `end` are
    places in the text. It `is_glued` where no space stands before it, `follows_stop` after a mark
    that parts words, and `opens` after one that ends a sentence.
    """

    text: str
    key: str
    start: int
    end: int
    is_glued: bool = False
    follows_stop: bool = False
    opens: bool = False

    @property
    def number(self) -> Decimal | None:
        """The number it begins with: 150 of "150ps", 12995 of "12,995"; None where none does."""
        return written_number(self.key)[0]

    @property
    def unit(self) -> str:
        """What is written to the number: "ps"."""
        return written_number(self.key)[1]

    @property
    def is_sign(self) -> bool:
        return not self.text[0].isalnum()


_new = tuple.__new__  # half of the time that the constructor takes


def tokens(text: str) -> list[Token]:
    """Return the words, numbers and signs of a text, in one pass."""
    folded = lowered(text)
    is_plain = folded.isascii() and "'" not in folded
    found: list[Token] = []
    last = -1
    follows_stop = opens = True
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        kind = match.lastindex
        if kind == 1:
            key = match[1] if is_plain else match[1].replace("'", "")
            found.append(
                _new(Token, (text[start:end], key, start, end, start <= last, follows_stop, opens))
            )
            follows_stop = opens = False
        elif kind == 3:
            sign = folded[start]
            found.append(Token(text[start], sign, start, end, start <= last, follows_stop, opens))
            if sign not in "-'":
                follows_stop = True
                opens = opens or sign not in _WITHIN_SENTENCES
        elif kind == 2:
            follows_stop = opens = True
            continue
        last = end
    return found


def key_at(found: Sequence[Token], at: int) -> str:
    """Return the key of the token at a place; nothing where none stands."""
    return found[at].key if 0 <= at < len(found) else ""


def spaced_words(text: str) -> list[Token]:
    """Return what stands between spaces, commas and brackets as one word: "S-Tronic", "Nav/DAB".

    Brackets are words of their own, with one key for either kind; other marks at the edges of a
    word are left out.
    """
    folded = lowered(text)
    words = []
    for match in _SPACED_WORD.finditer(folded):
        key = match[0]
        start, end = match.span()
        if key in _BRACKETS:
            words.append(Token(text[start], _BRACKETS[key], start, end))
            continue
        if not key[0].isalnum() or not key[-1].isalnum():
            bare = key.strip(_EDGES)
            if not bare:
                continue
            if key[-1] == '"' and key[0].isdigit() and bare[-1].isdigit():
                bare += '"'  # inches: 7.0"
            start += key.index(bare)
            key, end = bare, start + len(bare)
        words.append(_new(Token, (text[start:end], key, start, end, False, False, False)))
    return words


def title_words(text: str) -> list[str]:
    """Return the words of a title: lower case, without accents, cut at all but letters and digits.

    The database's `listing_title_words` does the same; each word has only a-z and 0-9.
    """
    if text.isascii():
        return _TITLE_WORD.findall(text.lower())
    plain = _MARK.sub("", unicodedata.normalize("NFKD", text)).translate(_LOWER)
    return _TITLE_WORD.findall(plain)


def fold(text: str) -> str:
    """Return `text` without accents, one character for each of its characters."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKD", character)[0] for character in text)


def lowered(text: str) -> str:
    """Return `text` as keys are made of it: folded, in lower case, with one kind of dash."""
    if text.isascii():
        return text.lower()
    plain = fold(text).translate(_DASHES)
    low = plain.lower()
    return low if len(low) == len(text) else "".join(letter.lower()[0] for letter in plain)


@lru_cache(maxsize=16_384)
def written_number(key: str) -> tuple[Decimal | None, str]:
    """Return the number that a key begins with, and what is written to it."""
    match = _NUMBER.fullmatch(key)
    if match is None or len(match[1]) > _DIGITS_MAX or int(match[2] or 0) > _EXPONENT_MAX:
        return None, ""
    digits, exponent, unit = match.groups(default="")
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "") if "," in digits else digits.replace(".", "")
    elif "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    if digits.count(".") > 1 or not digits.isascii():
        return None, ""
    return Decimal(digits) * 10 ** int(exponent or 0), unit
