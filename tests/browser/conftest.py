"""A real browser on a real server: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from dealers.models import Branch
from tests import make

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "plum-tart-91"  # a test's own


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: other tests of the process must not run inside its event loop."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here: `make test-browser` installs one where apt is available")
    # Playwright keeps an event loop on this thread, where Django then suspects async code, and
    # where nothing else could run a loop of its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
        connections.close_all()  # those of the loop, which nobody else sees
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def page(
    request: pytest.FixtureRequest,
    browser: Browser,
    live_server: Any,
    settings: Any,
    tmp_path: Path,
) -> Iterator[Page]:
    """A page of the admin's site; a message on its console fails the test."""
    settings.MEDIA_ROOT = str(tmp_path)
    width, height = request.param
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}
    )
    opened = context.new_page()
    complaints: list[str] = []
    foreign: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    opened.on("console", hear)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda sent: (
            None
            if sent.url.startswith((live_server.url, "data:", "blob:"))
            else foreign.append(sent.url)
        ),
    )
    yield opened
    context.close()
    assert complaints == []
    assert foreign == []


@pytest.fixture
def signed_in(page: Page) -> Page:
    make.staff(email="staff@example.com", password=PASSWORD, full_name="Sam Staff")
    page.goto("/admin/")
    page.fill("input[name=username]", "staff@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return page


@pytest.fixture
def yard() -> Branch:
    return make.branch(make.dealer("Harbour Cars"), name="Harbour Yard")


@pytest.fixture
def at_desk(page: Page, yard: Branch, tmp_path: Path) -> Page:
    """Somebody who owns Harbour Cars, signed in; photos come from where they were written."""

    def picture(route: Route) -> None:
        route.fulfill(path=tmp_path / route.request.url.partition("/media/")[2])

    page.route("**/media/**", picture)
    make.member(yard.dealer, email="olive@example.com", password=PASSWORD, full_name="Olive")
    page.goto("/dealer/")
    page.fill("input[name=username]", "olive@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/dealer/")
    return page


def serious(page: Page) -> list[str]:
    """Return what axe finds serious on the page: what, and where first."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
