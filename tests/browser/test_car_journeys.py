"""What a dealer's everyday ways cost in clicks and fields, at a desk and on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dealers.models import Branch
from listings.models import Listing, Photo
from tests import make, vehicle_registers
from tests.browser.journeys import Journey
from tests.browser.test_dealer_panel import STOCK, picture
from tests.vehicle_registers import FOCUS, FORD, Registers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
COLOURS = ("red", "green", "blue", "black", "white", "grey", "navy", "olive")


@pytest.fixture
def registers() -> Iterator[Registers]:
    with vehicle_registers.running() as running:
        running.know("L2WPS", dvla=FORD, dvsa=FOCUS)
        yield running


def test_a_car_with_eight_photos_is_added_and_published_in_six_clicks_and_four_fields(
    at_desk: Page, yard: Branch, registers: Registers
) -> None:
    page, journey = at_desk, Journey(at_desk)
    focus = make.model("Focus", make.make("Ford"))
    journey.open_menu_entry("Stock")
    journey.click(page.get_by_role("link", name="Add a car"))
    page.wait_for_url("**/add/**")
    journey.add_files(".panel-drop input[type=file]", [picture(colour) for colour in COLOURS])
    expect(page.locator(".panel-photo-list li")).to_have_count(8)
    journey.fill("#id_vrm", "L2WPS")
    journey.click(page.get_by_role("button", name="Look up the mark"))
    expect(page.locator("#id_model")).to_have_value(str(focus.pk))
    journey.fill("#id_mileage", "42000")
    journey.fill("#id_price", "9995")
    journey.click(page.get_by_role("button", name="Save and publish"))
    page.wait_for_url("**/change/**")
    expect(page.get_by_text("2019 Ford Focus is published: buyers see it now")).to_be_visible()
    row = Listing.objects.get()
    assert (row.status, row.price, row.model) == ("live", 9_995, focus)
    assert Photo.objects.filter(listing=row).count() == 8
    assert journey.clicks <= 6
    assert journey.fields <= 4


def test_a_price_is_changed_in_two_clicks_and_taken_back_in_one(
    at_desk: Page, yard: Branch
) -> None:
    page, journey = at_desk, Journey(at_desk)
    row = make.live(branch=yard)
    journey.open_menu_entry("Stock")
    journey.fill(".panel-price input", "31995")
    expect(page.locator(".panel-price-said")).to_have_text("Saved Undo")
    assert (journey.clicks <= 2, journey.fields) == (True, 1)
    row.refresh_from_db()
    assert row.price == 31_995

    back = Journey(page)
    back.click(page.get_by_role("button", name="Undo", exact=True))
    expect(page.locator(".panel-price input")).to_have_value("33,999")
    assert (back.clicks, back.fields) == (1, 0)
    row.refresh_from_db()
    assert row.price == 33_999


def test_what_was_done_to_one_advert_is_undone_in_two_clicks(at_desk: Page, yard: Branch) -> None:
    page, row = at_desk, make.live(branch=yard)
    page.goto(f"{STOCK}{row.pk}/change/")
    page.locator("#allowed-actions").get_by_role("button", name="Withdraw").click()
    journey = Journey(page)
    journey.click(page.get_by_role("button", name="Undo: withdrawn"))
    expect(page.get_by_text("Undone: withdrawn.")).to_be_visible()
    assert journey.clicks <= 2
    row.refresh_from_db()
    assert row.status == "live"


def test_what_was_done_to_many_adverts_is_undone_in_two_clicks(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    for _ in range(2):
        make.draft(branch=yard)
    page.goto(STOCK)
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "publish")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Publish 2 adverts").click()
    expect(page.locator("[data-count=done]")).to_have_text("2")
    done, journey = page.url, Journey(page)
    journey.click(page.get_by_role("button", name="Undo"))
    page.wait_for_url(lambda url: url != done)
    expect(page.locator("[data-count=done]")).to_have_text("2")
    assert journey.clicks <= 2
    assert Listing.objects.filter(status="draft").count() == 2
