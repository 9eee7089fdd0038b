"""Phrases and what each one means, found where they begin in a text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Generic, TypeVar

from listings.language.tokens import Token, tokens

T = TypeVar("T")
Cut = Callable[[str], list[Token]]

_GAP = re.compile(r"[ -]")
_GAPS_MAX = 3


class Phrases(Generic[T]):
    """Finds the longest phrase that begins at a token.

    Spaces and hyphens inside a phrase are optional: "S Tronic" is found in "S-Tronic" and
    "STronic" too. `cut` is the way in which texts are cut that phrases are looked for in.
    """

    def __init__(self, meanings: Iterable[tuple[str, T]], cut: Cut = tokens) -> None:
        self._meanings: dict[tuple[str, ...], T] = {}
        lengths: dict[str, set[int]] = {}
        for phrase, meaning in meanings:
            for keys in spellings(phrase, cut):
                self._meanings[keys] = meaning
                lengths.setdefault(keys[0], set()).add(len(keys))
        self._lengths = {first: sorted(found)[::-1] for first, found in lengths.items()}
        self.words = frozenset(key for keys in self._meanings for key in keys)

    def find(self, found: Sequence[Token], at: int) -> tuple[T | None, int]:
        """Return what the longest phrase at a place means and the place after it.

        Where none begins there, that is None and the place itself.
        """
        if at >= len(found) or not self.begins(found[at].key):
            return None, at
        return next(iter(self.every(found, at)), (None, at))

    def begins(self, key: str) -> bool:
        """Whether a phrase begins with a word."""
        return key in self._lengths

    def every(self, found: Sequence[Token], at: int) -> list[tuple[T, int]]:
        """Return what each phrase that begins at a place means and its end, the longest first."""
        first = found[at].key
        meanings = []
        for length in self._lengths.get(first, ()):
            end = at + length
            keys = (first,) if length == 1 else tuple([token.key for token in found[at:end]])
            meaning = self._meanings.get(keys)
            if meaning is not None and end <= len(found):
                meanings.append((meaning, end))
        return meanings

    def parts(self, found: Sequence[Token]) -> Iterator[tuple[T | None, int, int]]:
        """Yield the phrases of a text, what each means, its place and its end; and every word
        between them, which means None.
        """
        at = 0
        while at < len(found):
            meaning, end = self.find(found, at)
            yield meaning, at, max(end, at + 1)
            at = max(end, at + 1)

    def meaning(self, word: str) -> T | None:
        """Return what a word by itself means."""
        return self._meanings.get((word,))


def spellings(phrase: str, cut: Cut = tokens) -> set[tuple[str, ...]]:
    """Return the keys of a phrase, with its spaces and hyphens written and left out."""
    parts = _GAP.split(phrase)
    if len(parts) > _GAPS_MAX + 1:
        return {tuple(token.key for token in cut(phrase))}
    found = set()
    for gaps in product((" ", "-", ""), repeat=len(parts) - 1):
        text = "".join(part + gap for part, gap in zip(parts, (*gaps, ""), strict=True))
        found.add(tuple([token.key for token in cut(text)]))
    return found - {()}
