"""Buyers on a desk and on a phone: a search that goes wrong, landing pages, errors, no network."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from dealers.models import Branch
from tests import make
from tests.browser.conftest import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture
def leeds() -> Branch:
    return make.branch(make.dealer("Harbour Cars"), latitude=53.8, longitude=-1.55, town="Leeds")


@pytest.fixture(autouse=True)
def _stock(leeds: Branch) -> None:
    ford, audi = make.make("Ford"), make.make("Audi")
    for price in range(2_000, 12_000, 1_000):
        make.live(branch=leeds, model=make.model("Fiesta", ford), price=price, fuel="petrol")
    make.live(branch=leeds, model=make.model("A3", audi), price=7_000, fuel="diesel")


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def reader(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page without a script."""
    width, height = request.param
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        java_script_enabled=False,
    )
    yield context.new_page()
    context.close()


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth")


def opened(page: Page) -> None:
    if not page.locator("#field-near").is_visible():
        page.locator(".filters summary").click()


def test_a_make_is_changed_while_a_model_is_chosen(reader: Page) -> None:
    reader.goto("/cars/?make=ford&model=fiesta")
    opened(reader)
    reader.select_option("#field-make", "audi")
    reader.click("text=Show cars")
    expect(reader.locator(".chips")).to_contain_text("Audi")
    expect(reader.locator("#problem-model")).to_contain_text("Fiesta is a model of Ford")
    expect(reader.locator("#cars .uc-card").first).to_be_visible()
    reader.click("text=Ford Fiesta")
    expect(reader.locator("h1")).to_have_text("Used Ford Fiesta for sale")
    expect(reader.locator("#corrections")).to_have_count(0)


def test_the_whole_form_filled_in_wrongly_still_shows_cars(reader: Page) -> None:
    reader.goto("/cars/")
    opened(reader)
    reader.fill("#field-price_min", "£9,000")
    reader.fill("#field-price_max", "4k")
    reader.fill("#field-year_min", "new")
    reader.fill("#field-near", "Leedz")
    reader.select_option("#field-within_miles", "20")
    reader.click("text=Show cars")
    expect(reader.locator("#problem-price_min")).to_contain_text("the wrong way round")
    expect(reader.locator("#problem-year_min")).to_contain_text("“new”")
    expect(reader.locator("#problem-near")).to_contain_text("Did you mean Leeds?")
    expect(reader.locator("#field-year_min")).to_have_value("new")
    expect(reader.locator("#field-near")).to_have_value("Leeds")
    expect(reader.locator("#cars .uc-card")).to_have_count(7)
    reader.fill("#field-year_min", "")
    reader.click("text=Show cars")
    expect(reader.locator("#corrections")).to_have_count(0)
    expect(reader.locator("#cars .uc-card")).to_have_count(7)


def test_the_summary_leads_by_keyboard_to_the_field(page: Page) -> None:
    page.goto("/cars/?near=Leedz&within_miles=20&price_max=cheap")
    fits(page)
    link = page.locator("#corrections a", has_text="cheap")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#field-price_max")).to_be_in_viewport()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.id")
    assert focused in {"field-price_max", "field-year_min"}
    assert serious(page) == []


def test_a_landing_page_reads_well_and_leads_on(page: Page) -> None:
    page.goto("/used-cars/ford/fiesta/leeds/")
    fits(page)
    assert serious(page) == []
    expect(page.locator("h1")).to_have_text("Used Ford Fiesta near Leeds")
    page.locator(".links a", has_text="Bradford").click()
    expect(page.locator("h1")).to_have_text("Used Ford Fiesta near Bradford")
    page.locator(".crumbs a", has_text="Ford").click()
    expect(page.locator("h1")).to_have_text("Used Ford")
    page.click("text=Filter these cars")
    expect(page.locator(".chips")).to_contain_text("Ford")
    fits(page)


@pytest.mark.parametrize("path", ["/used-cars/fordd/", "/nothing/", "/cars/99999999/"])
def test_what_is_not_there_looks_like_the_other_pages(reader: Page, path: str) -> None:
    answer = reader.goto(path)
    assert answer is not None
    assert answer.status == 404
    button = reader.get_by_role("button", name="Search")
    expect(button).to_have_css("background-color", "rgb(11, 110, 105)")
    reader.fill("input[name=q]", "petrol fiesta under 5k")
    button.click()
    expect(reader.locator("#cars .uc-card").first).to_be_visible()


def test_without_a_network_no_search_looks_as_if_it_had_worked(reader: Page) -> None:
    reader.goto("/cars/?make=ford")
    reader.context.set_offline(True)
    opened(reader)
    reader.fill("#field-price_max", "3000")
    with (
        pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"),
        reader.expect_navigation(),
    ):
        reader.locator("text=Show cars").click(no_wait_after=True)
    expect(reader.locator(".uc-card")).to_have_count(0)
    reader.context.set_offline(False)
    reader.goto("/cars/?make=ford&price_max=3000")
    expect(reader.locator(".count-line strong")).to_have_text("2")
