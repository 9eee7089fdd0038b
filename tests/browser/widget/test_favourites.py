"""A buyer keeps cars in the browser, and looks at what became of them."""

import json
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from listings.choices import Status
from listings.models import Listing
from tests import make
from tests.browser.widget.conftest import Reader
from tests.browser.widget.test_public_pages import assert_no_barrier, fits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
KEY = "used-cars-favourites"
FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""
FULL = 'Storage.prototype.setItem = () => { throw new DOMException("", "QuotaExceededError"); };'


def cars(number: int = 3) -> list[Listing]:
    place = make.branch(town="Leeds")
    return [make.live(branch=place, price=30_000 + 1_000 * place_) for place_ in range(number)]


def kept(page: Page) -> Any:
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "[]")


def heart(page: Page, price: str) -> Any:
    return page.locator(".uc-card", has_text=price).get_by_role("button", name="Favourite")


def keep(page: Page, live_server: Any, *ids: Any) -> None:
    """Open any page of ours with these favourites."""
    page.goto(f"{live_server.url}/cars/compare/")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, json.dumps(ids)])


def test_cars_are_kept_on_card_and_advert_and_stand_on_a_page(
    reader: Reader, live_server: Any
) -> None:
    one, two, three = cars()
    page = reader.open()
    page.goto(f"{live_server.url}/cars/")
    first = heart(page, "£30,000")
    expect(first).to_have_attribute("aria-pressed", "false")
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_have_text("Kept with your favourites.")
    heart(page, "£32,000").click()
    expect(page).to_have_url(f"{live_server.url}/cars/")
    assert kept(page) == [three.pk, one.pk]
    page.goto(f"{live_server.url}/cars/{two.pk}/")
    page.locator(".actions").get_by_role("button", name="Favourite").click()
    page.get_by_role("link", name="Favourites (3)").click()
    page.wait_for_url("**/cars/favourites/")
    expect(page.locator(".uc-price")).to_have_text(["£31,000", "£32,000", "£30,000"])
    expect(page.locator(".uc-place").first).to_have_text("Leeds")
    assert_no_barrier(page)
    assert fits(page)
    page.get_by_role("link", name="Compare them").click()
    page.wait_for_url(f"**/cars/compare/?id={two.pk}&id={three.pk}&id={one.pk}")
    page.go_back()
    page.get_by_role("link", name=f"View details: {two.title}").first.click()
    page.wait_for_url(re.compile(rf"/cars/{two.pk}/[a-z]"))
    assert reader.complaints == []
    assert page.context.cookies() == []


def test_a_car_taken_off_can_be_put_back_until_the_page_is_left(
    reader: Reader, live_server: Any
) -> None:
    one, two, _ = cars()
    page = reader.open()
    keep(page, live_server, one.pk, two.pk)
    page.goto(f"{live_server.url}/cars/favourites/")
    heart(page, "£30,000").click()
    assert kept(page) == [two.pk]
    expect(heart(page, "£30,000")).to_have_attribute("aria-pressed", "false")
    heart(page, "£30,000").click()
    assert kept(page) == [one.pk, two.pk]
    heart(page, "£31,000").click()
    page.reload()
    expect(page.locator(".uc-price")).to_have_text(["£30,000"])
    heart(page, "£30,000").click()
    page.reload()
    expect(page.get_by_text("No favourites yet")).to_be_visible()


def test_cars_that_are_gone_are_told_and_can_be_forgotten(reader: Reader, live_server: Any) -> None:
    one, sold, ended = cars()
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    Listing.objects.filter(pk=ended.pk).update(status=Status.WITHDRAWN)
    page = reader.open()
    keep(page, live_server, sold.pk, one.pk, 999, ended.pk)
    page.goto(f"{live_server.url}/cars/favourites/")
    gone = page.get_by_role("list", name="Favourites that are gone")
    expect(gone.get_by_role("listitem")).to_have_text(
        [
            f"{sold.title} has been sold.",
            "A car that you kept is gone.",
            f"{ended.title} is no longer for sale.",
        ]
    )
    assert_no_barrier(page)
    page.get_by_role("button", name="Forget the cars that are gone").click()
    expect(gone).to_be_hidden()
    expect(page.locator(".uc-price")).to_have_text(["£30,000"])
    assert kept(page) == [one.pk]
    assert reader.complaints == []


def test_favourites_are_watched_as_one_alert(reader: Reader, live_server: Any) -> None:
    one, other, gone = cars()
    Listing.objects.filter(pk=gone.pk).update(status=Status.WITHDRAWN)
    page = reader.open()
    page.goto(f"{live_server.url}/cars/favourites/")
    way = page.get_by_role("link", name="Tell me when one of these gets cheaper or goes")
    expect(way).to_be_hidden()
    keep(page, live_server, other.pk, gone.pk, one.pk)
    page.goto(f"{live_server.url}/cars/favourites/")
    way.click()
    page.wait_for_url(f"**/alerts/new/?car={other.pk}&car={one.pk}")
    expect(
        page.get_by_role("heading", name="Tell me when one of them gets cheaper")
    ).to_be_visible()
    expect(page.get_by_text("2 cars you saved")).to_be_visible()
    assert_no_barrier(page)
    assert reader.complaints == []


