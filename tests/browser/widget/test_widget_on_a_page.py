"""A page of another site has the block on it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from listings.choices import BodyType
from listings.models import PlacementDay
from tests import make
from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader, shifts, wait_for
from tests.seed import CARS, nine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
RANGE_ROVERS = '<used-cars make="land-rover" model="range-rover" limit="9"></used-cars>'
AT_A_DESK = pytest.mark.parametrize("reader", ["desktop"], indirect=True)
QUESTION = re.compile(r"/api/v1/widget/\?")
BELOW = '<div class="below"></div>'
RESERVED = (
    "<style>.below { height: 3000px } used-cars { display: block; min-height: 1000px }</style>"
)


def test_two_lines_of_html_show_the_nine_cars(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    rows = nine()
    page = reader.open()
    page.goto(site.put("/", article(RANGE_ROVERS)))
    wait_for(page, "shown")
    expect(page.get_by_role("heading", name="Used cars for sale")).to_be_visible()
    expect(page.locator(".uc-title")).to_have_text(
        [f"Land Rover Range Rover {derivative}" for derivative, *_ in CARS]
    )
    expect(page.locator(".uc-price")).to_have_text([f"£{price:,}" for _, _, price, *_ in CARS])
    first = page.locator(".uc-card").first
    expect(first.get_by_role("listitem")).to_have_text(
        ["2015", "72,253 miles", "Diesel", "Automatic", "4 doors"]
    )
    link = first.get_by_role("link", name="View details: Land Rover Range Rover 3.0 Tdv6")
    cheapest = min(rows, key=lambda row: row.price or 0)
    expect(link).to_have_attribute(
        "href",
        f"{live_server.url}/cars/{cheapest.pk}/land-rover-range-rover-30-tdv6-vogue-se-4dr-auto/",
    )
    everything = page.get_by_role("link", name="View all used car deals")
    expect(everything).to_have_attribute(
        "href", f"{live_server.url}/cars/?make=land-rover&model=range-rover"
    )
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.context.cookies() == []
    assert all(url.startswith((site.url, live_server.url, "data:")) for url in reader.requests)
    assert reader.complaints == []


def test_nothing_moves_while_the_server_is_slow(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    page = reader.open()
    held = hold_answers(page)
    page.goto(site.put("/", article(RANGE_ROVERS, style=RESERVED)))
    wait_for(page, "loading")
    expect(page.locator(".uc-ghost")).to_have_count(9)
    release(page, held)
    wait_for(page, "shown")
    assert shifts(page) == 0
    assert reader.complaints == []


@AT_A_DESK
def test_a_full_block_is_as_high_as_the_room_it_took(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    page = reader.open()
    held = hold_answers(page)
    page.goto(site.put("/", article(RANGE_ROVERS)))
    expect(page.locator(".uc-ghost")).to_have_count(9)
    before = heights(page)
    release(page, held)
    wait_for(page, "shown")
    assert heights(page) == before


def test_ratings_take_their_room_at_once_and_can_be_switched_off(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    for row in nine():
        make.value(row, (row.price or 0) + 450, label="great" if row.pk % 2 else None)
    page = reader.open()
    held = hold_answers(page)
    page.goto(site.put("/", article(RANGE_ROVERS)))
    expect(page.locator(".uc-ghost")).to_have_count(9)
    before = heights(page)
    release(page, held)
    wait_for(page, "shown")
    lines = page.locator(".uc-rating")
    expect(lines).to_have_count(9)
    assert set(lines.all_text_contents()) == {"", "Great price £450 below similar cars"}
    assert heights(page) == before
    page.evaluate("document.querySelector('used-cars').setAttribute('rating', 'none')")
    expect(page.get_by_text("View details")).to_have_count(9)
    expect(lines).to_have_count(0)
    assert reader.complaints == []


def test_fewer_cars_leave_no_hole_once_nobody_looks(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    make.live(price=30_000, body_type=BodyType.SUV)
    make.live(price=31_000, model=make.model("Defender"))
    page = reader.open()
    page.goto(site.put("/", article(RANGE_ROVERS + BELOW, style=RESERVED)))
    wait_for(page, "shown")
    expect(page.locator(".uc-card:visible")).to_have_count(2)
    expect(page.get_by_text("1 like this just now, then what comes near.")).to_be_visible()
    expect(page.locator(".uc-badge")).to_have_text(["More from Land Rover"])
    page.locator("#after").scroll_into_view_if_needed()
    wait_for(page, "settled")
    expect(page.locator(".uc-card")).to_have_count(2)
    assert shifts(page) == 0
    assert reader.complaints == []


@AT_A_DESK
@pytest.mark.parametrize(
    "attribute", ['make="none-such"', 'price_max="cheap"', 'mak="bmw"', 'price-max="5"']
)
def test_a_mistake_or_no_match_shows_nothing_and_no_box(
    reader: Reader, site: OtherSite, article: Html, attribute: str
) -> None:
    nine()
    page = reader.open()
    page.goto(site.put("/", article(f"<used-cars {attribute}></used-cars>{BELOW}", style=RESERVED)))
    wait_for(page, "hidden")
    expect(page.locator(".uc-card:visible")).to_have_count(0)
    page.locator("#after").scroll_into_view_if_needed()
    wait_for(page, "none")
    assert page.locator("used-cars").bounding_box() is None
    assert shifts(page) == 0
    assert [text for text in reader.complaints if "status of 400" not in text] == []


@AT_A_DESK
def test_a_page_with_a_strict_policy_needs_no_exception(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    nine()
    policy = (
        f"default-src 'none'; script-src {live_server.url}; connect-src {live_server.url}; "
        f"img-src {live_server.url} data:; require-trusted-types-for 'script'"
    )
    page = reader.open()
    page.goto(site.put("/", article(RANGE_ROVERS), policy=policy))
    wait_for(page, "shown")
    expect(page.locator(".uc-card")).to_have_count(9)
    assert page.locator(".uc-list").evaluate("(list) => getComputedStyle(list).display") == "grid"
    assert reader.complaints == []


@AT_A_DESK
def test_three_blocks_that_ask_two_questions_ask_twice(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    page = reader.open()
    blocks = [
        '<used-cars id="a" limit="3" model="range-rover" make="land-rover"></used-cars>',
        '<used-cars id="b" make="land-rover" model="range-rover" limit="3"></used-cars>',
        '<used-cars id="c" make="audi" loading="eager" heading="Audis" theme="dark"></used-cars>',
    ]
    page.goto(site.put("/", article("".join(blocks))))
    for name in ("a", "b"):
        page.locator(f"#{name}").scroll_into_view_if_needed()
        expect(page.locator(f"#{name} .uc-price")).to_have_text(["£33,999", "£36,999", "£37,649"])
    expect(page.locator("#c .uc-price").first).to_have_text("£5,000")
    expect(page.locator("#c").get_by_role("heading", name="Audis", exact=True)).to_be_visible()
    asked = sorted(url.partition("?")[2] for url in reader.requests if "/widget/?" in url)
    assert asked == ["limit=3&make=land-rover&model=range-rover", "make=audi"]
    assert reader.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_block_has_no_barrier(
    reader: Reader, site: OtherSite, article: Html, scheme: str
) -> None:
    nine()
    make.live(price=1_000, body_type=BodyType.SUV, model=make.model("Evoque"))
    page = reader.open(color_scheme=scheme)
    page.goto(site.put("/", article('<used-cars model="range-rover" limit="10"></used-cars>')))
    wait_for(page, "shown")
    expect(page.locator(".uc-badge")).to_have_count(1)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_server_that_is_gone_is_not_noticed(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    page = reader.open()
    page.route("**/api/v1/**", lambda route: route.abort("connectionrefused"))
    page.goto(site.put("/", article(RANGE_ROVERS + BELOW, style=RESERVED)))
    wait_for(page, "hidden")
    expect(page.locator("#after")).to_have_text("The end.")
    page.locator("#after").scroll_into_view_if_needed()
    wait_for(page, "none")
    assert shifts(page) == 0
    assert [text for text in reader.complaints if "net::ERR" not in text] == []


@AT_A_DESK
def test_a_script_that_does_not_come_is_not_noticed(reader: Reader, site: OtherSite) -> None:
    gone = OtherSite()
    gone.stop()
    script = f'<script src="{gone.url}/widget/v1.js" async></script>'
    page = reader.open()
    page.goto(site.put("/", f"<!doctype html><title>x</title>{script}<p>A{RANGE_ROVERS}<p>B"))
    expect(page.get_by_text("B")).to_be_visible()
    assert shifts(page) == 0
    assert [text for text in reader.complaints if "net::ERR_CONNECTION_REFUSED" not in text] == []


def test_views_and_clicks_are_told_when_the_page_is_left(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    nine()
    page = reader.open()
    block = RANGE_ROVERS.replace("limit", 'placement="below the fold" limit')
    page.goto(site.put("/", article(block)))
    wait_for(page, "shown")
    page.locator(".uc-card").first.scroll_into_view_if_needed()
    page.locator(".uc-link").first.click()
    page.wait_for_url(f"{live_server.url}/cars/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3.0 Tdv6 Vogue Se")
    counted = PlacementDay.objects.filter(origin=site.url)
    until(page, counted.exists)
    columns = ("placement", "views", "clicks", "alls")
    assert list(counted.values_list(*columns)) == [("below-the-fold", 1, 1, 0)]
    assert reader.complaints == []


def hold_answers(page: Page) -> list[Route]:
    """Keep the block waiting; return where its questions gather."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(QUESTION, keep)
    return held


def release(page: Page, held: list[Route]) -> None:
    until(page, lambda: bool(held))
    held[0].continue_()


def until(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def heights(page: Page) -> dict[int, float]:
    """Return how high the block is in windows of these widths."""
    found = {}
    for width in (320, 344, 360, 375, 390, 412, 430, 480, 540, 600, 768, 820, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        box = page.locator("used-cars").bounding_box()
        assert box is not None
        found[width] = box["height"]
    return found
