"""What was not saved never looks saved in the stock table: offline, signed out, broken."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from dealers.models import Branch
from listings.models import Listing
from tests import make
from tests.browser.conftest import PASSWORD
from tests.browser.test_dealer_panel import STOCK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture
def table(browser: Browser, live_server: Any, yard: Branch) -> Iterator[Page]:
    """The stock table with one car; the console may complain, as it does of a line that is down."""
    make.live(branch=yard, price=15_495)
    make.member(yard.dealer, email="olive@example.com", password=PASSWORD)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto("/dealer/")
    page.fill("input[name=username]", "olive@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/dealer/")
    page.goto(STOCK)
    yield page
    context.close()


def write(page: Page, price: str) -> Locator:
    field = page.locator(".panel-price input")
    field.fill(price)
    field.press("Enter")
    return page.locator(".panel-price")


def says(box: Locator, state: str, text: str, value: str) -> None:
    expect(box.locator(".panel-price-said")).to_contain_text(text)
    expect(box).to_have_class(f"panel-price is-{state}")
    expect(box.locator("input")).to_have_value(value)


def test_offline_it_says_so_and_tries_again(table: Page) -> None:
    table.context.set_offline(True)
    box = write(table, "14995")
    says(box, "refused", "Not saved: 14995. You are offline.", "15,495")
    assert Listing.objects.get().price == 15_495
    box.get_by_role("button", name="Try again").click()
    says(box, "refused", "Not saved: 14995. You are offline.", "15,495")
    table.context.set_offline(False)
    box.get_by_role("button", name="Try again").click()
    says(box, "saved", "Saved", "14,995")
    assert Listing.objects.get().price == 14_995


def test_signed_out_it_says_so(table: Page) -> None:
    table.context.clear_cookies()
    box = write(table, "14995")
    says(box, "refused", "Not saved: 14995. You are signed out", "15,495")
    assert Listing.objects.get().price == 15_495


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_fails_is_asked_again(table: Page, status: int) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html", body="<h1>Sorry</h1>")

    table.route("**/price/", fail)
    box = write(table, "14995")
    says(box, "refused", "Not saved: 14995. The server is busy.", "15,495")
    table.unroute("**/price/")
    box.get_by_role("button", name="Try again").click()
    says(box, "saved", "Saved", "14,995")


def test_an_answer_that_is_lost_after_the_write_is_told_as_it_is(table: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    table.route("**/price/", lose)
    box = write(table, "14995")
    says(box, "refused", "Not saved: 14995. The server does not answer.", "15,495")
    table.unroute("**/price/")
    box.get_by_role("button", name="Try again").click()
    says(box, "refused", "Somebody made it £14,995 meanwhile.", "14,995")


def test_a_doubtful_price_is_asked_about(table: Page) -> None:
    box = write(table, "12")
    says(box, "asking", "£12 instead of £15,495: is a digit missing?", "15,495")
    box.get_by_role("button", name="No").click()
    expect(box).to_have_class("panel-price")
    assert Listing.objects.get().price == 15_495
    write(table, "12")
    box.get_by_role("button", name="Yes").click()
    says(box, "saved", "Saved", "12")
    assert Listing.objects.get().price == 12


def test_a_saved_price_is_taken_back(table: Page) -> None:
    box = write(table, "14995")
    says(box, "saved", "Saved", "14,995")
    box.get_by_role("button", name="Undo").click()
    says(box, "saved", "Undone: edited.", "15,495")
    assert Listing.objects.get().price == 15_495
