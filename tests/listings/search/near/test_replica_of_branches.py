"""The replica knows where the branches are, and follows them when they move."""

from collections.abc import Iterator

import pytest

from dealers.models import Branch
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.memory.engine import Search
from listings.search.memory.replica import Replica
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.updates import read_update
from tests import make
from tests.marketplace.checkouts import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

NEAREST = SearchRequest(Criteria(near="53.8000,-1.5500", within_miles=10), ("distance",), 100)


@pytest.fixture
def replica() -> Iterator[Replica]:
    replica = Replica(every=0.05, age_max=60)
    yield replica
    replica.stop()


def until_found(replica: Replica, expected: list[int]) -> None:
    def is_found() -> bool:
        if (current := replica.snapshot()) is None:
            return False
        references = SlugIndex.load().resolve(NEAREST.criteria)
        result = Search(*current, NEAREST, references).answer()
        return [position.id for position in result.positions] == expected

    wait_until(is_found)


def test_a_branch_that_moves_is_followed(replica: Replica) -> None:
    near = make.live(branch=make.branch(latitude=53.8, longitude=-1.55))
    lost = make.live(branch=make.branch())
    until_found(replica, [near.pk])
    Branch.objects.filter(pk=lost.branch_id).update(latitude=53.81, longitude=-1.55)
    until_found(replica, [near.pk, lost.pk])
    Branch.objects.filter(pk=near.branch_id).update(latitude=None, longitude=None)
    until_found(replica, [lost.pk])


def test_branches_are_read_again_only_when_adverts_changed() -> None:
    row = make.live(branch=make.branch(latitude=53.8, longitude=-1.55))
    first = read_update(None)
    second = read_update(first.moment, first.branches)
    assert second.branches is first.branches
    Branch.objects.filter(pk=row.branch_id).update(latitude=51.5)
    third = read_update(second.moment, second.branches)
    assert third.branches is not first.branches
    assert third.rows["id"].tolist() == [row.pk]
