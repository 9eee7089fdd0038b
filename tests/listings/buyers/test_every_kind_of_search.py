"""The percolator finds what the search by SQL finds, for searches of every kind."""

import json
import random
from collections.abc import Iterator, Sequence

import pytest
from django.db import connection

from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.compiler import Compiled, compile_rows, compile_searches
from listings.buyers.percolator.matcher import Searches
from listings.models import Listing
from listings.search.criteria import FIELDS, Criteria
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.updates import read_update
from listings.search.postgres import matching
from tests.listings.buyers.kinds import as_stored, criteria_of, stocked

pytestmark = pytest.mark.django_db(transaction=True)

PERCOLATOR = "listings.buyers.percolator"
Found = set[tuple[int, int]]


@pytest.fixture(params=["few", "many"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have few adverts and searches compared as they are, or the way very many are."""
    if request.param == "many":
        monkeypatch.setattr(f"{PERCOLATOR}.blocks.MANY", 2)
        monkeypatch.setattr(f"{PERCOLATOR}.blocks.TILE", 64)
        monkeypatch.setattr(f"{PERCOLATOR}.blocks.FEW", 0)
        monkeypatch.setattr(f"{PERCOLATOR}.matcher.BLOCK", 9)


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("count", [270, pytest.param(2_000, marks=pytest.mark.slow)])
def test_searches_of_every_kind_find_what_the_search_by_sql_finds(count: int) -> None:
    chance = random.Random(count)  # noqa: S311 - repeatable searches, no secret
    stocked(chance, 100)
    kinds = list(FIELDS)
    asked = [criteria_of(chance, kinds[number % len(kinds)]) for number in range(count)]
    adverts = ChangedAdverts.public(read_update(None))
    expected = by_sql(asked)
    assert count < len(expected) < count * len(adverts) / 2
    names = SlugIndex.load()
    compiled = compile_searches(enumerate(asked), names)
    assert found(compiled, [adverts]) == expected
    assert found(compiled, list(singly(adverts))) == expected
    stored = compile_rows(_as_rows(asked), names)
    assert found(stored, [adverts]) == expected
    assert not stored.unreadable


@pytest.mark.usefixtures("size")
def test_a_cap_leaves_the_first_adverts_of_each_search() -> None:
    chance = random.Random(11)  # noqa: S311 - repeatable searches, no secret
    stocked(chance, 80)
    kinds = [name for name in FIELDS if name not in ("make", "model")]
    asked = [criteria_of(chance, kinds[number % len(kinds)]) for number in range(120)]
    asked = [each for each in asked if len(each.make) < 2 and not each.model]
    adverts = ChangedAdverts.public(read_update(None))
    compiled = compile_searches(enumerate(asked), SlugIndex.load())
    places = {pk: place for place, pk in enumerate(adverts.columns["id"].tolist())}
    every = sorted((search, places[pk]) for search, pk in found(compiled, [adverts]))
    for most in (1, 3, 20):
        capped = Searches(compiled).matches(adverts, most)
        told = set(zip(capped.searches.tolist(), capped.adverts.tolist(), strict=True))
        assert len(told) == len(capped.searches)
        assert told == {
            pair
            for search in range(len(asked))
            for pair in [each for each in every if each[0] == search][:most]
        }


def test_each_kind_of_filter_narrows_but_wishes_and_an_origin_alone() -> None:
    chance = random.Random(12)  # noqa: S311 - repeatable searches, no secret
    stocked(chance, 60)
    adverts = ChangedAdverts.public(read_update(None))
    narrowing = set()
    for name in FIELDS:
        asked = [criteria_of(chance, name) for _ in range(60)]
        alone = [_only(name, each) for each in asked]
        compiled = compile_searches(enumerate(alone), SlugIndex.load())
        if len(found(compiled, [adverts])) < len(alone) * len(adverts):
            narrowing.add(name)
    assert narrowing == FIELDS.keys() - {"near", "prefer"}


def test_a_price_bound_never_finds_an_advert_without_a_price() -> None:
    chance = random.Random(13)  # noqa: S311 - repeatable searches, no secret
    stocked(chance, 60)
    adverts = ChangedAdverts.public(read_update(None))
    bounds = [{"price_min": 0}, {"price_max": 10_000_000}, {"price_min": 0, "price_max": 1}, {}]
    asked = [Criteria.from_parameters(each) for each in bounds]
    pairs = found(compile_searches(enumerate(asked), SlugIndex.load()), [adverts])
    assert pairs == by_sql(asked)
    assert adverts.prices == dict(Listing.objects.public().values_list("pk", "price"))
    without = {pk for pk, price in adverts.prices.items() if price is None}
    assert without
    assert {search for search, pk in pairs if pk in without} == {3}


def test_nothing_is_found_among_no_adverts_or_by_no_searches() -> None:
    stocked(random.Random(14), 20)  # noqa: S311 - a repeatable stock, not a secret
    adverts = ChangedAdverts.public(read_update(None))
    none = ChangedAdverts(
        {name: column[:0] for name, column in adverts.columns.items()},
        (),
        adverts.branches,
        adverts.now,
    )
    names = SlugIndex.load()
    assert found(compile_searches([(1, Criteria())], names), [none]) == set()
    assert found(compile_searches([], names), [adverts]) == set()


def by_sql(asked: Sequence[Criteria]) -> Found:
    return {
        (number, pk)
        for number, criteria in enumerate(asked)
        for pk in matching(criteria).values_list("pk", flat=True)
    }


def found(compiled: Compiled, parts: Sequence[ChangedAdverts]) -> Found:
    searches = Searches(compiled)
    pairs: list[tuple[int, int]] = []
    for adverts in parts:
        each = searches.matches(adverts)
        pks = adverts.columns["id"][each.adverts].tolist()
        pairs += zip(compiled.ids[each.searches].tolist(), pks, strict=True)
    assert len(pairs) == len(set(pairs))
    return set(pairs)


def singly(adverts: ChangedAdverts) -> Iterator[ChangedAdverts]:
    for at in range(len(adverts)):
        columns = {name: column[at : at + 1] for name, column in adverts.columns.items()}
        words = adverts.words[at : at + 1]
        yield ChangedAdverts(columns, words, adverts.branches, adverts.now)


def _only(name: str, criteria: Criteria) -> Criteria:
    """Return a search for one kind of thing, with the place that a radius needs."""
    names = ("near", name) if name == "within_miles" else (name,)
    return Criteria(**{each: getattr(criteria, each) for each in names})


def _as_rows(asked: Sequence[Criteria]) -> list[tuple[int, str]]:
    """Return searches as PostgreSQL gives them from a column of JSON."""
    texts = [json.dumps(as_stored(each)) for each in asked]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number - 1, criteria::jsonb::text"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS stored (criteria, number)",
            [texts],
        )
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows
