"""Both engines give the same page, count, facets and averages, whatever is asked of what stock."""

import random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.search.engine import SearchRequest, SearchResult
from listings.search.facets import COUNTED
from listings.search.memory.branches import Distances
from listings.search.memory.engine import Search
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.sorted_column import SortedColumn
from listings.search.memory.store import Store
from listings.search.memory.unsorted_column import UnsortedColumn
from listings.search.memory.updates import ReplicaUpdate, read_update
from listings.search.memory.wishes import WordsInTexts
from listings.search.postgres import PostgresEngine, matching
from listings.word_index import follow_texts
from tests.listings.search.questions import (
    QUICK,
    WISHES,
    follow,
    questions,
    rate_anew,
    stock,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)

SINGLE_VALUED = {name for name, facet in COUNTED.items() if not facet.bands} - {"equipment"}
"""Of these each advert is in one bucket."""
MEMORY = "listings.search.memory"


class Asked(NamedTuple):
    """What the engine in memory answers from."""

    store: Store
    update: ReplicaUpdate
    words: WordsInTexts

    def answer(self, request: SearchRequest) -> SearchResult:
        snapshot = self.store.snapshot(self.update.clock, self.update.branches)
        references = SlugIndex.load().resolve(request.criteria)
        wishes = self.words.wishes(request.wishes, snapshot)
        return Search(snapshot, self.update.clock, request, references, wishes).answer()


def assert_same(asked: Asked, request: SearchRequest) -> SearchResult:
    expected = PostgresEngine().search(request)
    assert asked.answer(request) == expected
    for name in SINGLE_VALUED.intersection(expected.facets):
        facet = COUNTED[name]
        if facet.needs is None or getattr(request.criteria, facet.needs):
            counted = sum(each.count for each in expected.facets[name])
            assert counted == matching(request.criteria, facet.ignores).count(), name
    return expected


@pytest.mark.parametrize(
    "seed", [2, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (0, 1, 4, 5, 6, 7))]
)
def test_engines_agree_on_any_question(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 2:  # a small stock that is kept and searched the way a large one is
        monkeypatch.setattr(f"{MEMORY}.store.LATER_MIN", 12)
        monkeypatch.setattr(f"{MEMORY}.values.GATHERED_PER_VALUE", 0)
        monkeypatch.setattr(f"{MEMORY}.ratings.READ_MAX", 7)
        monkeypatch.setattr(f"{MEMORY}.order.LOTS_MAX", 2)
        monkeypatch.setattr(f"{MEMORY}.sorted_column.CHUNK", 3)
        monkeypatch.setattr(f"{MEMORY}.sorted_column.MARKS_MAX", 5)
        monkeypatch.setattr(SortedColumn, "gather_max", 0)
        monkeypatch.setattr(Distances, "gather_max", 0)
        monkeypatch.setattr(UnsortedColumn, "gather_max", 0)
    random_ = random.Random(seed)  # noqa: S311 - a repeatable stock, not a secret
    began_empty = seed % 3 == 2
    if not began_empty:
        stock(random_, 40 + 20 * seed)
    update = read_update(None)
    store = Store(update.rows, update.titles)
    words = WordsInTexts()
    if began_empty:
        stock(random_, 40 + 20 * seed)
    follow_texts()
    for _ in range(seed % 4):
        words.wishes(WISHES, store.snapshot(update.clock, update.branches))
        write(random_)
        rate_anew(random_)
        update = read_update(update.moment)
        store = store.add(update.rows, update.titles, update.removed)
        store.rate(update.ratings)
        while update.unread:
            update = read_update(update.moment, update.branches, update.unread)
            store = store.add(update.rows, update.titles, update.removed)
            store.rate(update.ratings)
    asked = Asked(store, update, words)

    @QUICK
    @given(questions(), st.lists(st.integers(0, 8), max_size=2))
    def agree(request: SearchRequest, steps: list[int]) -> None:
        result = assert_same(asked, request)
        for step in steps:
            place = follow(result, step)
            if place is None:
                return
            again = SearchRequest(request.criteria, request.ordering, request.size, place)
            result = assert_same(asked, again)

    agree()
