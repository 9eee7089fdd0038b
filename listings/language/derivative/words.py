"""Cutting an advert's text into words that keep their spelling and carry a key to compare by."""

import re
import unicodedata
from typing import NamedTuple

OPENING, CLOSING = "[", "]"
_BRACKETS = {"[": OPENING, "(": OPENING, "]": CLOSING, ")": CLOSING}

# A comma ends a word unless it is a decimal comma ("1,6 HDi"); control characters only separate.
_WORD = re.compile(r"[\[\]()]|\d,\d+\w*|[^\s\x00-\x1f\x7f\[\](),;|]+")
_EDGES = ".:*!?'\"`-\u2013\u2014~_"


class DerivativeWord(NamedTuple):
    key: str
    text: str


def cut(text: str) -> list[DerivativeWord]:
    """Return the words of `text`; brackets of either kind are words of their own."""
    words = []
    for found in _WORD.findall(fold(text)):
        if found in _BRACKETS:
            words.append(DerivativeWord(_BRACKETS[found], found))
        elif stripped := found.strip(_EDGES):
            words.append(DerivativeWord(stripped.lower(), stripped))
    return words


def fold(text: str) -> str:
    """Return `text` without accents, one character for each of its characters."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKD", character)[0] for character in text)
