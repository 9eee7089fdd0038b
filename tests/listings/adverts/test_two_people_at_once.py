"""People who act on the same car at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from listings.adverts import lifecycle
from listings.choices import Status
from listings.models import Listing, ListingEvent
from marketplace.errors import DomainError
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], Listing]) -> list[str]:
    """Run verbs at the same moment; return the status each led to, or the refusal's code."""
    start = Barrier(len(verbs))

    def run(verb: Callable[[], Listing]) -> str:
        start.wait(timeout=60)
        try:
            return verb().status
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


@pytest.mark.parametrize("attempt", range(10))
def test_selling_the_same_car_at_once_gives_one_sale(attempt: int) -> None:
    car = make.live()
    outcome = at_once(*[lambda: lifecycle.sell(listing_id=car.pk, actor_id=None)] * 4)
    assert sorted(outcome) == ["action_not_allowed"] * 3 + ["sold"]
    assert ListingEvent.objects.filter(listing=car, kind="sold").count() == 1


@pytest.mark.parametrize("attempt", range(10))
def test_reserving_the_same_car_at_once_holds_it_for_one(attempt: int) -> None:
    car = make.live()
    outcome = at_once(*[lambda: lifecycle.reserve(listing_id=car.pk, actor_id=None)] * 4)
    assert sorted(outcome) == ["action_not_allowed"] * 3 + ["live"]
    assert ListingEvent.objects.filter(listing=car, kind="reserved").count() == 1


@pytest.mark.parametrize("attempt", range(10))
def test_selling_and_reserving_at_once_never_leaves_a_sold_car_reserved(attempt: int) -> None:
    car = make.live()
    at_once(
        lambda: lifecycle.sell(listing_id=car.pk, actor_id=None),
        lambda: lifecycle.reserve(listing_id=car.pk, actor_id=None),
    )
    car.refresh_from_db()
    logged = list(ListingEvent.objects.filter(listing=car).values_list("kind", flat=True))
    if car.status == Status.SOLD:
        assert car.reserved_until is None
        assert "sold" in logged
    else:
        assert logged == ["reserved"]


@pytest.mark.parametrize("attempt", range(5))
def test_publishing_two_adverts_of_one_car_at_once_shows_one(attempt: int) -> None:
    first = make.draft(vrm="AB15CDE")
    second = make.draft(vrm="AB15CDE", branch=first.branch)
    outcome = at_once(
        *[
            lambda pk=row.pk: lifecycle.publish(listing_id=pk, actor_id=None)
            for row in (first, second)
        ]
    )
    assert sorted(outcome) == ["already_live", "live"]
    assert Listing.objects.filter(status=Status.LIVE).count() == 1
