"""Price plans in the panel: written, looked ahead, stopped."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Branch, Dealer, User
from listings.models import ListingEvent, PricePlan, PriceSchedule
from listings.pricing import apply_due_drops, assign_plan
from tests import make

pytestmark = pytest.mark.django_db
PLANS = "/dealer/listings/priceplan/"
TERMS = {
    "name": "Slow",
    "after_days": "14",
    "every_days": "7",
    "drop": "2",
    "unit": "percent",
    "floor": "1000",
    "ending": "95",
}

FOLLOWING = {
    "name": "Near it",
    "kind": "market",
    "after_days": "0",
    "value_percent": "97",
    "percent_max": "3",
    "pounds_max": "300",
    "floor": "1000",
    "ending": "95",
}


def test_a_plan_that_follows_the_market_is_written_and_tells_its_rule(
    desk: Client, dealer: Dealer
) -> None:
    assert desk.post(f"{PLANS}add/", FOLLOWING).status_code == 302
    plan = PricePlan.objects.get()
    assert (plan.kind, plan.value_percent, plan.percent_max, plan.pounds_max) == (
        "market",
        97,
        3,
        300,
    )
    assert (plan.every_days, plan.drop, plan.unit, plan.may_rise) == (7, None, None, False)
    said = "97 % of the value after 0 days, at most 3 % and £300 a week, never up"
    assert said in desk.get(PLANS).content.decode()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("age", ("age", 2, None, False)), ("market", ("market", None, 97, True))],
)
def test_terms_of_the_kind_that_was_not_chosen_are_not_read(
    desk: Client, dealer: Dealer, kind: str, expected: tuple[object, ...]
) -> None:
    both = {**FOLLOWING, **TERMS, "may_rise": "on", "kind": kind}
    other = "value_percent" if kind == "age" else "every_days"
    assert desk.post(f"{PLANS}add/", {**both, other: "no number"}).status_code == 302
    plan = PricePlan.objects.get()
    assert (plan.kind, plan.drop, plan.value_percent, plan.may_rise) == expected


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("value_percent", "40"),
        ("value_percent", ""),
        ("percent_max", "51"),
        ("percent_max", "0"),
        ("pounds_max", ""),
        ("pounds_max", "99999999999"),
        ("kind", "neither"),
    ],
)
def test_odd_terms_of_a_plan_that_follows_are_told_beside_their_field(
    desk: Client, field: str, typed: str
) -> None:
    page = desk.post(f"{PLANS}add/", {**FOLLOWING, field: typed})
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors
    assert not PricePlan.objects.exists()


def test_a_plan_that_follows_shows_what_its_adverts_would_cost(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    plan = make.market_plan(dealer, ending="any", percent_max=2)
    row = make.live(branch=branch, price=10_000)
    make.value(row, 10_000, label="fair")
    unvalued = make.live(branch=branch, price=20_000)
    page = desk.get(f"{PLANS}{plan.pk}/change/")
    steps = {
        each.listing: [step.price for step in each.steps] for each in page.context["forecasts"]
    }
    assert steps == {row: [9_800, 9_700], unvalued: []}


def test_a_price_that_followed_tells_its_value_and_rule_in_the_log_and_to_staff(
    desk: Client, client: Client, branch: Branch, dealer: Dealer
) -> None:
    plan = make.market_plan(dealer, ending="any")
    row = make.live(branch=branch, price=10_000, published_at=timezone.now() - timedelta(days=9))
    make.value(row, 10_000, label="fair")
    assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    PriceSchedule.objects.update(next_drop_at=timezone.now() - timedelta(minutes=1))
    assert apply_due_drops() == 1
    told = "Price plan: value £10,000 by rule 2026.1"
    page = desk.get(f"/dealer/listings/listing/{row.pk}/change/").content.decode()
    assert told in page
    assert "Price: £10,000 → £9,700" in page
    client.force_login(make.staff())
    assert told in client.get(f"/admin/listings/listing/{row.pk}/change/").content.decode()
    assert told in client.get("/admin/listings/pricechange/").content.decode()


def test_a_plan_is_written_for_the_dealer(desk: Client, dealer: Dealer) -> None:
    response = desk.post(f"{PLANS}add/", TERMS)
    assert response.status_code == 302
    plan = PricePlan.objects.get()
    assert (plan.dealer, plan.name, plan.drop) == (dealer, "Slow", 2)


def test_a_new_plan_does_not_ask_about_the_default(desk: Client, dealer: Dealer) -> None:
    assert "Plan for new adverts" not in desk.get(f"{PLANS}add/").content.decode()
    plan = make.price_plan(dealer)
    assert "Plan for new adverts" in desk.get(f"{PLANS}{plan.pk}/change/").content.decode()


def test_no_plan_yet_is_said_in_plain_words(desk: Client) -> None:
    assert "No price plans yet" in desk.get(PLANS).content.decode()
    searched = desk.post(f"{PLANS}search/", {"q": "slow"}, follow=True)
    assert "Nothing matches" in searched.content.decode()


def test_terms_that_make_no_sense_are_refused(desk: Client) -> None:
    page = desk.post(f"{PLANS}add/", {**TERMS, "drop": "99"})
    assert page.status_code == 200
    assert not PricePlan.objects.exists()


def test_the_page_says_what_each_advert_will_cost_on_which_day(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    plan = make.price_plan(dealer, drop=500, unit="pounds", floor=9_000, ending="any")
    row = make.live(branch=branch, price=10_000)
    other = make.live(branch=branch, price=20_000)
    assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    page = desk.get(f"{PLANS}{plan.pk}/change/")
    (forecast,) = page.context["forecasts"]
    assert [step.price for step in forecast.steps] == [9_500, 9_000]
    assert forecast.listing == row
    assert other.title in page.content.decode()  # both have the same title
    assert "£9,500" in page.content.decode()


def test_a_plan_without_adverts_shows_what_it_would_do(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    plan = make.price_plan(dealer)
    make.live(branch=branch, price=10_000)
    page = desk.get(f"{PLANS}{plan.pk}/change/")
    assert page.context["on_plan"] == 0
    assert len(page.context["forecasts"]) == 1


@pytest.mark.parametrize("is_one", [True, False])
def test_a_plan_is_stopped_for_one_or_for_all(
    desk: Client, branch: Branch, dealer: Dealer, is_one: bool
) -> None:
    plan = make.price_plan(dealer)
    rows = [make.live(branch=branch) for _ in range(3)]
    assign_plan(plan_id=plan.pk, actor_id=None)
    desk.post(f"{PLANS}{plan.pk}/stop/", {"listing": str(rows[0].pk)} if is_one else {})
    assert PriceSchedule.objects.count() == (2 if is_one else 0)


def run(client: Client, action: str, *plans: PricePlan) -> str:
    values = {"action": action, "_selected_action": [plan.pk for plan in plans]}
    return client.post(PLANS, values, follow=True).content.decode()


def test_a_plan_becomes_the_default_and_no_longer_is(desk: Client, dealer: Dealer) -> None:
    plan = make.price_plan(dealer, name="Steady")
    assert "What you publish from now on goes on Steady." in run(desk, "make_default", plan)
    assert PricePlan.objects.get().is_default
    assert "is no longer the default" in run(desk, "no_longer_default", plan)
    assert not PricePlan.objects.get().is_default
    assert "Nothing was done" in run(desk, "no_longer_default", plan)


def test_a_plan_is_given_to_all_adverts_of_the_dealer(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    row = make.live(branch=branch)
    make.live()
    plan, other = make.price_plan(dealer, name="Steady"), make.price_plan(dealer)
    assert "1 advert put on Steady." in run(desk, "give_to_all", plan)
    assert PriceSchedule.objects.get().listing == row
    assert "choose one plan" in run(desk, "give_to_all", plan, other)
    assert PriceSchedule.objects.get().plan == plan


def test_a_plan_in_use_keeps_its_terms(desk: Client, branch: Branch, dealer: Dealer) -> None:
    plan = make.price_plan(dealer)
    make.live(branch=branch)
    assign_plan(plan_id=plan.pk, actor_id=None)
    before = PricePlan.objects.values().get()
    desk.post(f"{PLANS}{plan.pk}/change/", {**TERMS, "dealer": make.dealer().pk, "drop": 40})
    assert PricePlan.objects.values().get() == before


@pytest.mark.parametrize("typed", [{"drop": "60"}, {"every_days": "0"}, {"floor": "0"}])
def test_odd_terms_of_a_plan_are_refused(
    desk: Client, dealer: Dealer, typed: dict[str, str]
) -> None:
    plan = make.price_plan(dealer)
    before = PricePlan.objects.values().get()
    page = desk.post(f"{PLANS}{plan.pk}/change/", {**TERMS, **typed})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors
    assert PricePlan.objects.values().get() == before


def test_deleting_a_plan_takes_its_adverts_off_with_events(
    desk: Client, branch: Branch, dealer: Dealer, owner: User
) -> None:
    row = make.live(branch=branch)
    plan = make.price_plan(dealer, name="Steady")
    assign_plan(plan_id=plan.pk, actor_id=None)
    assert desk.get(f"{PLANS}{plan.pk}/delete/").status_code == 200
    assert PricePlan.objects.exists()
    desk.post(f"{PLANS}{plan.pk}/delete/", {"post": "yes"})
    assert not PricePlan.objects.exists()
    event = ListingEvent.objects.get(kind="unplanned")
    assert (event.listing, event.reason, event.actor) == (row, "Steady", owner)


def test_staff_write_a_plan_in_the_panel_and_see_it_at_the_advert(
    client: Client, branch: Branch, dealer: Dealer
) -> None:
    row = make.live(branch=branch, price=10_000)
    client.force_login(make.staff())
    client.post(f"/admin/dealers/dealer/{dealer.pk}/panel/")
    assert client.post(f"{PLANS}add/", TERMS).status_code == 302
    run(client, "give_to_all", PricePlan.objects.get(dealer=dealer))
    page = client.get(f"/admin/listings/listing/{row.pk}/change/").content.decode()
    assert "Slow: 2 % after 14 days, then every 7" in page
    assert "£9,795 on" in page


def test_sales_look_at_plans_and_change_none(client: Client, dealer: Dealer) -> None:
    plan: Any = make.price_plan(dealer, name="Theirs")
    client.force_login(make.member(dealer, "sales"))
    assert "Theirs" in client.get(PLANS).content.decode()
    assert client.get(f"{PLANS}add/").status_code == 403
    assert client.post(f"{PLANS}{plan.pk}/stop/").status_code == 404
    assert client.post(f"{PLANS}{plan.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_preview_is_a_table_of_days_prices_and_steps_with_a_chart(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    plan = make.price_plan(dealer, drop=500, unit="pounds", floor=9_000, ending="any")
    row = make.live(branch=branch, price=10_000)
    page = desk.get(f"{PLANS}{plan.pk}/change/")
    (forecast,) = page.context["forecasts"]
    assert [(step.price, step.change) for step in forecast.rows] == [(9_500, -500), (9_000, -500)]
    assert [label for _, label in forecast.chart.prices] == ["£9,000", "£9,500", "£10,000"]
    (_, first, _), (_, last, _) = forecast.chart.days
    assert (first, last) == ("today", f"{forecast.last.at:%-d %b %Y}")
    shown = page.content.decode()
    assert f"<strong>{row.title}</strong>" in shown
    assert "\u2212£500" in shown
    assert "£10,000 to £9,000 by" in shown.replace("\n", " ")


def test_a_price_that_stays_has_no_chart(desk: Client, branch: Branch, dealer: Dealer) -> None:
    plan = make.market_plan(dealer, ending="any")
    make.live(branch=branch, price=20_000)
    page = desk.get(f"{PLANS}{plan.pk}/change/")
    (forecast,) = page.context["forecasts"]
    assert (forecast.rows, forecast.chart) == ([], None)
    assert "does not change" in page.content.decode()
