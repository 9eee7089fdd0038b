"""The quick starts of docs/api.md, word for word, against the demo."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serious
from tests.marketplace import checkouts
from tests.marketplace.conftest import own_checkout
from tests.marketplace.test_demo import start_demo
from tests.marketplace.test_health import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # packages come over the network
SECTION = re.search(
    r"^## Quick starts\n(.*?)^## ",
    (checkouts.ROOT / "docs/api.md").read_text(),
    re.MULTILINE | re.DOTALL,
)
GIVEN, PLAIN, TYPESCRIPT, SERVED = re.findall(
    r"^```\n(.*?)^```$", SECTION[1] if SECTION else "", re.MULTILINE | re.DOTALL
)
NPM_SECONDS = 300.0
VISIBLE_MS = 30_000  # a bound for what never comes


class Trial(NamedTuple):
    """A checkout whose demo is up, and the environment of somebody who follows the guide there."""

    checkout: Path
    environment: dict[str, str]

    @property
    def api(self) -> str:
        return self.environment["MARKETPLACE_URL"] + "/api/v1/"

    def run(self, commands: str) -> str:
        """Return what commands print, one after the other as a shell takes them."""
        done = subprocess.run(
            ["sh", "-ec", commands],
            cwd=self.checkout,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=NPM_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def advert(self, stock_ref: str) -> dict[str, object]:
        """Return what the stock API says of an advert of the sandbox."""
        headers = {"Authorization": f"Bearer {self.environment['MARKETPLACE_KEY']}"}
        answer = httpx.get(f"{self.api}stock/by-ref/{stock_ref}/", headers=headers, trust_env=False)
        found: dict[str, object] = answer.json()
        return found

    def has_taken_down(self, stock_ref: str) -> None:
        """Assert that an advert went through everything, and that no buyer sees it."""
        advert = self.advert(stock_ref)
        assert (advert["status"], advert["price"], advert["sandbox"]) == ("withdrawn", 8_495, True)
        assert advert["published_at"] is not None
        assert isinstance(advert["photos"], list)
        assert len(advert["photos"]) == 1
        assert httpx.get(str(advert["listing_url"]), trust_env=False).status_code == 404


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with own_checkout("trial-") as checkout:
        ignored = shutil.ignore_patterns("node_modules", "build", "dist", "marketplace.d.ts")
        shutil.copytree(checkouts.ROOT / "examples", checkout / "examples", ignore=ignored)
        (checkout / ".venv").symlink_to(sys.prefix)
        demo, printed = start_demo(checkout, free_port())
        line = re.search(r"^ +(export .*)$", printed, re.MULTILINE)
        assert line
        given = dict(each.split("=") for each in line[1].split()[1:])
        assert [each.partition("=")[0] for each in GIVEN.split()] == ["export", *given]
        yield Trial(checkout, {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **given})
        checkouts.end(demo, signal.SIGINT)


@pytest.fixture(scope="module")
def built(trial: Trial) -> str:
    """Return what the quick start of TypeScript printed, with its packages installed."""
    if shutil.which("npm") is None:
        pytest.skip("no Node here: TypeScript's quick start and its front end are left out")
    reached = subprocess.run(
        ["npm", "ping"],
        check=False,
        cwd=trial.checkout / "examples/typescript",
        capture_output=True,
        timeout=120,
    )
    if reached.returncode:
        pytest.skip("no registry of npm is reached: TypeScript's packages cannot be installed")
    return trial.run(TYPESCRIPT)


@pytest.fixture
def front_end(trial: Trial, built: str, browser: Browser) -> Iterator[Page]:
    """The front end as it is built and served; a message on its console fails the test."""
    commands = SERVED.replace("npm run preview", "exec npm run preview -- --host 127.0.0.1")
    serving = subprocess.Popen(
        ["sh", "-ec", f"cd examples/typescript\n{commands}"],
        cwd=trial.checkout,
        env={**trial.environment, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield from _opened(browser, _address(serving))
    finally:
        os.killpg(serving.pid, signal.SIGTERM)
        serving.communicate(timeout=checkouts.PATIENCE_SECONDS)


def _address(serving: subprocess.Popen[str]) -> str:
    assert serving.stdout is not None
    printed = ""
    for line in serving.stdout:
        printed += line
        if found := re.search(r"Local: +(http://\S+)", line):
            return found[1]
    pytest.fail(printed)


def _opened(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(VISIBLE_MS)
    expect.set_options(timeout=VISIBLE_MS)
    page.goto(address)
    yield page
    context.close()
    assert complaints == []


def test_curl_and_python(trial: Trial) -> None:
    printed = trial.run(PLAIN)
    trial.has_taken_down("QUICKSTART-CURL")
    trial.has_taken_down("QUICKSTART-PYTHON")
    assert '"status":"live" "sandbox":true' in printed
    assert "Repriced: Ford Fiesta 1.0 EcoBoost Zetec 5dr, £8,495, live, of a sandbox" in printed


def test_typescript(trial: Trial, built: str) -> None:
    trial.has_taken_down("QUICKSTART-TYPESCRIPT")
    assert "Withdrawn: Ford Fiesta 1.0 EcoBoost Zetec 5dr, £8,495, withdrawn, of a" in built


def test_the_front_end_searches_filters_turns_pages_and_shows_an_advert(
    trial: Trial, front_end: Page
) -> None:
    page, heading = front_end, front_end.locator("h1")
    cards = page.locator(".cards li")
    expect(cards).to_have_count(12)
    assert serious(page) == []
    first = cards.first.inner_text()

    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="Previous page")).to_be_visible()
    expect(cards.first).not_to_have_text(first, use_inner_text=True)
    page.get_by_role("link", name="Previous page").click()
    expect(cards.first).to_have_text(first, use_inner_text=True)

    page.get_by_role("searchbox").fill("range rover under 40k")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Without Up to £40,000")).to_be_visible()
    asked = {"q": "range rover under 40k", "count": "exact"}
    count = httpx.get(f"{trial.api}listings/", params=asked, trust_env=False).json()["count"]
    expect(heading).to_have_text(f"{count} cars")
    expect(cards.first.locator("h2")).to_contain_text("Range Rover")
    page.get_by_role("navigation", name="Filters").get_by_role("link", name="Diesel").click()
    expect(page.get_by_role("link", name="Diesel")).to_have_attribute("aria-current", "true")

    page.set_viewport_size({"width": 390, "height": 844})
    title = cards.first.locator("h2").inner_text()
    cards.first.get_by_role("link").click()
    expect(heading).to_have_text(title)
    assert serious(page) == []
    page.go_back()
    expect(page.get_by_role("link", name="Without Up to £40,000")).to_be_visible()
