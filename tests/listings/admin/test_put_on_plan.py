"""Staff put adverts on price plans, take them off, and see what they will cost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from dealers.models import User
from listings import pricing
from listings.models import ListingEvent, PricePlan, PriceSchedule
from tests import make
from tests.listings.admin.test_bulk_actions import LIST, run, said

pytestmark = pytest.mark.django_db
PLANS = "/admin/listings/priceplan/"


def run_plan(client: Client, action: str, *plans: PricePlan) -> list[str]:
    chosen = [plan.pk for plan in plans]
    values = {"action": action, "_selected_action": chosen}
    return said(client.post(PLANS, values, follow=True))


def test_the_page_shows_prices_and_then_puts_the_adverts_on(admin: Client, boss: User) -> None:
    branch = make.branch()
    row = make.live(branch=branch, price=10_000, published_at=timezone.now() - timedelta(days=40))
    sold = make.live(branch=branch, status="sold", sold_at=timezone.now())
    plan = make.price_plan(branch.dealer, name="Steady")
    page = run(admin, "put_on_plan", row, sold).content.decode()
    assert "2 % after 30 days, then every 7" in page
    assert "£9,795 on" in page
    assert not PriceSchedule.objects.exists()
    values = {"ids": f"{row.pk},{sold.pk}", "plan": plan.pk}
    assert said(admin.post(f"{LIST}plan/", values, follow=True)) == [
        "1 advert put on Steady.",
        f"1 advert refused: A sold advert goes on no price plan. (#{sold.pk} {sold.title})",
    ]
    assert PriceSchedule.objects.get().listing == row
    event = ListingEvent.objects.get()
    assert (event.kind, event.reason, event.actor) == ("planned", "Steady", boss)
    assert said(admin.post(f"{LIST}plan/", values, follow=True))[0].startswith(
        "1 advert refused: It is on Steady already."
    )
    page = admin.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "Steady: 2 % after 30 days, then every 7" in page
    assert "£9,795 on" in page


def test_a_page_without_a_choice_or_with_another_dealers_plan_changes_nothing(
    admin: Client,
) -> None:
    row = make.live()
    make.price_plan(row.dealer)
    other = make.price_plan(make.dealer())
    for plan in ("", str(other.pk)):
        response = admin.post(f"{LIST}plan/", {"ids": str(row.pk), "plan": plan})
        assert response.context["form"].errors.keys() == {"plan"}
    assert not PriceSchedule.objects.exists()


def test_adverts_of_two_dealers_and_of_a_dealer_without_plans_are_refused(admin: Client) -> None:
    row, stranger = make.live(), make.live()
    (message,) = said(run(admin, "put_on_plan", row, stranger))
    assert message == (
        "Nothing was done: these adverts are of 2 dealers, and a price plan is of one."
        " Choose one dealer's adverts."
    )
    assert said(run(admin, "put_on_plan", row)) == [
        f"Nothing was done: {row.dealer.name} has no price plan. Write one first."
    ]


def test_adverts_are_taken_off(admin: Client) -> None:
    row, free = make.live(), make.live()
    plan = make.price_plan(row.dealer)
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    assert said(run(admin, "take_off_plan", row, free)) == [
        "1 advert taken off price plans.",
        f"1 advert refused: It is on no price plan. (#{free.pk} {free.title})",
    ]
    assert not PriceSchedule.objects.exists()


def test_a_plan_is_given_to_the_whole_dealer(admin: Client) -> None:
    row = make.live()
    make.live()
    plan = make.price_plan(row.dealer, name="Steady")
    assert run_plan(admin, "give_to_all", plan) == [f"1 advert of {row.dealer} put on Steady."]
    assert PriceSchedule.objects.get().listing == row
    other = make.price_plan(row.dealer)
    assert run_plan(admin, "give_to_all", plan, other) == [
        "Nothing was done: choose one plan of each dealer, and at most 50."
    ]
    assert PriceSchedule.objects.get().plan == plan


def test_a_plan_becomes_the_default_and_no_longer_is(admin: Client) -> None:
    plan = make.price_plan(make.dealer())
    run_plan(admin, "make_default", plan)
    assert PricePlan.objects.get().is_default
    run_plan(admin, "no_longer_default", plan)
    assert not PricePlan.objects.get().is_default
    assert run_plan(admin, "no_longer_default", plan) == ["Nothing was done: no default is chosen."]


def test_a_plan_in_use_keeps_its_dealer_and_terms(admin: Client) -> None:
    row = make.live()
    plan = make.price_plan(row.dealer)
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    before = PricePlan.objects.values().get()
    values = {"dealer": make.dealer().pk, "name": "New", "drop": 40}
    admin.post(f"{PLANS}{plan.pk}/change/", values)
    assert PricePlan.objects.values().get() == before


def test_deleting_a_plan_takes_its_adverts_off_with_events(admin: Client, boss: User) -> None:
    row = make.live()
    plan = make.price_plan(row.dealer, name="Steady")
    pricing.assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    assert admin.get(f"{PLANS}{plan.pk}/delete/").status_code == 200
    assert PricePlan.objects.exists()
    admin.post(f"{PLANS}{plan.pk}/delete/", {"post": "yes"})
    assert not PricePlan.objects.exists()
    event = ListingEvent.objects.get(kind="unplanned")
    assert (event.listing, event.reason, event.actor) == (row, "Steady", boss)


def test_who_may_only_look_cannot_plan(client: Client) -> None:
    person = make.user(is_staff=True)
    rights = ("view_listing", "view_priceplan")
    person.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client.force_login(person)
    row = make.live()
    plan = make.price_plan(row.dealer)
    values = {"ids": str(row.pk), "plan": plan.pk}
    assert client.get(f"{LIST}plan/").status_code == 405
    assert client.post(f"{LIST}plan/", values).status_code == 403
    assert client.post(f"{PLANS}{plan.pk}/delete/", {"post": "yes"}).status_code == 403
    run(client, "put_on_plan", row)
    run_plan(client, "give_to_all", plan)
    run_plan(client, "make_default", plan)
    assert not PriceSchedule.objects.exists()
    assert not PricePlan.objects.get().is_default
