"""Jobs that run at once, or beside people, do each thing once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.utils import timezone

from listings.adverts import expire_due, lifecycle
from listings.models import Listing, ListingEvent, PriceChange, PriceSchedule
from listings.pricing import apply_due_drops
from marketplace.errors import DomainError
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

AGO = timedelta(hours=1)
T = TypeVar("T")


def at_once(*jobs: Callable[[], T]) -> list[T]:
    start = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        try:
            start.wait(timeout=60)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def test_sweeps_at_once_expire_each_advert_once() -> None:
    branch = make.branch()
    for _ in range(100):
        make.live(branch=branch, expires_at=timezone.now() - AGO)
    counts = at_once(*[lambda: expire_due(limit=7)] * 4)
    expire_due()
    assert sum(counts) == 100
    assert not Listing.objects.exclude(status="expired").exists()
    assert set(Counter(ListingEvent.objects.values_list("listing", flat=True)).values()) == {1}


def test_price_jobs_at_once_lower_each_price_once() -> None:
    branch = make.branch()
    plan = make.price_plan(branch.dealer)
    for _ in range(100):
        row = make.live(branch=branch, price=10_000)
        PriceSchedule.objects.create(listing=row, plan=plan, next_drop_at=timezone.now() - AGO)
    counts = at_once(*[lambda: apply_due_drops(limit=7)] * 4)
    assert sum(counts) == 100
    assert set(Listing.objects.values_list("price", flat=True)) == {9_795}
    assert PriceChange.objects.filter(reason="plan").count() == 100
    assert set(PriceSchedule.objects.values_list("steps_applied", flat=True)) == {1}


@pytest.mark.parametrize("attempt", range(10))
def test_a_renewal_beside_the_sweep_leaves_a_live_advert_or_a_clear_conflict(
    attempt: int,
) -> None:
    row = make.live(expires_at=timezone.now() - AGO)

    def renew() -> str:
        try:
            return lifecycle.renew(listing_id=row.pk, actor_id=None).status
        except DomainError as error:
            return error.code

    outcome, _ = at_once(renew, lambda: str(expire_due()))
    row.refresh_from_db()
    assert (outcome, row.status) in {("live", "live"), ("action_not_allowed", "expired")}


def test_a_reservation_taken_at_the_moment_of_a_drop_wins_or_comes_after() -> None:
    for _ in range(10):
        row = make.live(price=10_000)
        PriceSchedule.objects.create(
            listing=row, plan=make.price_plan(row.dealer), next_drop_at=timezone.now() - AGO
        )
        at_once(
            lambda pk=row.pk: lifecycle.reserve(listing_id=pk, actor_id=None).pk,  # type: ignore[misc]  # a default binds the loop's value
            apply_due_drops,
        )
        row.refresh_from_db()
        assert row.reserved_until is not None
        assert row.price in {9_795, 10_000}
        changes = PriceChange.objects.filter(listing=row, reason="plan")
        assert changes.count() == (row.price == 9_795)


def test_a_row_that_somebody_holds_does_not_stop_the_sweep() -> None:
    branch = make.branch()
    held = make.live(branch=branch, expires_at=timezone.now() - AGO)
    free = make.live(branch=branch, expires_at=timezone.now() - AGO)
    with transaction.atomic():
        Listing.objects.select_for_update().get(pk=held.pk)
        assert at_once(expire_due) == [1]
    free.refresh_from_db()
    assert free.status == "expired"
    assert expire_due() == 1
