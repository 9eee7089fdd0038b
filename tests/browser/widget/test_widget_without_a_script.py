"""Readers without a script, and sites that only take a frame."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from listings.models import PlacementDay
from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader
from tests.browser.widget.test_widget_on_a_page import until
from tests.seed import CARS, nine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
PRICES = [f"£{price:,}" for _, _, price, *_ in CARS]
QUESTION = "make=land-rover&amp;model=range-rover&amp;placement=plain"


def framed(live_server: Any) -> str:
    address = f"{live_server.url}/widget/frame/?{QUESTION}"
    return (
        f'<iframe src="{address}" title="Used cars for sale" width="100%" height="1200"></iframe>'
    )


def test_without_a_script_the_frame_inside_the_tag_is_shown(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    nine()
    block = f'<used-cars model="range-rover"><noscript>{framed(live_server)}</noscript></used-cars>'
    page = reader.open(java_script_enabled=False)
    page.goto(site.put("/", article(block)))
    inner = page.frame_locator("iframe")
    expect(inner.locator(".uc-price")).to_have_text(PRICES)
    expect(inner.get_by_role("link", name="View all used car deals")).to_be_visible()


def test_a_frame_follows_links_in_the_whole_window_and_counts_for_the_site_around_it(
    reader: Reader, site: OtherSite, live_server: Any
) -> None:
    nine()
    page = reader.open()
    head = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>x</title>'
    page.goto(site.put("/", f"{head}{framed(live_server)}"))
    inner = page.frame_locator("iframe")
    expect(inner.locator(".uc-price")).to_have_text(PRICES)
    inner.locator(".uc-link").first.click()
    page.wait_for_url(f"{live_server.url}/cars/**")
    counted = PlacementDay.objects.filter(origin=site.url)
    until(page, counted.exists)
    assert list(counted.values_list("placement", "views", "clicks")) == [("plain", 1, 1)]
    assert page.context.cookies() == []
    assert reader.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_has_no_barrier(reader: Reader, live_server: Any, scheme: str) -> None:
    nine()
    page = reader.open(color_scheme=scheme)
    page.goto(f"{live_server.url}/widget/frame/?make=land-rover")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert reader.complaints == []


def test_a_fragment_with_the_linked_style_looks_like_the_block(
    reader: Reader, site: OtherSite, live_server: Any
) -> None:
    nine()
    page = reader.open()
    fragment = page.request.get(f"{live_server.url}/widget/fragment/?limit=3").text()
    style = f'<link rel="stylesheet" href="{live_server.url}/widget/v1.css">'
    head = f'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>x</title>{style}'
    policy = f"default-src 'none'; style-src {live_server.url}; img-src data:"
    page.goto(site.put("/", f"{head}<main><h1>A page</h1>{fragment}</main>", policy=policy))
    expect(page.locator(".uc-price")).to_have_text(PRICES[:3])
    assert page.locator(".uc-list").evaluate("(list) => getComputedStyle(list).display") == "grid"
    assert reader.complaints == []
