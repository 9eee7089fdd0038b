"""Prices that follow the market: near the value, within limits, once a week, never by a guess."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from listings import periodic, pricing
from listings.adverts import edit_listing, lifecycle, undo_listings
from listings.adverts.context import WriteContext
from listings.choices import PriceRating, Source
from listings.exceptions import InvalidPlan, PlanInUse
from listings.models import (
    Listing,
    ListingEvent,
    ListingValue,
    PriceChange,
    PricePlan,
    PriceSchedule,
)
from listings.models.value import ValueInputs
from listings.pricing import MarketTerms, PlanTerms, apply_due_drops, due_drops, preview_plan
from tests import make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def terms(**fields: Any) -> MarketTerms:
    defaults: dict[str, Any] = {"name": "Near it", "value_percent": 97, "percent_max": 3}
    return MarketTerms(**{**defaults, "pounds_max": 400, "floor": 1_000, **fields})


def following(worth: int | None = 10_000, due: datetime | None = None, **fields: Any) -> Listing:
    """Return an advert, at £10,300 unless told otherwise, due now, and worth so much."""
    plan_terms = {"ending": "any", **fields.pop("terms", {})}
    row = make.live(**{"price": 10_300, "published_at": timezone.now() - 9 * DAY, **fields})
    plan = make.market_plan(row.dealer, **plan_terms)
    due = due or timezone.now() - timedelta(minutes=1)
    PriceSchedule.objects.create(listing=row, plan=plan, next_drop_at=due)
    if worth is not None:
        make.value(row, worth, label=PriceRating.FAIR)
    return row


def revalued(row: Listing, worth: int) -> None:
    """Have the value hold again, as the worker does after a change of price."""
    inputs = Listing.objects.values_list(ValueInputs(), flat=True).get(pk=row.pk)
    ListingValue.objects.filter(listing=row).update(inputs=inputs, value=worth)


def a_week_later() -> None:
    """Move what happened a little more than seven days into the past."""
    week = 7 * DAY + timedelta(seconds=30)
    for change in PriceChange.objects.all():
        PriceChange.objects.filter(pk=change.pk).update(changed_at=change.changed_at - week)
    for each in PriceSchedule.objects.exclude(next_drop_at=None):
        assert each.next_drop_at is not None
        PriceSchedule.objects.filter(pk=each.pk).update(next_drop_at=each.next_drop_at - week)


def price(row: Listing) -> Any:
    return Listing.objects.values_list("price", flat=True).get(pk=row.pk)


def by_plan(row: Listing) -> list[tuple[Any, ...]]:
    changes = PriceChange.objects.filter(listing=row, reason="plan", actor=None)
    return list(changes.values_list("old_price", "new_price", "value", "rule"))


def test_a_price_goes_where_it_belongs_once_and_says_by_which_value_and_rule() -> None:
    row = following()
    periodic.refresh_prices()
    periodic.refresh_prices()
    assert price(row) == 9_785  # 5 % of £10,300 is £515
    assert by_plan(row) == [(10_300, 9_785, 10_000, "2026.1")]
    assert PriceSchedule.objects.get().steps_applied == 1
    revalued(row, 10_000)
    a_week_later()
    periodic.refresh_prices()
    assert price(row) == 9_785  # £9,700 is less than 1 % away


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"terms": {"percent_max": 2}}, 10_094),
        ({"terms": {"pounds_max": 150}}, 10_150),
        ({"terms": {"value_percent": 100}}, 10_000),
        ({"terms": {"value_percent": 102}}, 10_300),  # £10,200 is less than 1 % off
        ({"terms": {"ending": "95"}}, 9_795),
        ({"terms": {"ending": "99", "pounds_max": 120}}, 10_199),
        ({"terms": {"floor": 9_990}}, 9_990),
        ({"terms": {"floor": 10_400}}, 10_300),
        ({"admin_fee": 9_995}, 9_995),
        ({"worth": 12_000}, 10_300),
        ({"worth": 12_000, "terms": {"may_rise": True}}, 10_815),
        ({"worth": 12_000, "terms": {"may_rise": True, "ending": "95"}}, 10_795),
        ({"worth": 12_000, "terms": {"may_rise": True, "pounds_max": 50}}, 10_350),
        ({"worth": None}, 10_300),
        ({"price": None, "worth": None}, None),
        ({"status": "draft"}, 10_300),
        ({"expires_at": -timedelta(hours=1)}, 10_300),
        ({"reserved_until": DAY}, 10_300),
    ],
    ids=str,
)
def test_how_far_a_price_goes(fields: dict[str, Any], expected: int | None) -> None:
    now = timezone.now()
    at = {name: now + each for name, each in fields.items() if isinstance(each, timedelta)}
    row = following(**{**fields, **at})
    foreseen = [drop.new_price for drop in due_drops()]
    is_moved = expected not in (None, 10_300)
    assert foreseen == [expected] * is_moved
    assert apply_due_drops() == is_moved
    assert price(row) == expected
    assert len(by_plan(row)) == is_moved


@pytest.mark.parametrize(
    "changes", [{"price": 11_000}, {"mileage": 100_000}, {"owners": 7}], ids=str
)
def test_a_value_that_no_longer_holds_moves_nothing(changes: dict[str, Any]) -> None:
    row = following()
    edit_listing(listing_id=row.pk, changes=changes, actor_id=None)
    before = price(row)
    assert apply_due_drops() == 0
    assert price(row) == before
    looks_again = PriceSchedule.objects.get().next_drop_at
    assert looks_again is not None
    assert abs(looks_again - timezone.now() - DAY) < timedelta(minutes=1)


@pytest.mark.parametrize("reason", ["few_comparables", "check_price", "written_off"])
def test_a_value_without_a_label_moves_nothing(reason: str) -> None:
    row = following(worth=None)
    make.value(row, 10_000, reason=reason)
    assert apply_due_drops() == 0
    assert price(row) == 10_300


def test_a_reserved_car_keeps_its_turn_until_it_is_free() -> None:
    row = following(reserved_until=timezone.now() + DAY)
    before = Listing.objects.values().get(pk=row.pk)
    assert apply_due_drops() == 0
    assert Listing.objects.values().get(pk=row.pk) == before
    lifecycle.release(listing_id=row.pk, actor_id=None)
    assert apply_due_drops() == 1


def test_however_often_the_plan_is_given_anew_a_price_moves_once_a_week() -> None:
    row = following()
    plans = [make.market_plan(row.dealer, ending="any") for _ in range(3)]
    assert apply_due_drops() == 1
    for plan in plans:
        revalued(row, 8_000)
        pricing.stop_plan(listing_ids=[row.pk], actor_id=None)
        pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
        assert list(due_drops()) == []
        assert apply_due_drops() == 0
    (change,) = PriceChange.objects.filter(value__isnull=False)
    waits = PriceSchedule.objects.get().next_drop_at
    assert waits == change.changed_at + 7 * DAY
    first = preview_plan(plan_id=plans[-1].pk)[row.pk][0]
    assert first.at == change.changed_at + 7 * DAY
    a_week_later()
    assert apply_due_drops() == 1


def test_a_job_that_comes_late_makes_one_step_and_waits_a_week() -> None:
    row = following(worth=5_000, due=timezone.now() - 40 * DAY)
    assert apply_due_drops() == 1
    assert price(row) == 9_785
    revalued(row, 5_000)
    assert apply_due_drops() == 0


@pytest.mark.parametrize("verb", [lifecycle.withdraw, lifecycle.sell])
def test_the_clock_stands_still_off_the_market(verb: Any) -> None:
    row = following()
    verb(listing_id=row.pk, actor_id=None)
    assert apply_due_drops() == 0
    assert PriceSchedule.objects.get().next_drop_at is None
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    assert apply_due_drops() == 0
    assert price(row) == 10_300


def test_the_forecast_is_what_comes_if_values_stay() -> None:
    row = following(worth=9_500, terms={"percent_max": 2, "ending": "95"})
    plan = PricePlan.objects.get()
    foreseen = [step.price for step in preview_plan(plan_id=plan.pk)[row.pk]]
    reached = []
    while apply_due_drops():
        reached.append(price(row))
        revalued(row, 9_500)
        a_week_later()
    assert reached == foreseen
    assert reached == [10_095, 9_895, 9_795, 9_695, 9_595, 9_495, 9_395, 9_295]  # £80 from £9,215
    assert all(
        before - after <= before * 2 // 100 and str(after).endswith("5")
        for before, after in zip([10_300, *reached], reached, strict=False)
    )


def test_a_dry_run_tells_the_value_and_the_rule(capsys: pytest.CaptureFixture[str]) -> None:
    row = following(terms={"name": "Near it"})
    before = [list(model.objects.values()) for model in (Listing, PriceSchedule, PriceChange)]
    call_command("refresh_prices", "--dry-run")
    assert capsys.readouterr().out == (
        f"{row.pk}\t{row.title}\t£10,300\t£9,785\tNear it\t97 % of £10,000 by rule 2026.1\n"
        "1 prices would change\n"
    )
    assert [list(model.objects.values()) for model in (Listing, PriceSchedule, PriceChange)] == (
        before
    )


def test_both_kinds_in_one_batch_change_each_by_its_own_rule() -> None:
    row = following()
    aged = make.live(price=10_000, branch=row.branch)
    plan = make.price_plan(row.dealer)
    due = timezone.now() - timedelta(minutes=1)
    PriceSchedule.objects.create(listing=aged, plan=plan, next_drop_at=due)
    assert apply_due_drops() == 2
    assert by_plan(row) == [(10_300, 9_785, 10_000, "2026.1")]
    assert by_plan(aged) == [(10_000, 9_795, None, "")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_percent": 49},
        {"value_percent": 151},
        {"percent_max": 0},
        {"percent_max": 51},
        {"pounds_max": 0},
        {"floor": 0},
        {"ending": "50"},
        {"name": ""},
        {"value_percent": None},
        {"pounds_max": None},
    ],
    ids=str,
)
def test_impossible_terms_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidPlan):
        pricing.create_plan(dealer_id=make.dealer().pk, terms=terms(**wrong))
    assert not PricePlan.objects.exists()


def test_a_plan_becomes_one_of_the_other_kind_while_no_advert_is_on_it() -> None:
    row = make.live()
    plan = pricing.create_plan(dealer_id=row.dealer_id, terms=terms())
    by_age = PlanTerms("Ladder", 10, 14, 2, PricePlan.Unit.PERCENT, 500)
    pricing.edit_plan(plan_id=plan.pk, terms=by_age)
    plan.refresh_from_db()
    assert (plan.kind, plan.every_days, plan.drop, plan.value_percent) == ("age", 14, 2, None)
    pricing.edit_plan(plan_id=plan.pk, terms=terms(may_rise=True))
    plan.refresh_from_db()
    assert (plan.kind, plan.every_days, plan.drop, plan.may_rise) == ("market", 7, None, True)
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    with pytest.raises(PlanInUse):
        pricing.edit_plan(plan_id=plan.pk, terms=by_age)


def test_a_plan_that_follows_comes_back_by_undoing_with_its_clock() -> None:
    row = following()
    plan = PricePlan.objects.get()
    before = PriceSchedule.objects.values().get()
    pricing.stop_plan(listing_ids=[row.pk], actor_id=None)
    stopped = ListingEvent.objects.get(kind="unplanned").change_set_id
    assert stopped is not None
    undo_listings(change_set_ids=[stopped], listing_ids=[row.pk], by=WriteContext(Source.PERSON))
    assert PriceSchedule.objects.values().get() == before
    assert PriceSchedule.objects.get().plan == plan
    assert apply_due_drops() == 1
