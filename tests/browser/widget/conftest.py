"""A reader of another site, on a desk and on a phone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.other_site import OtherSite

WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture
def site() -> Iterator[OtherSite]:
    other = OtherSite()
    yield other
    other.stop()


class Reader:
    """Opens pages and hears what their consoles say."""

    def __init__(self, browser: Browser, size: tuple[int, int]) -> None:
        self.browser, self.size = browser, size
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.contexts: list[Any] = []

    def open(self, **options: Any) -> Page:
        width, height = self.size
        viewport = {"width": width, "height": height}
        context = self.browser.new_context(**{"viewport": viewport, **options})
        context.add_init_script(WATCH_SHIFTS)
        self.contexts.append(context)
        page = context.new_page()

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(message.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: self.complaints.append(f"thrown: {error}"))
        page.on("request", lambda sent: self.requests.append(sent.url))
        return page


@pytest.fixture(params=list(SIZES))
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Reader]:
    reader = Reader(browser, SIZES[request.param])
    yield reader
    for context in reader.contexts:
        context.close()


def shifts(page: Page) -> float:
    """Return how far things moved before the reader, once what was drawn has been looked at."""
    frames = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(frames)
    return float(page.evaluate("window.shifted"))


def wait_for(page: Page, state: str, *, block: str = "used-cars") -> None:
    expect(page.locator(block)).to_have_attribute("data-state", state)


Html = Callable[..., str]


@pytest.fixture
def article(live_server: Any) -> Html:
    """Return a page of another site with something in the place of its block."""

    def written(block: str, *, style: str = "", before: str = "") -> str:
        paragraphs = "<p>Some words about a car that somebody drove.</p>" * 3
        return f"""<!doctype html><html lang="en"><head><title>News</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">{style}
<script src="{live_server.url}/widget/v1.js" async></script></head>
<body><main><h1>A car</h1>{before}{paragraphs}{block}<p id="after">The end.</p></main></body>"""

    return written
