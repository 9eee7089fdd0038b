"""The tokens of all searches, by what they ask."""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from listings.buyers.percolator.layout import CONDITIONS
from listings.buyers.percolator.tokens import ParameterToken
from listings.search.memory.columns import Column


class TokenTable:
    """Which searches, by their places, have which tokens: `numbers` in turn, so many each."""

    def __init__(self, tokens: Sequence[ParameterToken], numbers: array, sizes: array) -> None:
        kinds = {kind: place for place, kind in enumerate(dict.fromkeys(t.kind for t in tokens))}
        kind_of = np.array([kinds[token.kind] for token in tokens], dtype=np.int16)
        value_of = np.array([token.value for token in tokens], dtype=np.int64)
        self.searches = len(sizes)
        all_numbers = np.frombuffer(numbers, dtype=np.int32)
        kind = kind_of[all_numbers]
        order = np.argsort(kind, kind="stable")
        rows = np.repeat(np.arange(self.searches, dtype=np.int32), np.frombuffer(sizes, np.int32))
        self._rows = rows[order]
        self._values = value_of[all_numbers[order]]
        ends = [0, *np.cumsum(np.bincount(kind, minlength=len(kinds))).tolist()]
        self._parts = {name: slice(*ends[place : place + 2]) for name, place in kinds.items()}

    def of(self, kind: str) -> tuple[Column, Column]:
        """Return the searches that ask something of a kind, and what."""
        part = self._parts.get(kind, slice(0, 0))
        return self._rows[part], self._values[part]

    def by_search(self, kind: str) -> Column:
        """Return what each search asks of a kind; 0 where it asks nothing."""
        found = np.zeros(self.searches, dtype=np.int64)
        rows, values = self.of(kind)
        found[rows] = values
        return found

    def condition(self, name: str) -> tuple[Column, Column]:
        """Return the searches that have a condition whose values are those of its tokens."""
        rows, values = self.of(name)
        return rows, values.astype(CONDITIONS[name].dtype)

    def word(self, name: str, fields: Iterable[str]) -> tuple[Column, Column]:
        """Return the searches that reject bits of the word of some fields."""
        rejected = np.zeros(self.searches, dtype=CONDITIONS[name].dtype)
        for field in fields:
            rows, values = self.of(field)
            rejected[rows] |= values.astype(rejected.dtype)
        rows = np.flatnonzero(rejected).astype(np.int32)
        return rows, rejected[rows]
