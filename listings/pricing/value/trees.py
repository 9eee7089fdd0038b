"""Fitted trees as arrays, walked without the library that fitted them.

The rules of a step are LightGBM's: a number goes left up to the threshold, a category goes left
where the node's set has it, and what is missing goes the way that the node says.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

_STATES = 400_000  # cars times trees that are walked at once
_WORD = 32


@dataclass(frozen=True, eq=False)
class Trees:
    """The nodes of all trees in one row, and their leaves in another.

    A child is the number of a node, or `~leaf` where it is negative; so is a root. The categories
    that go left are bits of `words`, from `first_word` of the node on.
    """

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    missing_left: npt.NDArray[np.bool_]
    first_word: npt.NDArray[np.int32]  # -1 where the node asks for a number
    word_count: npt.NDArray[np.int32]
    words: npt.NDArray[np.uint32]
    leaves: npt.NDArray[np.float64]

    def score(self, features: Matrix) -> npt.NDArray[np.float64]:
        """Return the sum over all trees for each row of features."""
        features = np.ascontiguousarray(features, np.float64)
        step = max(1, _STATES // max(1, len(self.roots)))
        starts = range(0, len(features), step)
        parts = [self._score(features[start : start + step]) for start in starts]
        return np.concatenate(parts) if parts else np.zeros(0)

    def arrays(self, prefix: str) -> dict[str, npt.NDArray]:
        return {f"{prefix}{each.name}": getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray], prefix: str) -> Self:
        return cls(**{each.name: arrays[f"{prefix}{each.name}"] for each in fields(cls)})

    @classmethod
    def joined(cls, several: tuple[Self, ...]) -> Self:
        """Return one set of trees that holds all of these: one walk adds up what several would."""
        node = np.cumsum([0, *(len(each.feature) for each in several)])
        leaf = np.cumsum([0, *(len(each.leaves) for each in several)])
        word = np.cumsum([0, *(len(each.words) for each in several)])
        columns: dict[str, list[npt.NDArray]] = {each.name: [] for each in fields(cls)}
        for at, each in enumerate(several):
            moved = {
                name: _moved(getattr(each, name), int(node[at]), int(leaf[at]))
                for name in ("roots", "left", "right")
            }
            first = each.first_word
            moved["first_word"] = np.where(first < 0, first, first + np.int32(word[at]))
            for name, parts in columns.items():
                parts.append(moved.get(name, getattr(each, name)))
        return cls(**{name: np.concatenate(parts) for name, parts in columns.items()})

    def _score(self, features: Matrix) -> npt.NDArray[np.float64]:
        rows, width = features.shape
        flat = features.ravel()
        node = np.tile(self.roots, rows)
        start = np.repeat(np.arange(rows) * width, len(self.roots))
        walking = np.flatnonzero(node >= 0)
        while walking.size:
            at = node[walking]
            value = flat[start[walking] + self.feature[at]]
            is_left = value <= self.threshold[at]
            missing = np.isnan(value)
            if missing.any():
                is_left[missing] = self.missing_left[at[missing]]
            categories = np.flatnonzero((self.first_word[at] >= 0) & ~missing)
            if categories.size:
                is_left[categories] = self._has(at[categories], value[categories])
            node[walking] = np.where(is_left, self.left[at], self.right[at])
            walking = walking[node[walking] >= 0]
        total: npt.NDArray[np.float64] = self.leaves[~node].reshape(rows, -1).sum(axis=1)
        return total

    def _has(self, node: npt.NDArray[np.int32], value: Matrix) -> npt.NDArray[np.bool_]:
        """Return whether the set of each node has this category."""
        category = value.astype(np.int64)
        word = category // _WORD
        is_within = (category >= 0) & (word < self.word_count[node])
        words = self.words[np.where(is_within, self.first_word[node] + word, 0)]
        bits = (words >> (category % _WORD).astype(np.uint32)) & np.uint32(1)
        has: npt.NDArray[np.bool_] = is_within & (bits == 1)
        return has


def _moved(children: npt.NDArray[np.int32], nodes: int, leaves: int) -> npt.NDArray[np.int32]:
    return np.where(children >= 0, children + nodes, children - leaves).astype(np.int32)
