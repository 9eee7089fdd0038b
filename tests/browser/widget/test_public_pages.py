"""A buyer on our own pages, which need no script."""

import re
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from listings.choices import BodyType, Status
from listings.models import Listing
from tests import make
from tests.browser.widget.conftest import Reader, shifts
from tests.seed import nine

OUR_SCRIPTS = {"/static/pages/kept_cars.js", "/static/pages/calls.js", "/static/pages/lightbox.js"}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


def full_advert() -> Listing:
    dealer = make.dealer("Northern Cars", phone="0113 496 0000", website="https://n.example/")
    return make.live(
        branch=make.branch(
            dealer,
            town="Leeds",
            address="1 The Calls",
            latitude=53.8,
            longitude=-1.55,
            opening_hours=[{"day": "monday", "opens": "09:00", "closes": "17:30"}],
        ),
        body_type=BodyType.SUV,
        engine_cc=2993,
        mot_expires_on=date(2030, 4, 1),
        description="One careful owner.\n\nTwo keys.",
        features=["Heated seats", "Towbar"],
    )


def assert_no_barrier(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_barrier_and_fit_the_screen(
    reader: Reader, live_server: Any, scheme: str
) -> None:
    nine()
    row, sold = full_advert(), make.live()
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    page = reader.open(color_scheme=scheme)
    cars = ("/cars/", "/cars/?fuel=diesel", f"/cars/{row.pk}/", f"/cars/{sold.pk}/")
    for path in (*cars, f"/cars/{row.pk}/?near=York", "/dealers/northern-cars/"):
        page.goto(f"{live_server.url}{path}")
        assert_no_barrier(page)
        assert fits(page), path
        assert shifts(page) == 0
        addresses = page.locator("script:not([type='application/ld+json'])").evaluate_all(
            "scripts => scripts.map((script) => script.getAttribute('src'))"
        )
        assert set(addresses) <= OUR_SCRIPTS
    assert reader.complaints == []
    assert page.context.cookies() == []


def test_a_buyer_narrows_down_and_reads_an_advert_without_a_script(
    reader: Reader, live_server: Any
) -> None:
    nine()
    row = full_advert()
    make.live(model=make.model("A3", make.make("Audi")), price=5_000, fuel="petrol")
    page = reader.open(java_script_enabled=False)
    page.goto(f"{live_server.url}/cars/")
    expect(page.locator(".uc-card")).to_have_count(11)
    if page.locator("summary").is_visible():
        page.locator("summary").click()
    page.get_by_label("Make", exact=True).select_option("land-rover")
    page.get_by_label("Price to").fill("34000")
    page.get_by_role("checkbox", name="Diesel").check()
    page.get_by_role("button", name="Show cars").click()
    page.wait_for_url(f"{live_server.url}/cars/?fuel=diesel&make=land-rover&price_max=34000")
    found = page.locator(".cards").first  # those that come near follow
    expect(found.locator(".uc-price")).to_have_text(["£33,999", "£33,999"])
    page.get_by_role("link", name="Remove Up to £34,000").click()
    expect(page.locator(".uc-card")).to_have_count(9)
    page.goto(f"{live_server.url}/cars/{row.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(row.title)
    expect(page.get_by_role("link", name="Call 0113 496 0000")).to_be_visible()
    expect(page.get_by_text("1 April 2030")).to_be_visible()
    expect(page.get_by_text("Heated seats")).to_be_visible()
    page.get_by_role("link", name="Range Rover", exact=True).click()
    page.wait_for_url(f"{live_server.url}/used-cars/land-rover/range-rover/")
    expect(page.locator(".uc-card")).to_have_count(10)


def test_a_buyer_asks_how_far_it_is_without_a_script(reader: Reader, live_server: Any) -> None:
    row = full_advert()
    page = reader.open(java_script_enabled=False)
    page.goto(f"{live_server.url}/cars/{row.pk}/")
    place = page.get_by_label("How far is it from you?")
    place.fill("Nowhereville")
    page.get_by_role("button", name="Show").click()
    expect(place).to_have_value("Nowhereville")
    expect(place).to_have_accessible_description(re.compile("^Must be a postcode"))
    place.fill("yo1 7hh")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(r"/\?near=YO1$"))
    expect(page.get_by_text("miles from YO1, in a straight line")).to_be_visible()
    page.get_by_role("link", name="Northern Cars").first.click()
    page.wait_for_url("**/dealers/northern-cars/?near=YO1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Northern Cars")
    assert page.context.cookies() == []
