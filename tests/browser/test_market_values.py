"""A dealer looks at what cars are worth, on a desk and on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dealers.models import Branch
from listings.models import Listing, MarketWeek
from tests import make
from tests.browser.conftest import serious
from tests.browser.test_dealer_panel import HOME, STOCK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture
def dear(yard: Branch) -> Listing:
    """An advert above its value, beside others of all ratings and of another dealer's."""
    now, model = timezone.now(), make.model()
    old = {"published_at": now - timedelta(days=70)}
    row = make.live(branch=yard, price=12_900, stock_ref="S1", **old)
    make.value(row, 11_250, label="higher", residual=0.1, correction=0.0)
    for price, label, days in ((9_000, "lower", 3), (10_200, "great", 40), (11_300, "good", 5)):
        each = make.live(branch=yard, price=price, published_at=now - timedelta(days=days))
        make.value(each, 11_250, label=label)
    make.value(make.live(branch=yard, price=1_125), 11_250, reason="check_price")
    for miles in range(60_000, 66_000, 1_000):
        other = make.live(price=11_000, mileage=miles, derivative="3.0 TDV6 HSE 4dr Auto")
        make.value(other, 11_200, residual=0.02, correction=0.0)
    today = timezone.localdate()
    MarketWeek.objects.create(
        week=today - timedelta(days=today.weekday()),
        model=model,
        sales=40,
        selling_dealers=8,
        days_to_sell=31.0,
        days_by_rating=[12.0, 20.0, 31.0, 45.0, 70.0],
    )
    return row


def test_a_dealer_goes_from_home_to_a_car_that_is_too_dear(at_desk: Page, dear: Listing) -> None:
    page = at_desk
    page.goto(HOME)
    card = page.locator("section", has_text="Prices beside the market")
    expect(card).to_contain_text("Cars worth a look")
    assert serious(page) == []
    card.get_by_text("Above similar cars").click()
    page.wait_for_url("**look=dear**")
    expect(page.locator("#result_list input.action-select")).to_have_count(1)
    expect(page.locator(".field-market")).to_contain_text("115% of £11,250")
    assert serious(page) == []
    page.goto(f"{STOCK}{dear.pk}/change/")
    market = page.locator("section", has_text="What such cars ask")
    expect(market).to_contain_text("£1,650 above similar cars")
    expect(market.locator(".panel-scale text")).to_have_count(4)
    expect(market.locator(".panel-steps tbody tr")).to_have_count(5)
    expect(market.locator(".panel-steps")).to_contain_text("31 days")
    expect(market.locator(".panel-compared li")).to_have_count(6)
    assert serious(page) == []
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0


def test_a_price_far_from_the_value_is_asked_about(at_desk: Page, dear: Listing) -> None:
    page = at_desk
    page.goto(f"{STOCK}?look=dear")
    box = page.locator(".panel-price")
    box.locator("input").fill("1290")
    box.locator("input").press("Enter")
    said = "£1,290 is far below what such cars ask, about £11,250: is a digit missing?"
    expect(box.locator(".panel-price-said")).to_contain_text(said)
    box.get_by_role("button", name="No").click()
    expect(box.locator("input")).to_have_value("12,900")
    dear.refresh_from_db()
    assert dear.price == 12_900