def test_several_tabs_agree(reader: Reader, live_server: Any) -> None:
    one, two, _ = cars()
    page = reader.open()
    page.goto(f"{live_server.url}/cars/")
    other = page.context.new_page()
    other.goto(f"{live_server.url}/cars/favourites/")
    expect(other.get_by_text("No favourites yet")).to_be_visible()
    heart(page, "£30,000").click()
    heart(page, "£31,000").click()
    expect(other.locator(".uc-price")).to_have_text(["£31,000", "£30,000"])
    heart(other, "£31,000").click()
    expect(heart(page, "£31,000")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("link", name="Favourites (1)")).to_be_visible()
    assert kept(page) == [one.pk]
    assert two.pk not in kept(other)


@pytest.mark.parametrize("script", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_a_browser_that_keeps_nothing_says_so_and_breaks_nothing(
    reader: Reader, live_server: Any, script: str
) -> None:
    cars()
    page = reader.open()
    page.context.add_init_script(script)
    page.goto(f"{live_server.url}/cars/")
    heart(page, "£30,000").click()
    expect(page.get_by_role("status")).to_contain_text("This browser keeps nothing")
    expect(heart(page, "£30,000")).to_have_attribute("aria-pressed", "true")
    heart(page, "£30,000").click()
    expect(heart(page, "£30,000")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Compare:").first.click()
    expect(page.get_by_text("1 car to compare")).to_be_visible()
    page.goto(f"{live_server.url}/cars/favourites/")
    expect(page.get_by_text("No favourites yet")).to_be_visible()
    assert reader.complaints == []


@pytest.mark.parametrize(
    "text", ["{", "null", '{"1":2}', '["<b>", -1, 1.5, null, 1e99, "1"]', '"x"', "[[]]"]
)
def test_what_else_stands_in_the_storage_is_no_car(
    reader: Reader, live_server: Any, text: str
) -> None:
    cars()
    page = reader.open()
    keep(page, live_server)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
    page.goto(f"{live_server.url}/cars/favourites/")
    expect(page.get_by_text("No favourites yet")).to_be_visible()
    page.goto(f"{live_server.url}/cars/")
    heart(page, "£30,000").click()
    assert len(kept(page)) == 1
    assert reader.complaints == []


def test_a_server_that_is_away_is_not_taken_for_no_favourites(
    reader: Reader, live_server: Any
) -> None:
    one, *_ = cars()
    page = reader.open()
    keep(page, live_server, one.pk)
    refused: list[str] = []

    def away(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            if len(refused) == 1:
                route.abort()
            else:
                route.fulfill(status=503, body="{}", content_type="application/json")
        else:
            route.continue_()

    page.route("**/api/v1/widget/cards/**", away)
    page.goto(f"{live_server.url}/cars/favourites/")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Your favourites are still kept")
    expect(page.get_by_text("No favourites yet")).to_be_hidden()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".uc-price")).to_have_text(["£30,000"])
    expect(told).to_be_hidden()
    assert kept(page) == [one.pk]


def test_a_hostile_title_stays_a_title(reader: Reader, live_server: Any) -> None:
    row = make.live(derivative="<img src=x onerror=alert(1)>")
    page = reader.open()
    keep(page, live_server, row.pk)
    page.goto(f"{live_server.url}/cars/favourites/")
    expect(page.locator(".uc-title")).to_contain_text("<img src=x onerror=alert(1)>")
    assert reader.complaints == []


def test_cars_are_gathered_to_compare_and_no_more_than_six(
    reader: Reader, live_server: Any
) -> None:
    rows = cars(7)
    page = reader.open()
    page.goto(f"{live_server.url}/cars/")
    links = page.get_by_role("button", name="Compare:")
    for place in range(7):
        links.nth(place).focus()
        page.keyboard.press("Space" if place % 2 else "Enter")
    expect(page.get_by_role("status")).to_have_text("6 cars are the most that stand side by side.")
    bar = page.get_by_role("complementary", name="Cars to compare")
    expect(bar).to_contain_text("6 cars to compare")
    assert_no_barrier(page)
    links.nth(0).click()
    bar.get_by_role("link", name="Compare").click()
    query = "&".join(f"id={row.pk}" for row in rows[1:6])
    page.wait_for_url(f"**/cars/compare/?{query}")
    page.get_by_role("link", name=re.compile("^Take .* away")).first.click()
    page.wait_for_url(f"**/cars/compare/?{query.partition('&')[2]}")
    page.goto(f"{live_server.url}/cars/")
    expect(bar).to_contain_text("4 cars to compare")
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()
    assert reader.complaints == []


def test_without_a_script_there_is_no_heart_and_the_page_says_why(
    reader: Reader, live_server: Any
) -> None:
    row, *_ = cars()
    page = reader.open(java_script_enabled=False)
    for path in ("/cars/", f"/cars/{row.pk}/"):
        page.goto(f"{live_server.url}{path}")
        expect(page.locator(".uc-card").first).to_be_visible()
        expect(page.locator(".heart")).to_have_count(0)
        expect(page.locator(".to-favourites")).to_be_hidden()
    page.goto(f"{live_server.url}/cars/favourites/")
    expect(page.get_by_text("Favourites are kept by your browser alone")).to_be_visible()
    expect(page.get_by_text("No favourites yet")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
