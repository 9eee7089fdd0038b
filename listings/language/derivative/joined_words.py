"""Words that a system joined by other signs than spaces: "SPORT/1.5/TSI/5DR", "100kW/136PS"."""

import re
from collections.abc import Iterator, Sequence

from listings.language.derivative.markers import MARKERS
from listings.language.derivative.patterns import facts_of
from listings.language.lexicon import Speaker
from listings.language.quantities import read_quantities
from listings.language.tokens import Token, spaced_words

_PART = re.compile(r"[^/_]++")
_HYPHENS_MIN = 3


def words_of(text: str) -> list[Token]:
    """Return the words of a derivative, with joined ones parted where a part states something."""
    if text.count("-") >= _HYPHENS_MIN and not re.search(r"\s", text):
        text = text.replace("-", " ")
    words = spaced_words(text)
    if "/" not in text and "_" not in text:
        return words
    return [part for word in words for part in _parted(word)]


def _parted(word: Token) -> Iterator[Token]:
    if word.key in MARKERS.words or facts_of(word.key) is not None or _is_quantity(word.key):
        yield word
        return
    parts = [
        Token(word.text[start:end], word.key[start:end], word.start + start, word.start + end)
        for start, end in (match.span() for match in _PART.finditer(word.key))
    ]
    yield from parts if parts and _says_each_once([part.key for part in parts]) else (word,)


def _is_quantity(key: str) -> bool:
    """Whether the sign is part of a unit: "5l/100km"."""
    read = read_quantities(key, Speaker.DERIVATIVE)
    return len(read.quantities) == 1 and not read.rest


def _says_each_once(keys: Sequence[str]) -> bool:
    """Whether a part states something, and no two are a choice: "1.25/1.4", "3/5dr"."""
    said = [facts_of(key) for key in keys]
    fields = [name for facts in said if facts for name in facts.says]
    is_choice = any(map(str.isdecimal, keys)) or len(set(fields)) < len(fields)
    return not is_choice and (any(said) or any(map(MARKERS.begins, keys)))
