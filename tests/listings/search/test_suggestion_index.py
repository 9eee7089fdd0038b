"""The index of suggestions: kept fresh, and forgiving one slip."""

import os
import threading
import time

import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from dealers.models import Dealer
from listings.search.suggest.builder import build_index
from listings.search.suggest.cache import IndexCache
from listings.search.suggest.index import Index
from listings.search.suggest.keys import Key, Keys
from listings.search.suggest.suggestions import NamedSuggestion, SearchSuggestion, SuggestionKind
from tests import make
from tests.marketplace.checkouts import wait_until


def index_of(count: int) -> Index:
    return Index(
        [
            NamedSuggestion(
                SearchSuggestion(SuggestionKind.MAKE, "Audi", count, "audi"), (("audi",),)
            )
        ]
    )


def first_count(kept: IndexCache) -> int:
    return kept.index().find("audi", 1)[0].count


def test_a_new_index_is_built_behind_its_callers() -> None:
    builds: list[int] = []

    def build(before: Index | None) -> Index:
        builds.append(threading.get_ident())
        return index_of(len(builds))

    kept = IndexCache(build, every=0.01, age_max=60)
    assert first_count(kept) == 1
    wait_until(lambda: first_count(kept) > 2)
    kept.stop()
    assert builds[0] == threading.get_ident() != builds[1]


def test_an_index_outlives_a_database_that_is_away_for_a_moment() -> None:
    answers: list[Index | Exception] = [index_of(1), OperationalError("away"), index_of(2)]

    def build(before: Index | None) -> Index:
        answer = answers.pop(0) if answers else index_of(3)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = IndexCache(build, every=0.01, age_max=60)
    assert first_count(kept) == 1
    wait_until(lambda: first_count(kept) == 3)
    kept.stop()


def test_an_old_index_is_not_handed_out() -> None:
    answers: list[Index] = [index_of(1)]
    kept = IndexCache(lambda _: answers.pop(), every=60, age_max=0.01)
    assert first_count(kept) == 1
    time.sleep(0.02)
    with pytest.raises(IndexError):
        kept.index()
    kept.stop()


def test_an_old_index_serves_others_while_one_builds_the_next() -> None:
    is_building, may_go_on = threading.Event(), threading.Event()

    def build(before: Index | None) -> Index:
        if before is not None:
            is_building.set()
            may_go_on.wait()
        return index_of(1 if before is None else 2)

    kept = IndexCache(build, every=60, age_max=0.01)
    assert first_count(kept) == 1
    time.sleep(0.02)
    found: list[int] = []
    builder = threading.Thread(target=lambda: found.append(first_count(kept)))
    builder.start()
    is_building.wait()
    assert first_count(kept) == 1
    may_go_on.set()
    builder.join()
    kept.stop()
    assert found == [2]


def test_a_forked_process_builds_its_own() -> None:
    kept = IndexCache(lambda before: index_of(1 if before is None else 2), every=60, age_max=60)
    assert first_count(kept) == 1
    child = os.fork()
    if child == 0:
        is_alone = threading.active_count() == 1
        kept.index()
        os._exit(0 if is_alone and threading.active_count() == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    kept.stop()


def test_many_threads_at_once_build_one_index() -> None:
    builds: list[int] = []

    def build(before: Index | None) -> Index:
        builds.append(1)
        time.sleep(0.02)
        return index_of(7)

    kept = IndexCache(build, every=60, age_max=60)
    threads = [threading.Thread(target=kept.index) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept.stop()
    assert len(builds) == 1


@pytest.mark.django_db(transaction=True)
def test_suggestions_follow_what_is_written() -> None:
    row = make.live()
    kept = IndexCache(build_index, every=0.02, age_max=60)
    assert kept.index().find("range rover", 1)[0].count == 1
    make.live(branch=row.branch)
    wait_until(lambda: kept.index().find("range rover", 1)[0].count == 2)
    Dealer.objects.update(is_active=False)
    wait_until(lambda: kept.index().find("range rover", 1)[0].count == 0)
    kept.stop()


def distance(left: str, right: str) -> int:
    """The optimal string alignment distance, by its definition."""
    if not left or not right:
        return len(left) + len(right)
    best = min(
        distance(left[1:], right) + 1,
        distance(left, right[1:]) + 1,
        distance(left[1:], right[1:]) + (left[0] != right[0]),
    )
    if len(left) > 1 and len(right) > 1 and left[:2] == right[1] + right[0]:
        best = min(best, distance(left[2:], right[2:]) + 1)
    return best


SHORT = st.text("abc", min_size=4, max_size=5)


@given(SHORT, st.lists(st.text("abc", min_size=1, max_size=6), max_size=4))
def test_slips_are_the_beginnings_one_edit_away(typed: str, names: list[str]) -> None:
    keys = Keys(Key(name, place, is_inner=False) for place, name in enumerate(names))
    beginnings = {name[:end] for name in names for end in range(1, len(name) + 1)}
    near = {each for each in beginnings if distance(typed, each) == 1}
    assert {each for each in keys.slips(typed) if each != typed} == near


@given(st.text("abcd", max_size=3))
def test_short_texts_have_no_slips(typed: str) -> None:
    assert Keys([Key("abcd", 0, is_inner=False)]).slips(typed) == set()
