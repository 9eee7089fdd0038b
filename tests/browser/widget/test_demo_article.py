"""The demo's own article finds its cars by itself."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.widget.conftest import Reader, shifts
from tests.seed import CARS, nine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


def test_the_article_shows_the_nine_range_rovers_cheapest_first(
    reader: Reader, live_server: Any, settings: Any
) -> None:
    settings.DEBUG = True
    nine()
    make.live(model=make.model("Fiesta", make.make("Ford")), price=5_000)
    page = reader.open()
    page.goto(f"{live_server.url}/demo/article/")
    block = page.locator("used-cars")
    # It reads the page and takes its room before a reader gets there.
    expect(block).to_have_attribute("data-state", re.compile("shown|settled"))
    block.scroll_into_view_if_needed()
    expect(page.locator(".uc-price")).to_have_text([f"£{price:,}" for _, _, price, *_ in CARS])
    assert shifts(page) == 0
    assert reader.complaints == []
