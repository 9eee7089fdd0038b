"""A buyer looks through a car's photos, with a mouse, keys, fingers and without a script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from listings.models import Listing, Photo
from tests import make
from tests.browser.widget.conftest import Reader
from tests.browser.widget.test_public_pages import assert_no_barrier
from tests.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
JPEG = picture(size=(300, 200))
SWIPE = """([from, to, down]) => {
  const photo = document.querySelector("dialog img");
  const at = (x, y) => [new Touch({ identifier: 1, target: photo, clientX: x, clientY: y })];
  const send = (name, touches) => photo.dispatchEvent(new TouchEvent(name,
    { bubbles: true, touches: name === "touchend" ? [] : touches, changedTouches: touches }));
  send("touchstart", at(from, 300));
  send("touchend", at(to, 300 + down));
}"""


def car(photos: int) -> Listing:
    row = make.live()
    for number in range(photos):
        Photo.objects.create(
            listing=row, image=f"photos/{number}.jpg", width=300, height=200, position=number
        )
    return row


def opened(reader: Reader, address: str, **options: Any) -> Page:
    page = reader.open(**options)
    page.route("**/media/**", _photo)
    page.goto(address)
    return page


def _photo(route: Route) -> None:
    route.fulfill(body=JPEG, content_type="image/jpeg")


def shown(page: Page) -> str:
    """Return the number of the photo in the box, once the box says the same."""
    number = re.search(r"/(\d+)\.jpg", page.locator("dialog img").get_attribute("src") or "")
    assert number is not None
    expect(page.locator("dialog p")).to_have_text(re.compile(f"^Photo {int(number[1]) + 1} of"))
    return number[1]


def test_keys_go_through_the_photos_and_focus_comes_back(reader: Reader, live_server: Any) -> None:
    page = opened(reader, f"{live_server.url}/cars/{car(10).pk}/")
    second = page.locator(".photos a").nth(1)
    second.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog", name=re.compile("^Photos: Land Rover"))
    expect(box).to_be_visible()
    assert_no_barrier(page)
    places = [shown(page)]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Home", "ArrowLeft", "ArrowRight", "End"):
        page.keyboard.press(key)
        places.append(shown(page))
    assert places == ["1", "2", "3", "2", "0", "9", "0", "9"]
    inside = "document.activeElement === document.body || document.activeElement.closest('dialog')"
    for _ in range(8):  # the browser's own bars come in between, the page behind never
        page.keyboard.press("Tab")
        assert page.evaluate(f"Boolean({inside})")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next photo").click()
    assert shown(page) == "2"
    page.get_by_role("button", name="Close the photos").click()
    expect(second).to_be_focused()
    assert reader.complaints == []


def test_fingers_turn_the_photos_over(reader: Reader, live_server: Any) -> None:
    page = opened(reader, f"{live_server.url}/cars/{car(3).pk}/", has_touch=True)
    page.locator(".photos a").first.tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    turns = [(300, 100, 0), (300, 100, 30), (100, 300, 0), (200, 190, 0), (200, 100, 300)]
    seen = []
    for turn in turns:
        page.evaluate(SWIPE, list(turn))
        seen.append(shown(page))
    assert seen == ["1", "2", "1", "1", "1"]
    assert reader.complaints == []


def test_one_photo_has_no_next_and_none_has_no_box(reader: Reader, live_server: Any) -> None:
    page = opened(reader, f"{live_server.url}/cars/{car(1).pk}/")
    page.locator(".photos a").click()
    expect(page.get_by_role("button", name="Close the photos")).to_be_visible()
    expect(page.get_by_role("button", name="Next photo")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    assert shown(page) == "0"
    page.goto(f"{live_server.url}/cars/{car(0).pk}/")
    assert page.locator("dialog").count() == 0
    assert reader.complaints == []


def test_without_a_script_each_photo_is_a_link(reader: Reader, live_server: Any) -> None:
    page = opened(reader, f"{live_server.url}/cars/{car(9).pk}/", java_script_enabled=False)
    page.locator(".more-photos summary").click()
    page.get_by_role("link", name="Photo 9").click()
    page.wait_for_url("**/photos/8.jpg")


def test_a_new_tab_is_one_click_away(reader: Reader, live_server: Any) -> None:
    page = opened(reader, f"{live_server.url}/cars/{car(2).pk}/")
    with page.context.expect_page():
        page.locator(".photos a").nth(1).click(modifiers=["ControlOrMeta"])
    expect(page.locator("dialog")).to_be_hidden()
