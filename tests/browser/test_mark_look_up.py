"""A dealer types a mark and sees the car, on a desk and on a phone, by keyboard and by hand."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dealers.models import Branch
from listings.models import Listing
from tests import make, vehicle_registers
from tests.browser.conftest import serious
from tests.vehicle_registers import FOCUS, FORD, Registers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
STOCK = "/dealer/listings/listing/"
TEST_SAID = "The MOT test of 18 March 2026 read 41,210 miles."


@pytest.fixture
def registers() -> Iterator[Registers]:
    with vehicle_registers.running() as running:
        running.know("L2WPS", dvla=FORD, dvsa=FOCUS)
        yield running


@pytest.fixture
def focus() -> Any:
    return make.model("Focus", make.make("Ford"))


def test_a_mark_fills_the_form_and_the_dealer_is_told_what_differs(
    at_desk: Page, yard: Branch, registers: Registers, focus: Any
) -> None:
    page = at_desk
    page.goto(f"{STOCK}add/")
    page.fill("#id_mileage", "30000")
    page.fill("#id_vrm", "l2 wps")
    page.press("#id_vrm", "Enter")
    said = page.locator(".panel-mark-reader .panel-said")
    expect(said).to_contain_text(f"{TEST_SAID} Here it is 30,000.")
    expect(said).to_contain_text("From DVLA and DVSA: make, model")
    expect(page.locator("#id_make")).to_have_value(str(focus.make_id))
    expect(page.locator("#id_model")).to_have_value(str(focus.pk))
    expect(page.locator("#id_year")).to_have_value("2019")
    expect(page.locator("#id_fuel")).to_have_value("petrol")
    expect(page.locator("#id_mot_expires_on")).to_have_value("18/03/2027")
    expect(page.locator("#id_mileage")).to_have_value("30000")
    expect(page.locator("[data-preview]")).to_contain_text("Ford Focus")
    assert "wps" not in page.url.lower()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert serious(page) == []

    page.fill("#id_mileage", "42000")
    page.fill("#id_price", "9995")
    page.locator("button[name=_save]").click()
    page.wait_for_url("**/change/**")
    row = Listing.objects.get()
    assert (row.vrm, row.model, row.mileage, row.colour) == ("L2WPS", focus, 42_000, "red")


def test_the_button_asks_too_and_enter_elsewhere_saves(
    at_desk: Page, yard: Branch, registers: Registers, focus: Any
) -> None:
    page = at_desk
    page.goto(f"{STOCK}add/")
    page.fill("#id_vrm", "L2WPS")
    button = page.get_by_role("button", name="Look up the mark")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_colour")).to_have_value("red")
    expect(button).to_be_focused()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.fill("#id_mileage", "42000")
    page.press("#id_mileage", "Enter")
    page.wait_for_url("**/change/**")
    assert Listing.objects.get().mileage == 42_000


def test_without_a_script_the_button_brings_the_form_back_filled(
    browser: Browser, at_desk: Page, yard: Branch, registers: Registers, focus: Any
) -> None:
    context = browser.new_context(
        java_script_enabled=False,
        storage_state=at_desk.context.storage_state(),
        viewport=at_desk.viewport_size,
    )
    page = context.new_page()
    page.goto(at_desk.url.replace("/dealer/", f"{STOCK}add/"))
    page.fill("#id_vrm", "L2WPS")
    page.fill("#id_mileage", "30000")
    page.locator("button[name=_look_up]").click()
    expect(page.get_by_text(f"{TEST_SAID} Here it is 30,000.")).to_be_visible()
    assert page.locator("#id_colour").input_value() == "red"
    assert page.locator("#id_vrm").input_value() == "L2WPS"
    assert page.locator("#id_model").input_value() == str(focus.pk)
    page.fill("#id_mileage", "42000")
    page.locator("button[name=_save]").click()
    page.wait_for_url("**/change/**")
    context.close()
    assert Listing.objects.get().vrm == "L2WPS"
