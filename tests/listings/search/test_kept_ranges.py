"""Ranges of a column that are kept are those that it would work out anew."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest
from pyroaring import BitMap

from listings.search.memory import sorted_column
from listings.search.memory.columns import MISSING
from listings.search.memory.sorted_column import SortedColumn

ADVERTS = 20_000
ASKED = 4_000


@pytest.fixture
def values() -> np.ndarray:
    chance = np.random.default_rng(7)
    found = chance.integers(500, 40_000, ADVERTS).astype(np.int32)
    found[chance.random(ADVERTS) < 0.05] = MISSING
    return found


@pytest.mark.parametrize("kept_bytes", [0, sorted_column.KEPT_BYTES])
def test_threads_that_ask_for_many_ranges_get_each_whole(
    values: np.ndarray, kept_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorted_column, "KEPT_BYTES", kept_bytes)
    column = SortedColumn(values)
    ends = list(range(0, 42_000, 700))

    def ask(seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - not for secrets
        for _ in range(ASKED // 4):
            low, high = chance.choice([None, *ends]), chance.choice([None, *ends])
            inside = values >= (MISSING + 1 if low is None else low)
            inside &= values != MISSING
            if high is not None:
                inside &= values <= high
            assert column.between(low, high) == BitMap(np.flatnonzero(inside).tolist())

    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(ask, range(4)):
            pass
