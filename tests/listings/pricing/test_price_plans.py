"""A dealer writes price plans, puts adverts on them, takes them off and looks ahead."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from listings import lifecycle, pricing
from listings.exceptions import DuplicatePlanName, InvalidPlan, ListingNotFound, PlanNotFound
from listings.models import Listing, ListingEvent, PricePlan, PriceSchedule
from listings.pricing import PlanTerms, apply_due_drops
from tests import make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def terms(**fields: Any) -> PlanTerms:
    defaults: dict[str, Any] = {
        "name": "Steady",
        "after_days": 30,
        "every_days": 7,
        "drop": 2,
        "unit": PricePlan.Unit.PERCENT,
        "floor": 1_000,
    }
    return PlanTerms(**{**defaults, **fields})


def clock(row: Listing) -> Any:
    return PriceSchedule.objects.get(listing=row).next_drop_at


def events(row: Listing) -> list[tuple[str, str, int | None]]:
    found = ListingEvent.objects.filter(listing=row, kind__in=("planned", "unplanned"))
    return list(found.order_by("pk").values_list("kind", "reason", "actor"))


def test_a_plan_keeps_its_terms() -> None:
    plan = pricing.create_plan(dealer_id=make.dealer().pk, terms=terms())
    plan.refresh_from_db()
    assert (plan.name, plan.drop, plan.unit, plan.ending) == ("Steady", 2, "percent", "95")
    assert not plan.is_default


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_days": 0},
        {"after_days": 366},
        {"drop": 0},
        {"drop": 51},
        {"unit": "euros"},
        {"floor": 0},
        {"ending": "50"},
        {"name": ""},
        {"name": "n" * 81},
        {"drop": 2**40, "unit": "pounds"},
    ],
)
def test_impossible_terms_are_refused(wrong: dict[str, Any]) -> None:
    dealer = make.dealer()
    with pytest.raises(InvalidPlan) as refusal:
        pricing.create_plan(dealer_id=dealer.pk, terms=terms(**wrong))
    assert refusal.value.fields
    assert not PricePlan.objects.exists()


def test_a_plans_name_is_used_once_by_a_dealer() -> None:
    dealer = make.dealer()
    pricing.create_plan(dealer_id=dealer.pk, terms=terms())
    with pytest.raises(DuplicatePlanName):
        pricing.create_plan(dealer_id=dealer.pk, terms=terms())
    pricing.create_plan(dealer_id=make.dealer().pk, terms=terms())
    assert PricePlan.objects.count() == 2


def test_the_first_drop_comes_when_the_advert_has_been_live_long_enough() -> None:
    published_at = timezone.now() - 10 * DAY
    row = make.live(published_at=published_at)
    plan = make.price_plan(row.dealer, name="Steady")
    person = make.user()
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=person.pk)
    assert clock(row) == published_at + 30 * DAY
    assert events(row) == [("planned", "Steady", person.pk)]


def test_an_advert_long_live_falls_at_once_but_only_one_step() -> None:
    row = make.live(price=10_000, published_at=timezone.now() - 100 * DAY)
    plan = make.price_plan(row.dealer)
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    assert apply_due_drops() == 1
    row.refresh_from_db()
    assert row.price == 9_795


def test_assigning_the_same_plan_again_changes_nothing() -> None:
    row = make.live(published_at=timezone.now() - 100 * DAY)
    plan = make.price_plan(row.dealer)
    assert pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None) == 1
    apply_due_drops()
    before = PriceSchedule.objects.values().get()
    assert pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None) == 0
    assert PriceSchedule.objects.values().get() == before
    assert len(events(row)) == 1


def test_another_plan_takes_the_place_of_the_first() -> None:
    row = make.live()
    first, second = make.price_plan(row.dealer), make.price_plan(row.dealer, after_days=60)
    pricing.assign_plan(plan_id=first.pk, listing_ids=[row.pk], actor_id=None)
    pricing.assign_plan(plan_id=second.pk, listing_ids=[row.pk], actor_id=None)
    schedule = PriceSchedule.objects.get(listing=row)
    assert row.published_at is not None
    assert schedule.plan == second
    assert schedule.next_drop_at == row.published_at + 60 * DAY
    assert [reason for _, reason, _ in events(row)] == [first.name, second.name]


def test_a_whole_dealer_goes_on_a_plan() -> None:
    branch = make.branch()
    on_market, draft = make.live(branch=branch), make.draft(branch=branch)
    sold = make.live(branch=branch, status="sold", sold_at=timezone.now())
    stranger = make.live()
    plan = make.price_plan(branch.dealer)
    assert pricing.assign_plan(plan_id=plan.pk, actor_id=None) == 2
    assert set(PriceSchedule.objects.values_list("listing", flat=True)) == {
        on_market.pk,
        draft.pk,
    }
    assert clock(draft) is None
    assert events(sold) == events(stranger) == []


def test_an_advert_of_another_dealer_is_refused_with_all_the_others() -> None:
    row, stranger = make.live(), make.live()
    plan = make.price_plan(row.dealer)
    with pytest.raises(ListingNotFound):
        pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk, stranger.pk], actor_id=None)
    assert not PriceSchedule.objects.exists()
    assert not ListingEvent.objects.exists()


def test_an_unknown_plan_is_not_found() -> None:
    with pytest.raises(PlanNotFound):
        pricing.assign_plan(plan_id=1, listing_ids=[], actor_id=None)
    with pytest.raises(PlanNotFound):
        pricing.preview_plan(plan_id=1)


def test_a_plan_that_is_stopped_lowers_nothing_more() -> None:
    row = make.live(price=10_000, published_at=timezone.now() - 100 * DAY)
    plan = make.price_plan(row.dealer, name="Steady")
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    assert pricing.stop_plan(listing_ids=[row.pk], actor_id=None) == 1
    assert pricing.stop_plan(listing_ids=[row.pk], actor_id=None) == 0
    assert apply_due_drops() == 0
    row.refresh_from_db()
    assert row.price == 10_000
    assert [kind for kind, _, _ in events(row)] == ["planned", "unplanned"]


def test_publishing_puts_an_advert_on_the_dealers_default_plan() -> None:
    row = make.draft()
    plan = make.price_plan(row.dealer, name="Steady")
    pricing.set_default_plan(dealer_id=row.dealer_id, plan_id=plan.pk)
    person = make.user()
    row = lifecycle.publish(listing_id=row.pk, actor_id=person.pk)
    assert row.published_at is not None
    assert clock(row) == row.published_at + 30 * DAY
    assert events(row) == [("planned", "Steady", person.pk)]


def test_publishing_leaves_an_advert_on_the_plan_it_is_on() -> None:
    row = make.draft()
    own, default = make.price_plan(row.dealer, after_days=3), make.price_plan(row.dealer)
    pricing.set_default_plan(dealer_id=row.dealer_id, plan_id=default.pk)
    pricing.assign_plan(plan_id=own.pk, listing_ids=[row.pk], actor_id=None)
    row = lifecycle.publish(listing_id=row.pk, actor_id=None)
    assert row.published_at is not None
    assert PriceSchedule.objects.get().plan == own
    assert clock(row) == row.published_at + 3 * DAY


def test_without_a_default_plan_publishing_plans_nothing() -> None:
    row = make.draft()
    make.price_plan(row.dealer)
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    assert not PriceSchedule.objects.exists()


def test_a_dealer_has_one_default_plan_or_none() -> None:
    dealer = make.dealer()
    first, second = make.price_plan(dealer), make.price_plan(dealer)
    defaults = PricePlan.objects.filter(is_default=True)
    pricing.set_default_plan(dealer_id=dealer.pk, plan_id=first.pk)
    pricing.set_default_plan(dealer_id=dealer.pk, plan_id=second.pk)
    assert defaults.get() == second
    with pytest.raises(PlanNotFound):
        pricing.set_default_plan(dealer_id=dealer.pk, plan_id=make.price_plan(make.dealer()).pk)
    assert defaults.get() == second
    pricing.set_default_plan(dealer_id=dealer.pk, plan_id=None)
    assert not defaults.exists()


def test_a_preview_is_what_the_job_then_does() -> None:
    row = make.live(price=10_000)
    plan = make.price_plan(row.dealer, floor=9_500)
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    planned = pricing.preview_plan(plan_id=plan.pk, listing_ids=[row.pk])[row.pk]
    start = clock(row)
    assert [(step.at, step.price) for step in planned] == [
        (start, 9_795),
        (start + 7 * DAY, 9_595),
        (start + 14 * DAY, 9_500),
    ]
    PriceSchedule.objects.update(next_drop_at=timezone.now() - 8 * DAY)
    apply_due_drops()
    row.refresh_from_db()
    assert row.price == planned[1].price


def test_a_preview_tells_what_a_plan_would_do_to_the_stock() -> None:
    branch = make.branch()
    published_at = timezone.now() - 20 * DAY
    dear = make.live(branch=branch, price=10_000, published_at=published_at)
    cheap = make.live(branch=branch, price=900)
    on_application = make.live(branch=branch, price=None)
    make.live()
    plan = make.price_plan(branch.dealer, floor=9_700)
    planned = pricing.preview_plan(plan_id=plan.pk)
    assert on_application.pk not in planned
    assert cheap.pk not in planned
    assert [(step.at, step.price) for step in planned.pop(dear.pk)] == [
        (published_at + 30 * DAY, 9_795),
        (published_at + 37 * DAY, 9_700),
    ]
    assert planned == {}
    assert not PriceSchedule.objects.exists()


def test_a_preview_waits_for_a_reservation_and_catches_up_then() -> None:
    held_until = timezone.now() + 2 * DAY
    row = make.live(price=10_000, reserved_until=held_until)
    plan = make.price_plan(row.dealer, floor=9_500)
    PriceSchedule.objects.create(listing=row, plan=plan, next_drop_at=timezone.now() - 8 * DAY)
    planned = pricing.preview_plan(plan_id=plan.pk)[row.pk]
    assert (planned[0].at, planned[0].price) == (held_until, 9_595)
