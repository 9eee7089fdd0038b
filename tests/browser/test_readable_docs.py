"""The readable documentation of the API in a browser, under its content security policy."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


def test_the_docs_show_the_endpoints(page: Page) -> None:
    page.goto("/api/docs/")
    expect(page.get_by_text("/api/v1/listings/", exact=False).first).to_be_visible(timeout=15_000)
