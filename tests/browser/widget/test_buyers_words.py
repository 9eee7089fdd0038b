"""A buyer says what is wanted, takes parts away and loosens a search, without a script."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from listings.choices import Colour
from tests import make
from tests.browser.widget.conftest import Reader, shifts
from tests.browser.widget.test_public_pages import assert_no_barrier, fits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _stock() -> None:
    leeds = make.branch(latitude=53.8, longitude=-1.55, town="Leeds")
    dover = make.branch(latitude=51.13, longitude=1.31, town="Dover")
    for number in range(4):
        make.live(branch=leeds, colour=Colour.BLUE, price=11_000 + number)
        make.live(branch=dover, colour=Colour.RED, price=9_000 + number)


def say(page: Page, server: Any, words: str) -> None:
    page.goto(f"{server.url}/cars/")
    page.get_by_label("Say what you are looking for").fill(words)
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/cars/?**said=**")


def count(page: Page) -> Any:
    return expect(page.locator(".count-line strong"))


def test_each_part_is_seen_and_taken_away(reader: Reader, live_server: Any) -> None:
    page = reader.open(java_script_enabled=False)
    say(page, live_server, "blue range rover with big boot px under 20k near leeds")
    count(page).to_have_text("4")
    expect(page.get_by_label("Say what you are looking for")).to_have_value(
        "blue range rover with big boot px under 20k near leeds"
    )
    expect(page.get_by_text("We put cars that mention these first:")).to_be_visible()
    expect(page.get_by_text("“px”: No filter asks for this.")).to_be_visible()
    page.get_by_role("link", name="Remove boot").click()
    expect(page.get_by_role("link", name="Remove boot")).to_have_count(0)
    page.get_by_role("link", name="Remove Blue").click()
    count(page).to_have_text("4")
    page.get_by_role("link", name="Remove Within 25 miles (as usual)").click()
    count(page).to_have_text("8")
    expect(page.get_by_role("link", name="Remove Near Leeds")).to_be_visible()
    expect(page.locator(".uc-card").first).to_contain_text("Leeds")


def test_a_search_that_finds_nothing_leads_on(reader: Reader, live_server: Any) -> None:
    page = reader.open(java_script_enabled=False)
    say(page, live_server, "blue range rover under 10k")
    count(page).to_have_text("0")
    nearest = page.get_by_role("region", name="The nearest cars")
    expect(nearest.locator(".uc-card")).to_have_count(8)
    expect(nearest.locator(".uc-card").first).to_contain_text("£1,000 more")
    page.get_by_role("link", name="Up to £12,500 4 cars").click()
    count(page).to_have_text("4")
    expect(page.get_by_role("link", name="Remove Up to £12,500")).to_be_visible()
    expect(page.get_by_role("link", name="Remove Blue")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_understood_has_no_barrier_and_moves_nothing(
    reader: Reader, live_server: Any, scheme: str
) -> None:
    page = reader.open(color_scheme=scheme)
    for words in (
        "blue range rover with big boot px under 20k near leeds",
        "blue range rover under 10k",
        "range rover vogue se not white 2010 to 2016 near dover dog friendly and finance",
    ):
        say(page, live_server, words)
        assert_no_barrier(page)
        assert fits(page), words
        assert shifts(page) == 0
    assert reader.complaints == []
