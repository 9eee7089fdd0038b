"""`<used-cars auto>` takes no room until cars are known, and then where nobody sees things move."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader, shifts, wait_for
from tests.browser.widget.test_widget_on_a_page import RESERVED, until
from tests.seed import nine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
BLOCK = "<used-cars auto></used-cars>"
SCREENS = '<div style="height: 3000px"></div>'
CRITERIA = {"make": ["land-rover"], "model": ["range-rover"]}


def hold_matches(page: Page) -> list[Route]:
    """Keep pages waiting for what they are about; return where their questions gather."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/editorial/match/", keep)
    return held


def say(page: Page, held: list[Route], criteria: object) -> None:
    until(page, lambda: bool(held))
    headers = {"Access-Control-Allow-Origin": "*"}
    held.pop().fulfill(json={"criteria": criteria}, headers=headers)


def place_of_the_rest(page: Page) -> float:
    return float(page.locator("#after").evaluate("(each) => each.getBoundingClientRect().top"))


@pytest.mark.parametrize("above", ["", SCREENS], ids=["in sight", "below"])
def test_a_page_about_no_car_is_as_if_there_were_no_block(
    reader: Reader, site: OtherSite, article: Html, above: str
) -> None:
    page = reader.open()
    page.goto(site.put("/", article("", before=above)))
    bare = place_of_the_rest(page)
    held = hold_matches(page)
    page.goto(site.put("/", article(BLOCK, before=above)))
    wait_for(page, "waiting")
    assert place_of_the_rest(page) == bare
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    say(page, held, None)
    wait_for(page, "none")
    page.evaluate("scrollTo(0, 0)")
    assert place_of_the_rest(page) == bare
    assert page.locator("used-cars").bounding_box() is None
    assert shifts(page) == 0
    assert reader.complaints == []


def test_cars_that_are_known_in_time_are_there_when_the_reader_comes(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    page = reader.open()
    held = hold_matches(page)
    page.goto(site.put("/", article(BLOCK, before=SCREENS)))
    wait_for(page, "waiting")
    assert held == []
    page.evaluate("scrollTo(0, 3000 - 1.5 * innerHeight)")
    say(page, held, CRITERIA)
    wait_for(page, "settled")
    page.locator(".uc-heading").scroll_into_view_if_needed()
    expect(page.locator(".uc-card")).to_have_count(9)
    expect(page.locator(".uc-spare")).to_have_count(0)
    expect(page.locator(".uc-rating").first).to_be_hidden()  # no price is rated
    assert shifts(page) == 0
    assert reader.complaints == []


@pytest.mark.parametrize("onwards", [3000, 0], ids=["scrolling on", "scrolling back"])
def test_cars_that_come_late_wait_until_their_place_is_out_of_sight(
    reader: Reader, site: OtherSite, article: Html, onwards: int
) -> None:
    nine()
    page = reader.open()
    held = hold_matches(page)
    page.goto(site.put("/", article(f"{BLOCK}<p>More.</p>{SCREENS}", before=SCREENS)))
    page.evaluate("scrollTo(0, 3000)")
    until(page, lambda: bool(held))
    before = place_of_the_rest(page)
    with page.expect_response("**/api/v1/widget/?*"):
        say(page, held, CRITERIA)
    assert shifts(page) == 0
    wait_for(page, "waiting")
    assert place_of_the_rest(page) == before
    page.evaluate("(by) => scrollTo(0, by && scrollY + by)", onwards)
    wait_for(page, "settled")
    page.locator(".uc-heading").scroll_into_view_if_needed()
    expect(page.get_by_role("heading", name="Used cars for sale")).to_be_visible()
    expect(page.locator(".uc-card")).to_have_count(9)
    assert shifts(page) == 0
    assert reader.complaints == []


def test_a_block_with_nothing_below_it_is_shown_as_soon_as_cars_are_known(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    page = reader.open()
    held = hold_matches(page)
    page.goto(site.put("/", article(BLOCK, style="<style>#after { display: none }</style>")))
    wait_for(page, "waiting")
    say(page, held, CRITERIA)
    wait_for(page, "shown")
    expect(page.locator(".uc-card")).to_have_count(9)
    assert shifts(page) == 0


def test_a_page_that_is_sure_of_its_cars_can_have_their_room_kept(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    page = reader.open()
    held = hold_matches(page)
    page.goto(site.put("/", article("<used-cars auto reserve></used-cars>", style=RESERVED)))
    wait_for(page, "loading")
    expect(page.locator(".uc-ghost")).to_have_count(9)
    say(page, held, CRITERIA)
    wait_for(page, "shown")
    assert shifts(page) == 0


def test_without_a_script_the_tag_takes_no_room(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    page = reader.open(java_script_enabled=False)
    page.goto(site.put("/", article("")))
    bare = page.locator("#after").bounding_box()
    page.goto(site.put("/", article(BLOCK)))
    assert page.locator("#after").bounding_box() == bare
