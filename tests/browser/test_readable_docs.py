"""The page that explains the API, in a browser, under its content security policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whoever_reads_the_docs_can(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal of two
    page.goto("/api/docs/")
    expect(page.get_by_role("heading", name="The public API")).to_be_visible()
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (colour == "rgb(255, 255, 255)") == (scheme == "light")
    page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
    assert page.evaluate(WIDTH) == 0
    assert serious(page) == []


def test_the_docs_fit_a_small_screen_at_four_times_the_size(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/api/docs/")
    page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
    assert page.evaluate(WIDTH) == 0


def test_the_docs_are_read_by_the_keyboard(page: Page) -> None:
    page.goto("/api/docs/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    stock = page.get_by_role("navigation").locator("summary", has_text="Stock")
    stock.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Write a new advert").press("Enter")
    expect(page.get_by_role("heading", name="Write a new advert")).to_be_in_viewport()
    example = page.locator("summary", has_text="Example of Write a new advert")
    expect(page.get_by_text("AB18 CDE").first).to_be_hidden()
    example.press("Enter")
    expect(page.get_by_text("AB18 CDE").first).to_be_visible()
