"""One process at a time does a work, and none writes after another has taken over."""

import pytest
from django.db import transaction
from django.db.models import Func

from marketplace.lease import LeaseHolder, LeaseLost
from marketplace.models import Lease
from tests.listings.changes.connections import another
from tests.marketplace.checkouts import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "some work"


def let_run_out() -> None:
    Lease.objects.update(ends_at=Func(function="clock_timestamp"))


def test_one_holds_it_until_it_runs_out_or_is_given_up() -> None:
    first, second = LeaseHolder(NAME), LeaseHolder(NAME)
    assert [first.hold(), second.hold(), first.hold()] == [True, False, True]
    let_run_out()
    assert [second.hold(), first.hold(), second.hold()] == [True, False, True]
    second.release()
    assert [first.hold(), first.number] == [True, 3]


def test_a_holder_that_was_late_goes_on_where_nobody_took_over() -> None:
    holder = LeaseHolder(NAME)
    holder.hold()
    let_run_out()
    assert (holder.hold(), holder.number) == (True, 1)


def test_who_lost_it_cannot_write() -> None:
    first, second = LeaseHolder(NAME), LeaseHolder(NAME)
    first.hold()
    let_run_out()
    second.hold()
    with pytest.raises(LeaseLost), transaction.atomic():
        first.check()
    with transaction.atomic():
        second.check()


def test_nobody_takes_over_while_a_holder_writes() -> None:
    holder = LeaseHolder(NAME)
    holder.hold()
    let_run_out()
    with transaction.atomic(), another() as other:
        holder.check()
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Exception, match="lock timeout"):
            other.execute("UPDATE marketplace_lease SET number = number + 1")


def test_a_long_work_keeps_it_and_gives_it_up_at_its_end() -> None:
    holder, second = LeaseHolder(NAME, seconds=2), LeaseHolder(NAME)
    with holder.renewed():
        before = Lease.objects.get().ends_at
        wait_until(lambda: Lease.objects.get().ends_at > before)
        assert not second.hold()
    assert second.hold()
    with pytest.raises(LeaseLost), holder.renewed():
        pytest.fail("Another has it.")
    assert second.hold()
