"""No page has a serious finding or a word on its console: every page there is, in every size.

The pages come from the addresses themselves, so that a page added later is looked at as well. An
address that shows nothing fails, unless `reached_pages.py` says why it does.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib import admin
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, ViewportSize

from dealers.models import BulkRun, User
from dealers.panel import panel
from tests import make
from tests.browser.reached_pages import begun_run, reached_pages, rows_for_pages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=512)  # a window of 1280 pixels at 400 per cent
STRUCTURE = {"landmark-one-main", "page-has-heading-one", "region", "landmark-unique"}
"""Rules that axe calls moderate, and that decide how somebody finds their way by ear."""

_AXE = """async ([place, options]) => (await axe.run(place, options)).violations.map((each) => ({
  id: each.id, impact: each.impact, at: each.nodes.map((node) => node.target.join(" ")).slice(0, 3),
}))"""
_STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
_DARK = "() => window.Alpine?.$data(document.documentElement).switchTheme('dark')"
_LIGHT = "() => window.Alpine?.$data(document.documentElement).switchTheme('light')"
_CLICKED_ALONE = """() => [...document.querySelectorAll("*")]
  .filter((each) => each.hasAttribute("x-on:click") || each.hasAttribute("onclick"))
  .filter((each) => each.checkVisibility() && each.tabIndex < 0)
  .map((each) => each.outerHTML.slice(0, 120))"""
_TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@dataclass
class Walk:
    """A browser that opens pages and keeps what is wrong with them."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        is_itself = message.location.get("url", "").split("#")[0] == self.page.url
        if message.type in ("error", "warning") and not (is_itself and self.status >= 400):
            self.wrong.append(f"{self.page.url}: console: {message.text}")

    status = 200

    def open(self, address: str, status: int = 200) -> None:
        self.page.set_viewport_size(DESK)
        self.status = status
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, address
        self.page.evaluate(_STILL)
        self.page.evaluate(AXE_SCRIPT)

    def look(self) -> None:
        """Judge the open page on a desk, on a phone, far zoomed in, and in the dark."""
        self.judge("desk")
        for each in self.page.evaluate(_CLICKED_ALONE):
            self.wrong.append(f"{self.page.url}: only a mouse reaches {each}")
        self.page.set_viewport_size(NARROW)
        if self.page.evaluate(_TOO_WIDE):
            self.wrong.append(f"{self.page.url}: wider than 320 pixels")
        self.page.set_viewport_size(PHONE)
        self.judge("phone")
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate(_DARK)
        self.judge("dark", rules=["color-contrast"])
        self.page.evaluate(_LIGHT)
        self.page.emulate_media(color_scheme="light")

    def look_at_filters(self) -> None:
        self.page.set_viewport_size(DESK)
        opener = self.page.locator("#filters-opener")
        if opener.count():
            opener.click()
            self.judge("filters", place="#changelist-filter")

    def judge(self, how: str, *, place: str = "html", rules: list[str] | None = None) -> None:
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = rules
        for found in self.page.evaluate(_AXE, [place, options]):
            if found["impact"] in ("serious", "critical") or found["id"] in STRUCTURE:
                self.wrong.append(f"{self.page.url} ({how}): {found['id']} at {found['at']}")


@pytest.fixture
def context(browser: Browser, live_server: Any, settings: Any, tmp_path: Any) -> Iterator[Any]:
    """A context whose photos are all of a red car."""
    settings.MEDIA_ROOT = tmp_path
    settings.EDITORIAL_SITES = ["example.com"]
    settings.PUBLIC_VALUATIONS = True
    red = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(red, "JPEG")

    def picture(route: Route) -> None:
        route.fulfill(body=red.getvalue(), content_type="image/jpeg")

    opened = browser.new_context(base_url=live_server.url)
    opened.route("**/media/**", picture)
    yield opened
    opened.close()


def signed_in_as(context: BrowserContext, person: User, url: str) -> Client:
    """Sign somebody in, in the browser and in the client that is returned."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    cookies = client.cookies.values()
    context.add_cookies([{"name": each.key, "value": each.value, "url": url} for each in cookies])
    return client


def walk_over(context: BrowserContext) -> Walk:
    walk = Walk(context.new_page())
    walk.page.on("console", walk.hear)
    walk.page.on("pageerror", lambda error: walk.wrong.append(f"{walk.page.url}: {error}"))
    return walk


@pytest.mark.timeout(1_800)  # as many pages as there are, on a machine that may be busy
@pytest.mark.parametrize("part", ["public", "dealer", "admin"])
def test_every_page_can_be_used_by_everybody(
    context: BrowserContext, live_server: Any, part: str
) -> None:
    dealer = make.dealer("Our Cars")
    rows = dict(rows_for_pages(dealer))
    member = make.member(dealer)
    rows[BulkRun] = begun_run(rows, member)
    client = Client(raise_request_exception=False)
    if part != "public":
        person = member if part == "dealer" else make.staff()
        client = signed_in_as(context, person, live_server.url)
    found = reached_pages(part, client, rows)
    walk = walk_over(context)

    for address in found.addresses:
        walk.open(address)
        walk.look()
        walk.look_at_filters()
    assert len(found.addresses) > {"public": 25, "dealer": 35, "admin": 75}[part]
    wrong = [*found.unreached, *walk.wrong]
    assert not wrong, "\n".join(wrong)


def test_pages_before_somebody_is_signed_in(context: BrowserContext) -> None:
    walk = walk_over(context)

    for site in (admin.site, panel):
        walk.open(f"/{site.name}/login/")
        walk.look()
    walk.page.fill("input[name=username]", "nobody@example.com")
    walk.page.fill("input[name=password]", "plum-tart-91")
    walk.page.click("#login-form button[type=submit]")
    walk.page.locator(".errornote").wait_for()
    walk.page.evaluate(AXE_SCRIPT)
    walk.look()
    assert not walk.wrong, "\n".join(walk.wrong)


@pytest.mark.parametrize(
    ("address", "status"),
    [("/forbidden/", 403), ("/nothing/", 404), ("/suspicious/", 400), ("/failing/", 500)],
)
def test_pages_of_errors(context: BrowserContext, settings: Any, address: str, status: int) -> None:
    settings.ROOT_URLCONF = "tests.marketplace.failing_pages"
    walk = walk_over(context)

    walk.open(address, status)
    walk.look()
    assert not walk.wrong, "\n".join(walk.wrong)
