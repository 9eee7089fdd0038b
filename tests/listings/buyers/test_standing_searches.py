"""Searches stand ready in their stored form, and stay fresh as people change theirs."""

import json
import random

import pytest

from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.compiler import compile_rows
from listings.buyers.percolator.matcher import Searches
from listings.buyers.percolator.standing_searches import StandingSearches
from listings.revisions import TransactionSnapshot
from listings.search.engine import KnownNames
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.updates import read_update
from tests.listings.buyers.kinds import as_stored, criteria_of, stocked

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("price", "fuel", "make", "near", "text", "dealer", "doors", "equipment", "reduced")


def rows(seed: int, ids: range) -> dict[int, str]:
    chance = random.Random(seed)  # noqa: S311 - repeatable searches, no secret
    return {id_: json.dumps(as_stored(criteria_of(chance, KINDS[id_ % len(KINDS)]))) for id_ in ids}


def told(standing: StandingSearches, adverts: ChangedAdverts) -> set[tuple[int, int]]:
    pairs = standing.matches(adverts)
    found = list(zip(pairs.searches.tolist(), pairs.adverts.tolist(), strict=True))
    assert len(found) == len(set(found)) == len(pairs)
    return set(found)


def test_changed_new_and_ended_searches_count_at_once() -> None:
    stocked(random.Random(1), 60)  # noqa: S311 - a repeatable stock, not a secret
    adverts, names = ChangedAdverts.public(read_update(None)), SlugIndex.load()
    now = rows(1, range(100, 300))
    standing = StandingSearches(now.items(), names)
    steps: tuple[tuple[dict[int, str], tuple[int, ...]], ...] = (
        (rows(2, range(150, 160)), ()),
        (rows(3, range(290, 320)), (101, 102, 155)),
        ({}, (310, 311, 103, 999, 1)),
        (rows(4, range(101, 103)), (104,)),  # back again
        (rows(5, range(310, 330)), (310,)),  # changed after it ended
    )
    for changed, removed in steps:
        standing.change(changed.items(), removed, names)
        now = {id_: text for id_, text in now.items() if id_ not in removed} | changed
        assert told(standing, adverts) == told(StandingSearches(now.items(), names), adverts)


def test_a_rebuild_is_due_once_a_twentieth_has_changed() -> None:
    names = SlugIndex.load()
    standing = StandingSearches(rows(1, range(400)).items(), names)
    assert not standing.needs_rebuild
    standing.change(rows(2, range(10)).items(), range(10, 15), names)
    assert not standing.needs_rebuild
    standing.change({}.items(), range(15, 25), names)
    assert standing.needs_rebuild


def test_no_search_at_all_finds_nothing_and_takes_new_ones() -> None:
    stocked(random.Random(2), 20)  # noqa: S311 - a repeatable stock, not a secret
    adverts, names = ChangedAdverts.public(read_update(None)), SlugIndex.load()
    standing = StandingSearches((), names)
    assert told(standing, adverts) == set()
    standing.change([(7, "{}")], (8,), names)
    assert {search for search, _ in told(standing, adverts)} == {7}
    assert len(told(standing, adverts)) == len(adverts)


@pytest.mark.parametrize(
    "text",
    [
        '{"ordering": ["price"]}',
        '{"price_max": ["cheap"]}',
        '{"price_max": [["5000"]]}',
        '{"price_max": [null]}',
        '{"reduced": ["perhaps"]}',
        '{"make": ["bmw"], "colour_scheme": ["dark"]}',
        '["bmw"]',
        '"bmw"',
        "null",
        "12",
    ],
)
def test_a_search_that_cannot_be_read_finds_nothing_and_is_told(text: str) -> None:
    stocked(random.Random(3), 20)  # noqa: S311 - a repeatable stock, not a secret
    adverts, names = ChangedAdverts.public(read_update(None)), SlugIndex.load()
    standing = StandingSearches([(1, text), (2, "{}"), (3, text)], names)
    assert standing.unreadable == {1, 3}
    assert {search for search, _ in told(standing, adverts)} == {2}
    standing.change([(3, "{}"), (4, text)], (1,), names)
    assert standing.unreadable == {4}
    assert {search for search, _ in told(standing, adverts)} == {2, 3}


def test_no_text_of_a_search_is_taken_for_another_parameter() -> None:
    names = SlugIndex(
        {"bmw": 1, "audi": 2}, {}, {}, {}, KnownNames({}, {}, TransactionSnapshot(0, 0, ()))
    )
    stored = [
        {"text": ['a], "make": ["bmw'], "price_max": ["5000"]},
        {"text": ["a]", "], b"], "make": ["bmw"]},
        {"text": ['x"], "price_max": ["1'], "make": ["audi"]},
        {"text": ["\\"], "make": ["bmw"]},
    ]
    compiled = compile_rows(((id_, json.dumps(each)) for id_, each in enumerate(stored)), names)
    assert not compiled.unreadable
    rows, numbers = (each.tolist() for each in compiled.asked["text"])
    assert rows == [0, 1, 2, 3]
    words = [set(compiled.sets["text"][number - 1]) for number in numbers]
    assert words == [set(each["text"]) for each in stored]
    keys = [[key for row, key in compiled.entries.tolist() if row == id_] for id_ in range(4)]
    assert keys == [[0], [2], [4], [2]]
    searches, prices = compiled.asked["price_max"]
    assert (searches.tolist(), prices.tolist()) == ([0], [5_000])


def test_plain_values_are_read_like_lists_of_one() -> None:
    stocked(random.Random(4), 200)  # noqa: S311 - a repeatable stock, not a secret
    adverts, names = ChangedAdverts.public(read_update(None)), SlugIndex.load()
    pairs = (
        ('{"price_max": 9000, "reduced": false}', '{"price_max": ["9000"], "reduced": ["false"]}'),
        ('{"doors": [5, 3], "make": "bmw"}', '{"make": ["bmw"], "doors": ["3", "5"]}'),
        ('{"near":"LS1","within_miles":300}', '{"near": ["LS1"], "within_miles": ["300"]}'),
        ("{}", '{"make": []}'),
    )
    for plain, lists in pairs:
        searches = Searches(compile_rows([(1, plain), (2, lists)], names))
        found = searches.matches(adverts).searches.tolist()
        assert found.count(0) == found.count(1) > 0
