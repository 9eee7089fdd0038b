"""What docs/widget.md gives a page to paste does what it says there."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import FrameLocator, Page, expect

from listings.buyers import guards
from tests import make
from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader, wait_for
from tests.browser.widget.test_widget_on_a_page import BELOW, RANGE_ROVERS, until
from tests.seed import nine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
HTML = re.compile(r"^( *)```html\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


def snippet(word: str, live_server: Any, site: OtherSite) -> str:
    """Return the one snippet of the page that has a word, for these two sites."""
    text = (Path(settings.BASE_DIR) / "docs/widget.md").read_text(encoding="utf-8")
    (found,) = (body for _, body in HTML.findall(text) if word in body)
    ours = str(found).replace("https://cars.example.com", live_server.url)
    return ours.replace("https://www.example.com", site.url)


def told(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("window.dataLayer || []")
    return found


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    return box["height"] if box else 0


def inner_height(inner: FrameLocator) -> float:
    return float(inner.locator("html").evaluate("(html) => html.getBoundingClientRect().height"))


def test_the_frame_is_as_high_as_its_cars_and_tells_only_its_page(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    ids = [row.pk for row in sorted(nine(), key=lambda row: row.price or 0)]
    page = reader.open()
    code = snippet("<iframe", live_server, site)
    page.goto(site.put("/", article(f"{code}{BELOW}")))
    inner = page.frame_locator("iframe")
    expect(inner.locator(".uc-card")).to_have_count(9)
    until(page, lambda: abs(height(page) - inner_height(inner)) < 1)
    assert height(page) > 400
    until(page, lambda: len(told(page)) == 1)
    view = {"event": "used-cars-view", "type": "used-cars-view", "placement": "", "ids": ids}
    assert told(page) == [view]
    link = inner.locator(".uc-link").nth(1)
    link.evaluate("(each) => each.addEventListener('click', (event) => event.preventDefault())")
    link.click()
    until(page, lambda: len(told(page)) == 2)
    assert {**told(page)[1], "type": ""} == {
        "event": "used-cars-click",
        "type": "",
        "placement": "",
        "id": ids[1],
        "position": 2,
    }
    elsewhere = code.replace(f"origin={site.url}", "origin=https://elsewhere.example")
    page.goto(site.put("/", article(f"{elsewhere}{BELOW}")))
    whole = "() => document.readyState === 'complete'"  # its script has run
    until(page, lambda: bool(inner.locator("html").evaluate(whole)))
    inner.locator("html").evaluate("() => parent.postMessage({ type: 'last' }, '*')")
    until(page, lambda: bool(told(page)))
    assert (told(page), height(page)) == ([{"event": "last", "type": "last"}], 0)


def test_a_frame_without_cars_leaves_no_hole(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    make.make("Land Rover")
    page = reader.open()
    code = snippet("<iframe", live_server, site).replace('height="0"', 'height="1430"')
    page.goto(site.put("/", article(f"{code}{BELOW}")))
    until(page, lambda: height(page) == 0)
    assert told(page) == []
    assert reader.complaints == []


@pytest.mark.parametrize("reader", ["desktop"], indirect=True)
def test_an_enquiry_in_the_frame_is_told(
    reader: Reader,
    site: OtherSite,
    article: Html,
    live_server: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(0))
    row = make.live(branch=make.branch(make.dealer("Northern Cars")))
    page = reader.open()
    code = snippet("<iframe", live_server, site)
    page.goto(site.put("/", article(f"{code}{BELOW}")))
    inner = page.frame_locator("iframe")
    inner.get_by_role("link", name="Ask the dealer").click()
    inner.get_by_label("Name").fill("Ann Buyer")
    inner.get_by_label("E-mail or a telephone number").fill("ann@example.com")
    inner.get_by_label("What would you like to know?").fill("Is it still there?")
    inner.get_by_label(re.compile("The marketplace may pass")).check()
    inner.get_by_role("button", name="Send to the dealer").click()
    expect(inner.get_by_text("Your enquiry is on its way.")).to_be_visible()
    until(page, lambda: told(page)[-1:] != [] and told(page)[-1]["event"] == "used-cars-enquiry")
    assert told(page)[-1]["id"] == row.pk
    assert "ann" not in str(told(page)).lower()


@pytest.mark.parametrize("reader", ["desktop"], indirect=True)
def test_events_of_the_tag_reach_the_page_s_own_analytics(
    reader: Reader, site: OtherSite, article: Html, live_server: Any
) -> None:
    ids = [row.pk for row in sorted(nine(), key=lambda row: row.price or 0)]
    page = reader.open()
    code = snippet("addEventListener(name", live_server, site)
    block = RANGE_ROVERS.replace("limit", 'placement="news" target="_blank" limit')
    page.goto(site.put("/", article(f"{code}{block}")))
    wait_for(page, "shown")
    page.locator(".uc-card").first.scroll_into_view_if_needed()
    until(page, lambda: len(told(page)) == 1)
    for link in (page.locator(".uc-link").nth(2), page.locator(".uc-all")):
        with page.context.expect_page():
            link.click()
    click = {"event": "used-cars-click", "placement": "news"}
    assert told(page) == [
        {"event": "used-cars-view", "placement": "news", "ids": ids},
        {**click, "id": ids[2], "position": 3},
        {**click, "id": None, "position": None},
    ]
