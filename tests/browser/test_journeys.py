"""What dealers do most costs few clicks, counted from Home on, on a desk and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, FeedRun, SavedView
from listings.models import EnquiryMessage, Listing, PricePlan
from tests import make
from tests.browser.conftest import serious
from tests.browser.journeys import Journey
from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files
from tests.dealers.feeds.stock import LONG, bring, car
from tests.dealers.panel.test_enquiries import enquiry

__all__ = ["_catalogue", "_messages_that_nobody_reads", "_own_files"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
STOCK = "/dealer/listings/listing/"
ODD_FILE = (
    b"Stock No,Plate,Make,Model,Version,Year,Windscreen,Clocked\r\n"
    b"A1,AB15 CDE,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,15995,72253\r\n"
    b"A2,AB15 CDF,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,16995,62253\r\n"
)


def worked(page: Page, run: FeedRun) -> None:
    get_on(run_id=run.pk, seconds=LONG)
    expect(page.locator("[data-run-state]")).to_have_count(0)
    page.wait_for_load_state()


def test_a_file_with_odd_headers_is_imported_in_eight_clicks(at_desk: Page, yard: Branch) -> None:
    page, way = at_desk, Journey(at_desk)
    way.open_menu_entry("Feeds")
    way.click(page.get_by_role("link", name="Add stock feed").last)
    way.fill("#id_name", "Our list")
    way.click("button[name=_save]")
    page.wait_for_url("**/stockfeed/*/change/")
    file = {"name": "stock.csv", "mimeType": "text/csv", "buffer": ODD_FILE}
    way.add_files("input[name=file]", [file])  # type: ignore[list-item]
    way.click(page.get_by_role("button", name="Upload"))
    page.wait_for_url("**/feedrun/*/change/")
    run = FeedRun.objects.get()
    worked(page, run)
    way.click(page.get_by_role("link", name="Look over its columns"))
    way.choose(page.get_by_label("Field of Windscreen"), "price")
    way.choose(page.get_by_label("Field of Clocked"), "mileage")
    way.click(page.get_by_role("button", name="Confirm"))
    page.wait_for_url("**/feedrun/*/change/")
    worked(page, run)
    assert set(Listing.objects.values_list("price", "mileage")) == {
        (15_995, 72_253),
        (16_995, 62_253),
    }
    assert way.clicks <= 8


def test_an_enquiry_is_answered_in_three_clicks(at_desk: Page, yard: Branch) -> None:
    page, way = at_desk, Journey(at_desk)
    enquiry(yard.dealer)
    page.goto("/dealer/")
    way.click(page.get_by_role("link", name="Answer buyers"))
    way.click(page.locator("#result_list a[href*='/enquiry/']").first)
    way.fill("#answer", "It is still here: come by on Saturday.")
    way.click(page.get_by_role("button", name="Send the answer"))
    expect(page.get_by_text("Your answer is on its way.")).to_be_visible()
    assert EnquiryMessage.objects.get(kind="answer").body.startswith("It is still here")
    assert way.clicks <= 3


@pytest.mark.parametrize("what", ["many withdrawn", "one withdrawn", "a price", "a plan", "a file"])
def test_what_was_done_is_undone_in_two_clicks(at_desk: Page, yard: Branch, what: str) -> None:
    page = at_desk
    rows = [make.live(branch=yard, price=10_000 + n) for n in range(2)]
    before = list(Listing.objects.order_by("pk").values("status", "price"))
    do(page, yard, what, rows)
    assert state_of(rows) != before or what in ("a plan", "a file")
    page.goto("/dealer/")
    way = Journey(page)
    way.click(page.locator(".panel-undo-line").get_by_text("Undo").first)
    page.wait_for_load_state()
    if what == "a file":
        way.click(page.get_by_role("button", name="Undo"))
        page.wait_for_load_state()
    assert way.clicks <= 2
    expect(page.get_by_text("ndone").first).to_be_visible()
    assert state_of(rows) == before
    assert not Listing.objects.exclude(pk__in=[row.pk for row in rows]).filter(status="live")
    assert not PricePlan.objects.filter(schedules__isnull=False)


def state_of(rows: list[Listing]) -> list[Any]:
    return list(
        Listing.objects.filter(pk__in=[row.pk for row in rows])
        .order_by("pk")
        .values("status", "price")
    )


def do(page: Page, yard: Branch, what: str, rows: list[Listing]) -> None:
    """Do what is to be undone, as somebody at the desk does it."""
    advert = f"{STOCK}{rows[0].pk}/change/"
    if what == "a file":
        bring(make.feed(yard, name="Forecourt system"), [car(number) for number in range(3)])
    elif what == "one withdrawn":
        page.goto(advert)
        page.get_by_role("button", name="Withdraw", exact=True).click()
        expect(page.get_by_text("is withdrawn")).to_be_visible()
    elif what == "a price":
        page.goto(STOCK)
        price = page.locator(".panel-price input").first
        price.fill("9000")
        price.press("Enter")
        expect(page.locator(".panel-price.is-saved")).to_be_visible()
    else:
        make.price_plan(yard.dealer)
        page.goto(STOCK)
        for box in page.locator("input.action-select").all():
            box.check()
        act = "withdraw" if what == "many withdrawn" else "start_plan"
        page.select_option("select[name=action]", act)
        page.get_by_role("button", name="Run", exact=True).click()
        page.wait_for_url("**/run/*/")
        if what == "a plan":
            page.locator("input[name=plan]").first.check()
        page.locator("form .panel-button.is-primary").first.click()
        page.wait_for_load_state()


def test_views_of_ones_own_are_managed_where_they_are(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    make.live(branch=yard)
    page.goto(f"{STOCK}?price_to=90000")
    page.get_by_text("Keep this view").click()
    page.locator(".panel-keep input[name=name]").first.fill("Cheap")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.wait_for_load_state()
    page.get_by_text("Your views").click()
    page.get_by_role("button", name="Open Stock with it").click()
    page.wait_for_load_state()
    assert SavedView.objects.get().opens_stock
    page.get_by_text("Your views").click()
    assert serious(page) == []
    page.goto("/dealer/")
    way = Journey(page)
    way.open_menu_entry("Stock")
    assert page.url.endswith("?price_to=90000")


def test_keys_and_addresses_are_copied_by_a_button(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    page.goto("/dealer/keys/")
    page.fill("#id_name", "Stock software")
    page.get_by_label("See your stock, marks included").check()
    page.get_by_role("button", name="Make the key").click()
    page.wait_for_load_state()
    token = page.locator(".key-token").inner_text()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy the key").click()
    expect(page.locator(".copy-row [role=status]")).to_have_text("Copied")
    assert page.evaluate("window.getSelection().toString()").strip() == token
    assert serious(page) == []
    page.goto("/dealer/listings/priceplan/")


def test_a_plans_preview_can_be_read_by_everybody(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    plan = make.price_plan(yard.dealer, drop=500, unit="pounds", floor=6_000, ending="any")
    make.live(branch=yard, price=10_000)
    page.goto(f"/dealer/listings/priceplan/{plan.pk}/change/")
    chart = page.locator(".panel-plan-chart")
    chart.scroll_into_view_if_needed()
    expect(chart).to_contain_text("£10,000")
    expect(page.locator(".panel-forecast table tbody tr")).to_have_count(8)
    assert serious(page) == []
