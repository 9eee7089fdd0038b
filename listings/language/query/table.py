"""Phrases and what each one means, found at a place in a text."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from listings.language.query.tokens import QueryToken

T = TypeVar("T")


class PhraseTable(Generic[T]):
    """Finds the longest phrase that begins at a token."""

    def __init__(self, meanings: Mapping[tuple[str, ...], T]) -> None:
        self._meanings = meanings
        self._longest: dict[str, int] = {}
        for words in meanings:
            self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))
        self.words = frozenset(word for words in meanings for word in words)

    def find(self, tokens: Sequence[QueryToken], at: int) -> tuple[T | None, int]:
        """Return what the phrase means and the place after it; None and `at` where none is."""
        longest = self._longest.get(tokens[at].text, 0) if at < len(tokens) else 0
        for end in range(min(at + longest, len(tokens)), at, -1):
            meaning = self._meanings.get(tuple([token.text for token in tokens[at:end]]))
            if meaning is not None:
                return meaning, end
        return None, at

    def single(self, word: str) -> T | None:
        """Return what a word by itself means."""
        return self._meanings.get((word,))


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())
