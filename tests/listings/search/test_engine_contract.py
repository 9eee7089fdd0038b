"""What every search engine is held to: the answers of PostgreSQL, before and after writes.

`SEARCH_ENGINES` names engines of others by their import paths; they are asked as ours is.
"""

import dataclasses
import os
import random
from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from pytest_django import Settings

from listings.search.engine import SearchEngine, SearchRequest, SearchResult
from listings.search.engines import engine_of
from listings.search.memory import MemoryEngine
from listings.search.postgres import PostgresEngine
from listings.word_index import follow_texts
from tests.listings.search.questions import QUICK, follow, questions, rate_anew, stock, write
from tests.listings.search.test_replica import HOUR

pytestmark = pytest.mark.django_db(transaction=True)

ENGINES = ("postgres", "memory", *os.environ.get("SEARCH_ENGINES", "").split())
PATIENCE_SECONDS = 60
SEED, ADVERTS, WRITES = 11, 120, 2


@pytest.fixture(params=ENGINES)
def tried(request: pytest.FixtureRequest, settings: Settings) -> Iterator[SearchEngine]:
    settings.REPLICA_SECONDS = 0.05
    settings.REPLICA_AGE_MAX_SECONDS = HOUR
    found = engine_of(request.param)
    yield found
    if isinstance(found, MemoryEngine):
        found.replica.stop()


def disagrees(tried: SearchEngine, request: SearchRequest) -> bool:
    return tried.search(request) != PostgresEngine().search(request)


@pytest.mark.slow
def test_an_engine_answers_as_postgresql_does(tried: SearchEngine) -> None:
    random_ = random.Random(SEED)  # noqa: S311 - a repeatable stock, not a secret
    stock(random_, ADVERTS)
    follow_texts()
    for _ in range(WRITES):
        assert tried.catch_up(seconds=PATIENCE_SECONDS)
        ask(tried)
        write(random_)
        rate_anew(random_)
        follow_texts()


def ask(tried: SearchEngine) -> None:
    """Ask any question, and for the page after the first and the one before it."""

    @QUICK
    @given(questions(), st.integers(0, 8))
    def agrees(request: SearchRequest, step: int) -> None:
        assert not disagrees(tried, request)
        place = follow(tried.search(request), step)
        if place is not None:
            assert not disagrees(tried, dataclasses.replace(request, seek=place))

    agrees()


class WrongEngine(PostgresEngine):
    """Answers almost rightly: what is wrong with the result is `spoil`."""

    def __init__(self, spoil: Callable[[SearchResult], SearchResult]) -> None:
        self.spoil = spoil

    def search(self, request: SearchRequest) -> SearchResult:
        return self.spoil(super().search(request))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda result: dataclasses.replace(result, has_more=False),
        lambda result: dataclasses.replace(result, positions=result.positions[::-1]),
        lambda result: dataclasses.replace(result, count=(result.count or 0) + 1),
        lambda result: dataclasses.replace(
            result, facets={name: buckets[:1] for name, buckets in result.facets.items()}
        ),
        lambda result: dataclasses.replace(result, near=None),
    ],
)
def test_an_engine_that_errs_is_found_out(spoil: Callable[[SearchResult], SearchResult]) -> None:
    stock(random.Random(SEED), ADVERTS)  # noqa: S311 - a repeatable stock
    wrong = WrongEngine(spoil)

    try:
        find(questions(), lambda request: disagrees(wrong, request), settings=QUICK)
    except NoSuchExample:
        pytest.fail("Nobody noticed.")


@pytest.mark.parametrize("name", ["nowhere.Engine", "listings.models.Make", "datetime.date"])
def test_what_is_no_engine_is_refused(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        engine_of(name)


def test_an_engine_is_found_by_its_import_path() -> None:
    assert isinstance(engine_of("listings.search.postgres.PostgresEngine"), PostgresEngine)
