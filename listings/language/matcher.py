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
        found: dict[str, dict[tuple[str, ...], T]] = {}
        for phrase, meaning in meanings:
            for keys in spellings(phrase, cut):
                found.setdefault(keys[0], {})[keys] = meaning
        self._by_first: dict[str, list[tuple[int, tuple[str, ...], T]]] = {
            first: sorted(
                ((len(keys), keys, meaning) for keys, meaning in rows.items()),
                key=lambda row: -row[0],
            )
            for first, rows in found.items()
        }
        self.words = frozenset(key for rows in found.values() for keys in rows for key in keys)

    def find(self, found: Sequence[Token], at: int) -> tuple[T | None, int]:
        """Return what the longest phrase at a place means and the place after it.

        Where none begins there, that is None and the place itself.
        """
        return next(self.every(found, at), (None, at))

    def every(self, found: Sequence[Token], at: int) -> Iterator[tuple[T, int]]:
        """Yield what each phrase that begins at a place means and its end, the longest first."""
        if at >= len(found):
            return
        for length, keys, meaning in self._by_first.get(found[at].key, ()):
            end = at + length
            if length == 1 or tuple([token.key for token in found[at:end]]) == keys:
                yield meaning, end

    def all(self, found: Sequence[Token]) -> Iterator[tuple[T, int, int]]:
        """Yield every phrase of a text from left to right: its meaning, its place and its end."""
        at = 0
        while at < len(found):
            meaning, end = self.find(found, at)
            if meaning is not None:
                yield meaning, at, end
            at = max(end, at + 1)

    def meaning(self, word: str) -> T | None:
        """Return what a word by itself means."""
        rows = self._by_first.get(word, ())
        return rows[-1][2] if rows and rows[-1][0] == 1 else None


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
