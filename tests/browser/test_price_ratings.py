"""Price ratings on a desk and on a phone, in the dark, and without a script."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from listings.choices import NoRating
from listings.models import Listing
from tests import make
from tests.browser.conftest import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture
def cars(settings: Any) -> list[Listing]:
    settings.PUBLIC_VALUATIONS = True
    yard = make.branch(make.dealer("Harbour Cars"), town="Leeds")
    fiesta = make.model("Fiesta", make.make("Ford"))
    labels = {8_000: "lower", 9_000: "great", 10_000: "good", 10_900: "fair", 12_000: "higher"}
    rows = [
        make.live(branch=yard, model=fiesta, derivative="1.0 EcoBoost Zetec", price=price)
        for price in (*labels, 10_100)
    ]
    for row, label in zip(rows, labels.values(), strict=False):
        make.value(row, 10_450, label=label, residual=0.02, correction=0.01)
    make.value(rows[-1], 10_450, reason=NoRating.WIDE_INTERVAL, residual=0.02)
    return rows


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def plain(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page in the dark, without a script."""
    width, height = request.param
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        java_script_enabled=False,
        color_scheme="dark",
    )
    yield context.new_page()
    context.close()


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth")


def paths(cars: list[Listing]) -> list[str]:
    return [
        *(f"/cars/{row.pk}/" for row in (cars[2], cars[-1])),
        f"/cars/{cars[2].pk}/comparables/",
        "/cars/compare/?" + "&".join(f"id={row.pk}" for row in cars),
        "/price-ratings/",
        "/value/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_for_whoever_cannot_see(
    page: Page, cars: list[Listing], scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in paths(cars):
        page.goto(path)
        assert serious(page) == [], path
        fits(page)


def test_the_label_of_an_advert_leads_to_why(plain: Page, cars: list[Listing]) -> None:
    plain.goto(f"/cars/{cars[2].pk}/")
    expect(plain.locator(".sale .rated")).to_contain_text("£450 below similar cars")
    plain.get_by_role("link", name="Good price").click()
    section = plain.get_by_role("region", name="What such cars ask")
    expect(section).to_be_in_viewport()
    current = section.locator("[aria-current=true]")
    expect(current).to_have_text("Good price £9,718 to £10,763 This car: £10,000")
    fits(plain)
    section.get_by_role("link", name="See the cars this rests on").click()
    expect(plain.locator("h1")).to_have_text("What cars like this Ford Fiesta ask")
    expect(plain.locator(".uc-card")).to_have_count(5)
    fits(plain)
    plain.get_by_role("link", name="How prices are rated").click()
    expect(plain.locator("h1")).to_have_text("How prices are rated")
    fits(plain)


def test_a_car_is_described_and_described_better(plain: Page, cars: list[Listing]) -> None:
    plain.goto("/value/")
    plain.get_by_label("Make, model and version").fill("Ford")
    plain.get_by_label("Miles").fill("41,000")
    plain.get_by_role("button", name="What is it worth?").click()
    expect(plain.get_by_text("Which Ford is it?")).to_be_visible()
    expect(plain.locator("#problem-year")).to_be_visible()
    expect(plain.get_by_label("Miles")).to_have_value("41,000")
    plain.get_by_label("Year of first registration").fill("18 plate")
    plain.get_by_role("button", name="Ford Fiesta").click()
    expect(plain.get_by_role("heading", name="Ford Fiesta")).to_be_visible()
    expect(plain.locator(".valued")).to_contain_text("41,000 miles")
    assert "41" not in plain.url
    fits(plain)


def test_every_page_leads_to_what_a_car_is_worth(page: Page, cars: list[Listing]) -> None:
    """The header holds the favourites too, and fits the smallest phone as well."""
    page.goto("/cars/")
    page.get_by_role("button", name="Favourite:").first.click()
    expect(page.locator("header [data-favourites]")).to_be_visible()
    link = page.locator("header").get_by_role("link", name="What is my car worth?")
    for path in ("/cars/", *paths(cars)):
        page.goto(path)
        expect(link).to_be_visible()
        fits(page)
    page.set_viewport_size({"width": 320, "height": 640})
    fits(page)
    page.goto("/cars/")
    fits(page)
    link.click()
    expect(page).to_have_url(re.compile("/value/$"))
    expect(page.get_by_label("Miles")).to_be_visible()
    fits(page)


def test_without_the_page_nothing_leads_to_it(
    page: Page, cars: list[Listing], settings: Any
) -> None:
    settings.PUBLIC_VALUATIONS = False
    page.goto("/cars/")
    expect(page.get_by_role("link", name="What is my car worth?")).to_have_count(0)
