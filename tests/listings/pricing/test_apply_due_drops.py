"""Prices fall by their plans: what is due, once, however often or late the job runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from listings import periodic
from listings.adverts import edit_listing, lifecycle
from listings.models import Listing, PriceChange, PriceSchedule
from listings.pricing import apply_due_drops
from tests import make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def on_plan(*, due: datetime, terms: dict[str, Any] | None = None, **fields: Any) -> Listing:
    """Return an advert, at £10,000 unless told otherwise, whose price falls next at `due`."""
    row = make.live(**{"price": 10_000, **fields})
    plan = make.price_plan(row.dealer, **(terms or {}))
    PriceSchedule.objects.create(listing=row, plan=plan, next_drop_at=due)
    return row


def price(row: Listing) -> int | None:
    return Listing.objects.values_list("price", flat=True).get(pk=row.pk)


def schedule(row: Listing) -> PriceSchedule:
    return PriceSchedule.objects.get(listing=row)


def by_plan(row: Listing) -> list[tuple[int | None, int | None]]:
    changes = PriceChange.objects.filter(listing=row, reason="plan", actor=None)
    return list(changes.values_list("old_price", "new_price"))


def test_a_drop_that_is_due_is_applied_once_and_its_reason_kept() -> None:
    due = timezone.now() - timedelta(hours=1)
    row = on_plan(due=due, published_at=timezone.now() - 2 * DAY)
    periodic.refresh_prices()
    periodic.refresh_prices()
    row.refresh_from_db()
    assert (row.price, row.previous_price) == (9_795, 10_000)
    assert by_plan(row) == [(10_000, 9_795)]
    assert schedule(row).next_drop_at == due + 7 * DAY
    assert schedule(row).steps_applied == 1


def test_a_drop_that_is_not_due_waits() -> None:
    row = on_plan(due=timezone.now() + timedelta(minutes=1))
    assert apply_due_drops() == 0
    assert price(row) == 10_000
    assert schedule(row).steps_applied == 0


def test_a_late_job_ends_where_one_on_time_would_have() -> None:
    due = timezone.now() - 22 * DAY
    row = on_plan(due=due)
    assert apply_due_drops() == 1
    assert by_plan(row) == [(10_000, 9_195)]  # £9,795, £9,595, £9,395, £9,195
    assert schedule(row).next_drop_at == due + 28 * DAY
    assert schedule(row).steps_applied == 4


def test_no_price_falls_below_the_floor_or_the_fee_in_it() -> None:
    long_ago = timezone.now() - 300 * DAY
    floored = on_plan(due=long_ago, terms={"floor": 9_000})
    with_fee = on_plan(due=long_ago, admin_fee=9_500)
    below = on_plan(due=long_ago, terms={"floor": 12_000})
    assert apply_due_drops() == 2
    assert [price(row) for row in (floored, with_fee, below)] == [9_000, 9_500, 10_000]
    assert apply_due_drops() == 0
    for row in (floored, with_fee, below):
        following = schedule(row).next_drop_at
        assert following is not None
        assert following > timezone.now()


def test_a_reserved_advert_is_not_touched_until_it_is_free() -> None:
    due = timezone.now() - 8 * DAY
    row = on_plan(due=due, reserved_until=timezone.now() + DAY)
    before = Listing.objects.values().get(pk=row.pk)
    assert apply_due_drops() == 0
    assert Listing.objects.values().get(pk=row.pk) == before
    assert schedule(row).next_drop_at == due
    lifecycle.release(listing_id=row.pk, actor_id=None)
    assert apply_due_drops() == 1
    assert price(row) == 9_595
    assert schedule(row).steps_applied == 2


def test_a_reservation_that_is_over_holds_nothing_up() -> None:
    row = on_plan(due=timezone.now() - DAY, reserved_until=timezone.now() - DAY)
    assert apply_due_drops() == 1
    assert price(row) == 9_795


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "expired"},
        {"status": "withdrawn"},
        {"status": "sold", "sold_at": timezone.now()},
    ],
    ids=lambda fields: fields["status"],
)
def test_an_advert_off_the_market_is_not_touched_and_its_clock_stops(
    fields: dict[str, Any],
) -> None:
    row = on_plan(due=timezone.now() - 90 * DAY, **fields)
    assert apply_due_drops() == 0
    assert price(row) == 10_000
    assert schedule(row).next_drop_at is None


def test_an_advert_that_has_run_out_is_not_touched_before_the_sweep() -> None:
    row = on_plan(due=timezone.now() - DAY, expires_at=timezone.now() - timedelta(hours=1))
    assert apply_due_drops() == 0
    assert price(row) == 10_000


def test_a_suspended_dealers_prices_stand_still_and_do_not_plunge_afterwards() -> None:
    row = on_plan(due=timezone.now() - 90 * DAY)
    dealers = type(row.dealer).objects.filter(pk=row.dealer_id)
    dealers.update(is_active=False)
    assert apply_due_drops() == 0
    dealers.update(is_active=True)
    assert apply_due_drops() == 0
    assert price(row) == 10_000


def test_a_sandboxs_prices_fall_as_any_dealers_do() -> None:
    row = on_plan(due=timezone.now() - DAY)
    type(row.dealer).objects.filter(pk=row.dealer_id).update(is_sandbox=True)
    assert apply_due_drops() == 1
    assert price(row) == 9_795


def test_without_a_price_the_steps_pass() -> None:
    row = on_plan(due=timezone.now() - 90 * DAY, price=None)
    assert apply_due_drops() == 0
    edit_listing(listing_id=row.pk, changes={"price": 10_000}, actor_id=None)
    assert apply_due_drops() == 0
    assert price(row) == 10_000


def test_after_an_edit_by_hand_the_drops_go_on_from_the_new_price() -> None:
    row = on_plan(due=timezone.now() - DAY)
    apply_due_drops()
    edit_listing(listing_id=row.pk, changes={"price": 12_000}, actor_id=None)
    PriceSchedule.objects.update(next_drop_at=timezone.now() - DAY)
    assert apply_due_drops() == 1
    assert price(row) == 11_795
    reasons = PriceChange.objects.filter(listing=row).values_list("reason", flat=True)
    assert list(reasons) == ["edit", "plan", "edit", "plan"]


@pytest.mark.parametrize("verb", [lifecycle.withdraw, lifecycle.sell])
def test_a_relisted_advert_waits_a_full_turn_for_its_next_drop(verb: Any) -> None:
    row = on_plan(due=timezone.now() - 90 * DAY, published_at=timezone.now() - 120 * DAY)
    verb(listing_id=row.pk, actor_id=None)
    before = timezone.now()
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    assert apply_due_drops() == 0
    following = schedule(row).next_drop_at
    assert following is not None
    assert abs(following - before - 7 * DAY) < timedelta(minutes=1)


@pytest.mark.parametrize("status", ["expired", "live"])
def test_an_advert_renewed_after_its_end_waits_a_full_turn(status: str) -> None:
    row = on_plan(
        due=timezone.now() - 90 * DAY, status=status, expires_at=timezone.now() - 30 * DAY
    )
    lifecycle.renew(listing_id=row.pk, actor_id=None)
    assert apply_due_drops() == 0
    assert price(row) == 10_000


def test_an_advert_renewed_before_its_end_keeps_its_clock() -> None:
    due = timezone.now() + DAY
    row = on_plan(due=due)
    lifecycle.renew(listing_id=row.pk, actor_id=None)
    assert schedule(row).next_drop_at == due


def test_the_job_goes_through_all_that_is_due_in_batches() -> None:
    rows = [on_plan(due=timezone.now() - DAY) for _ in range(5)]
    on_plan(due=timezone.now(), reserved_until=timezone.now() + DAY)
    assert apply_due_drops(limit=2) == 5
    assert {price(row) for row in rows} == {9_795}


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = on_plan(due=timezone.now() - 8 * DAY, terms={"name": "Two a week"})
    on_plan(due=timezone.now(), reserved_until=timezone.now() + DAY)
    on_plan(due=timezone.now(), status="expired")
    on_plan(due=timezone.now(), price=None)
    before = [list(model.objects.values()) for model in (Listing, PriceSchedule, PriceChange)]
    call_command("refresh_prices", "--dry-run")
    assert capsys.readouterr().out == (
        f"{row.pk}\t{row.title}\t£10,000\t£9,595\tTwo a week\n1 prices would change\n"
    )
    assert [list(model.objects.values()) for model in (Listing, PriceSchedule, PriceChange)] == (
        before
    )
    call_command("refresh_prices")
    assert capsys.readouterr().out == "1 prices changed\n"
    assert price(row) == 9_595
