"""Changed adverts find the saved searches that would find them, whatever is asked."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.compiler import Compiled, compile_searches
from listings.buyers.percolator.layout import CONDITIONS
from listings.buyers.percolator.matcher import Searches
from listings.revisions import TransactionSnapshot
from listings.search.criteria import FIELDS, Criteria
from listings.search.engine import KnownNames
from listings.search.fields import Flag, Numbers, RangeField
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.updates import read_update
from listings.search.postgres import matching
from tests.listings.search.questions import QUICK, questions, stock

pytestmark = pytest.mark.django_db(transaction=True)


def compiled(criteria: list[Criteria]) -> Compiled:
    return compile_searches(enumerate(criteria), SlugIndex.load())


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_search_is_told_of_the_adverts_that_it_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed == 2:  # a few adverts and searches, compared the way very many are
        monkeypatch.setattr("listings.buyers.percolator.blocks.TILE", 16)
        monkeypatch.setattr("listings.buyers.percolator.blocks.MANY", 2)
    stock(random.Random(seed), 60)  # noqa: S311 - a repeatable stock, not a secret
    adverts = ChangedAdverts.public(read_update(None))
    ids = adverts.columns["id"].tolist()

    @QUICK
    @given(st.lists(questions(), min_size=1, max_size=12))
    def agree(asked: list[object]) -> None:
        criteria = [each.criteria for each in asked]  # type: ignore[attr-defined]
        found = Searches(compiled(criteria)).matches(adverts)
        pairs = {
            (search, ids[advert])
            for search, advert in zip(found.searches.tolist(), found.adverts.tolist(), strict=True)
        }
        assert len(pairs) == len(found.searches)
        assert pairs == {
            (number, pk)
            for number, each in enumerate(criteria)
            for pk in matching(each).values_list("pk", flat=True)
        }

    agree()


def test_a_search_is_told_of_no_more_than_it_may_be() -> None:
    stock(random.Random(3), 60)  # noqa: S311 - a repeatable stock, not a secret
    adverts = ChangedAdverts.public(read_update(None))
    criteria = [Criteria(), Criteria(make=("bmw",)), Criteria(make=("audi", "ford"))]
    searches = Searches(compiled(criteria))
    every = [searches.matches(adverts).searches.tolist().count(number) for number in range(3)]
    for most in (1, 5, 1_000):
        found = searches.matches(adverts, most).searches.tolist()
        assert [found.count(number) for number in range(3)] == [min(most, each) for each in every]


def test_what_a_search_names_and_is_gone_is_left_out_of_it() -> None:
    stock(random.Random(4), 40)  # noqa: S311 - a repeatable stock, not a secret
    adverts = ChangedAdverts.public(read_update(None))
    criteria = [
        Criteria(make=("bmw", "morris")),
        Criteria(make=("bmw",)),
        Criteria(make=("morris",)),
        Criteria(dealer=("north", "closed")),
        Criteria(dealer=("closed",)),
    ]
    found = Searches(compiled(criteria)).matches(adverts).searches.tolist()
    counts = [found.count(number) for number in range(len(criteria))]
    assert counts[0] == counts[1] > 0
    assert counts[3] > 0
    assert counts[2] == counts[4] == 0


def test_every_filter_of_the_search_is_a_condition_or_a_key() -> None:
    neither = {"make", "model", "near", "prefer"}
    narrowing = {name for name in FIELDS if name not in neither}
    told = set()
    for name in narrowing:
        criteria = Criteria.from_parameters(_example(name))
        names = SlugIndex(
            {},
            {},
            {"north": 1},
            {"LS1": (53.8, -1.5)},
            KnownNames({}, {}, TransactionSnapshot(0, 0, ())),
        )
        asked = compile_searches([(1, criteria)], names).asked
        if asked and set(asked) <= set(CONDITIONS):
            told.add(name)
    assert told == narrowing


def _example(name: str) -> dict[str, object]:
    field = FIELDS[name]
    by_name: dict[str, dict[str, object]] = {
        "within_miles": {"near": "53.8,-1.5", name: 5},
        "text": {name: ["sport"]},
        "dealer": {name: ["north"]},
    }
    if name in by_name:
        return by_name[name]
    choices = getattr(field, "choices", None)
    if choices is not None:
        return {name: [choices.values[0]]}
    if isinstance(field, Numbers):
        return {name: [field.low]}
    if isinstance(field, RangeField):
        return {f"{name}_max": field.high}
    return {name: True} if isinstance(field, Flag) else {name: 1}
