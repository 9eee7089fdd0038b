"""Signing out of a panel that others may use after: nothing of it is left in the browser."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


def test_going_back_shows_no_page_of_who_was_signed_in(page: Page) -> None:
    make.member(make.dealer("Kings"), email="olga@example.com", password=PASSWORD)
    page.goto("/dealer/login/")
    page.fill("input[name=username]", "olga@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/dealer/")
    page.goto("/dealer/team/")
    expect(page.locator("li strong", has_text="olga@example.com")).to_be_visible()

    with page.expect_navigation(url="**/dealer/logout/"):
        page.evaluate("document.querySelector('form[action$=\"/logout/\"]').submit()")
    page.go_back()

    page.wait_for_url("**/dealer/login/**")
    expect(page.get_by_text("olga@example.com")).to_have_count(0)
