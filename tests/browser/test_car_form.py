"""A dealer writes a car's advert and photographs it, on a desk and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dealers.models import Branch
from listings.models import Listing, Photo
from tests import make
from tests.browser.conftest import serious
from tests.browser.test_dealer_panel import STOCK, order, picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
COLOURS = ("red", "green", "blue", "black")
CHOOSER = ".panel-drop input[type=file]"
TOUCHED_MIN = 44


@pytest.fixture
def focus() -> Any:
    return make.model("Focus", make.make("Ford"))


def test_what_is_to_be_corrected_costs_nobody_their_photos(
    at_desk: Page, yard: Branch, focus: Any
) -> None:
    page = at_desk
    page.goto(f"{STOCK}add/")
    page.set_input_files(CHOOSER, [picture(colour) for colour in COLOURS[:3]])
    page.get_by_role("button", name="Make photo 3 the main photo").click()
    page.fill("#whole-title", "Ford Focus 1.0 EcoBoost")
    page.press("#whole-title", "Enter")
    expect(page.locator("#id_model")).to_have_value(str(focus.pk))
    page.fill("#id_mileage", "-5")
    page.fill("#id_price", "9995")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".panel-save-said")).to_contain_text("Nothing is saved yet.")
    expect(page.locator("#said-of-mileage")).to_contain_text("greater than or equal to 0")
    expect(page.locator("#said-of-year")).to_have_text("This field is required.")
    expect(page.locator("#id_mileage")).to_have_attribute(
        "aria-describedby", "id_mileage_helptext said-of-mileage"
    )
    expect(page.locator(".panel-photo-list li")).to_have_count(3)
    assert serious(page) == []
    assert not Listing.objects.exists()

    page.fill("#id_mileage", "42000")
    page.fill("#id_year", "2019")
    page.get_by_role("button", name="Save and publish").click()
    page.wait_for_url("**/change/**")
    row = Listing.objects.get()
    assert (row.status, row.title) == ("live", "Ford Focus 1.0 EcoBoost")
    assert Photo.objects.filter(listing=row).count() == 3
    cover = page.locator(".panel-photo-list img").first
    assert is_about(cover.evaluate(MIDDLE), (0, 0, 255))


MIDDLE = """async (image) => {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def is_about(seen: list[int], colour: tuple[int, int, int]) -> bool:
    """Tell whether a colour came through its compression."""
    return all(abs(one - other) < 16 for one, other in zip(seen, colour, strict=True))


def test_a_photo_that_is_refused_keeps_the_car_a_draft_and_is_named(
    at_desk: Page, yard: Branch, focus: Any
) -> None:
    page = at_desk
    page.goto(f"{STOCK}add/")
    bad: Any = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.set_input_files(CHOOSER, [picture("red"), bad])
    page.fill("#whole-title", "Ford Focus 1.0 EcoBoost")
    page.press("#whole-title", "Enter")
    expect(page.locator("#id_model")).to_have_value(str(focus.pk))
    page.fill("#id_year", "2019")
    page.fill("#id_mileage", "42000")
    page.get_by_role("button", name="Save and publish").click()
    page.wait_for_url("**/change/**")
    expect(page.locator(".panel-photos-said")).to_contain_text("Not added: notes.jpg:")
    expect(page.locator(".panel-photos-said")).to_contain_text("kept as a draft")
    row = Listing.objects.get()
    assert row.status == "draft"
    assert Photo.objects.filter(listing=row).count() == 1


def test_photos_come_first_and_are_ordered_by_buttons_that_a_thumb_hits(
    at_desk: Page, yard: Branch
) -> None:
    page, row = at_desk, make.draft(branch=yard)
    page.goto(f"{STOCK}{row.pk}/change/")
    first = page.locator("#listing_form input:visible, #listing_form select:visible").first
    assert first.evaluate("field => field.type") == "file"
    camera = page.locator("input[capture=environment]")
    assert camera.get_attribute("accept") == "image/*"
    is_phone = page.viewport_size is not None and page.viewport_size["width"] < 1024
    assert camera.is_visible() == is_phone
    page.set_input_files(CHOOSER, [picture(colour) for colour in COLOURS])
    expect(page.locator(".panel-photos-said")).to_have_text("4 added.")
    one, two, three, four = order(row)

    for button in page.locator(
        ".panel-photos button, .panel-head button, .panel-save button"
    ).all():
        box = button.bounding_box()
        if box is not None:
            assert min(box["width"], box["height"]) >= (TOUCHED_MIN if is_phone else 40)
    page.get_by_role("button", name="Move photo 3 earlier").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-photos-said")).to_have_text("Photo 3 is now photo 2 of 4.")
    expect(page.get_by_role("button", name="Move photo 2 earlier")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-photos-said")).to_have_text("Photo 2 is now the main photo.")
    expect(page.get_by_role("button", name="Move photo 1 earlier")).to_be_focused()
    assert order(row) == [three, one, two, four]
    page.get_by_role("button", name="Make photo 4 the main photo").click()
    expect(page.locator(".panel-photos-said")).to_have_text("Photo 4 is now the main photo.")
    assert order(row) == [four, three, one, two]
    page.get_by_role("button", name="Remove photo 2").click()
    expect(page.locator(".panel-photos-said")).to_have_text("Photo 2 is removed.")
    expect(page.get_by_role("button", name="Remove photo 2")).to_be_focused()
    assert order(row) == [four, one, two]
    assert serious(page) == []


def test_completeness_follows_what_is_typed_and_photographed(
    at_desk: Page, yard: Branch, focus: Any
) -> None:
    page = at_desk
    page.goto(f"{STOCK}add/")
    card = page.locator("[data-complete-url]")
    expect(card.locator(".panel-meter")).to_contain_text("0%")
    page.fill("#id_price", "9995")
    expect(card.locator(".panel-meter")).to_contain_text("15%")
    page.set_input_files(CHOOSER, [picture("red")])
    expect(card.locator(".panel-meter")).to_contain_text("30%")
    expect(card).not_to_contain_text("Add a photo")
    page.fill("#id_price", "")
    expect(card.locator("[role=status]")).to_have_text("15% complete")
    expect(card).to_contain_text("State a price")
    assert not Listing.objects.exists()
