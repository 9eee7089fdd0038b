"""The whole way of an alert: saved on a phone without script, confirmed, told, and ended."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect

from listings.buyers.links import BuyerLink, link_to
from listings.models import Listing, SavedSearch
from tests import make
from tests.dealers import mail_server
from tests.dealers.mail_server import MailServer
from tests.listings.buyers.mailbox import delivered, links_of, path_of, text_of, work
from tests.listings.buyers.test_alerts import Follower, watch

pytestmark = pytest.mark.django_db(transaction=True)
OF_PAGES_ALONE = {"landmark-one-main", "region"}
"""What axe asks of pages, and mail programs put round mails."""
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def mails(settings: Any, live_server: Any) -> Iterator[MailServer]:
    cache.clear()
    settings.PUBLIC_URL = live_server.url
    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url,
        viewport=PHONE,
        java_script_enabled=False,
        color_scheme=request.param,
    )
    yield context.new_page()
    context.close()


def test_an_alert_is_saved_confirmed_told_and_ended(
    phone: Page, live_server: Any, mails: MailServer
) -> None:
    make.live()
    follower = Follower()
    follower.catch_up()
    phone.goto("/cars/?make=land-rover")
    phone.get_by_role("link", name="E-mail me new cars like these").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("E-mail me new cars like these")
    phone.get_by_label("At once").check()
    phone.get_by_label("Your e-mail address").fill("ann@example.com")
    phone.wait_for_timeout(2_200)  # faster than people type is refused
    phone.get_by_role("button", name="E-mail me").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Look into your e-mail")
    assert "ann" not in phone.url

    work()
    phone.goto(links_of(delivered(mails)[0])[0])
    phone.get_by_role("button", name="Yes, tell me").click()
    expect(phone.get_by_role("status")).to_contain_text("We will tell you.")

    row = make.live(price=12_345)
    follower.catch_up()
    work()
    mail = delivered(mails)[1]
    assert f"/cars/{row.pk}/" in text_of(mail)
    phone = phone.context.new_page()  # one without a policy of ours
    phone.set_content(text_of(mail, "html"))
    expect(phone.get_by_text("£12,345")).to_be_visible()
    width = phone.locator(".sheet").bounding_box()
    assert width is not None
    assert width["width"] <= PHONE["width"]

    stop = phone.get_by_role("link", name="Stop them").get_attribute("href")
    assert stop is not None
    phone.goto(stop)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Stop these e-mails?")
    assert SavedSearch.objects.get().state == "active"
    phone.get_by_role("button", name="Stop them").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("These e-mails have ended")
    assert SavedSearch.objects.get().state == "ended"
    assert phone.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_and_mails_keep_nobody_out(
    browser: Browser, live_server: Any, mails: MailServer, scheme: Any
) -> None:
    row = make.live(branch=make.branch(town="Leeds"))
    follower = Follower()
    follower.catch_up()
    saved = watch()
    make.copies(row, 30)
    Listing.objects.update(price_shown_at=timezone.now())
    follower.catch_up()
    work()
    mail = text_of(delivered(mails)[0], "html")
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    paths = [f"/alerts/new/?car={row.pk}", "/alerts/sent/"]
    paths += [path_of(link_to(link, saved.record_id)) for link in BuyerLink]
    for path in paths:
        page.goto(path)
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page = context.new_page()  # one without a policy of ours
    page.set_content(mail)
    found = Axe().run(page).response["violations"]
    assert {each["id"] for each in found} <= OF_PAGES_ALONE
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
