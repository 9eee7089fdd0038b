"""NumPy: a mask for each condition, a count of the matching rows' values for each facet."""

from collections.abc import Collection
from functools import reduce
from operator import and_

import numpy as np

from benchmarks.search.questions import (
    NINE,
    QUESTIONS,
    SIZE,
    Answer,
    Ask,
    counted,
    counted_columns,
)
from listings.search.fields import Range
from listings.search.memory.columns import Column, Columns


class Arrays:
    name = "NumPy"
    asked = QUESTIONS

    def __init__(self, columns: Columns) -> None:
        self._columns = counted_columns(columns)
        self._codes: dict[str, tuple[Column, Column]] = {}
        for name in NINE:
            values, codes = np.unique(self._columns[counted(name)], return_inverse=True)
            self._codes[name] = values, codes.astype(np.uint8 if len(values) < 256 else np.uint16)

    def answer(self, ask: Ask) -> Answer:
        masks = self._masks(ask)
        found: dict[str, dict[int, int]] = {}
        matches = _rows(masks)
        for ignored, names in ask.facet_groups().items():
            rows = _rows(masks, ignored) if ignored else matches
            found |= {name: self._counts(name, rows) for name in names}
        ids = self._columns["id"][matches[:SIZE]]
        return Answer(len(matches), tuple(ids.tolist()), found)

    def read(self, raw: Answer) -> Answer:
        return raw

    def _masks(self, ask: Ask) -> dict[str, "np.ndarray"]:
        masks = {name: np.isin(self._columns[name], codes) for name, codes in ask.equal.items()}
        for name, bounds in ask.between.items():
            masks[name] = _within(self._columns[name], bounds)
        return masks

    def _counts(self, name: str, rows: Column) -> dict[int, int]:
        values, codes = self._codes[name]
        counts = np.bincount(codes[rows], minlength=len(values))
        return {
            value: count
            for value, count in zip(values.tolist(), counts.tolist(), strict=True)
            if count
        }


def _within(column: Column, bounds: Range) -> "np.ndarray":
    low, high = bounds
    if low is None:
        return column <= (high or 0)
    return column >= low if high is None else (column >= low) & (column <= high)


def _rows(masks: dict[str, "np.ndarray"], ignored: Collection[str] = ()) -> Column:
    return np.flatnonzero(reduce(and_, (each for n, each in masks.items() if n not in ignored)))
