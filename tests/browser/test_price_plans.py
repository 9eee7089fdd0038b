"""A price plan that follows the market, and the market beside the stock, in a browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dealers.models import Branch
from listings import periodic
from listings.models import PricePlan, PriceSchedule
from listings.pricing import assign_plan
from tests import make
from tests.browser.conftest import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
PLANS = "/dealer/listings/priceplan/"


def test_a_plan_that_follows_is_written_given_and_followed(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    row = make.live(branch=yard, price=10_000, published_at=timezone.now() - timedelta(days=9))
    make.value(row, 10_000, label="fair")
    page.goto(f"{PLANS}add/")
    page.fill("#id_name", "Near the market")
    page.get_by_label("As the market").check()
    page.fill("#id_after_days", "0")
    page.fill("#id_floor", "5000")
    page.locator("button[name=_save]").click()
    expect(page.get_by_text("A plan of the kind “As the market” needs this.").first).to_be_visible()
    page.fill("#id_value_percent", "97")
    page.fill("#id_percent_max", "3")
    page.fill("#id_pounds_max", "250")
    page.locator("button[name=_save]").click()
    page.wait_for_url(f"**{PLANS}")
    expect(page.get_by_text("97 % of the value after 0 days")).to_be_visible()
    plan = PricePlan.objects.get()
    page.goto(f"{PLANS}{plan.pk}/change/")
    expect(page.locator(".panel-forecasts")).to_contain_text("£9,795")
    assert serious(page) == []

    assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    PriceSchedule.objects.update(next_drop_at=timezone.now() - timedelta(minutes=1))
    periodic.refresh_prices()
    page.goto(f"/dealer/listings/listing/{row.pk}/change/")
    told = page.get_by_text("Price plan: value £10,000 by rule 2026.1")
    told.scroll_into_view_if_needed()
    expect(told).to_be_visible()


def test_the_form_the_market_and_the_weekly_mail_can_be_read_by_everybody(
    at_desk: Page, yard: Branch
) -> None:
    page = at_desk
    for _ in range(5):
        make.live(branch=make.branch(make.dealer()), body_type="estate")
    make.value(make.live(branch=yard, body_type="estate"), 34_000, label="good")
    periodic.measure_market()
    found = {}
    for path in (f"{PLANS}add/", "/dealer/market/", "/dealer/weekly/"):
        page.goto(path)
        found[path] = serious(page)
    assert not any(found.values()), found
    page.get_by_role("button", name="Send me the weekly mail").click()
    expect(page.get_by_text("The weekly mail comes on Monday mornings.")).to_be_visible()
