"""A buyer asks about a car in a browser, and takes it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from listings.buyers import guards
from listings.choices import Status
from listings.models import BuyerRecord, Enquiry, Listing
from tests import make
from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader, wait_for
from tests.enqueued import sent_mails

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
NO_ICON = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>x</title>'


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser in a test types faster than people do."""
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(0))


def assert_good(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_buyer_without_a_script_asks_from_a_frame_of_another_site_and_erases(
    reader: Reader, site: OtherSite, live_server: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    make.live(branch=make.branch(make.dealer("Northern Cars", phone="0113 496 0000")))
    page = reader.open(java_script_enabled=False)
    frame = f'<iframe src="{live_server.url}/widget/frame/?placement=news" height="900"></iframe>'
    page.goto(site.put("/", f"{NO_ICON}{frame}"))
    page.frame_locator("iframe").locator(".uc-link").click()
    page.wait_for_url("**/cars/**?placement=news")
    page.get_by_label("Name").fill("Ann Buyer")
    page.get_by_label("E-mail or a telephone number").fill("ann@example.com")
    page.get_by_label("What would you like to know?").fill("Is it still there?")
    page.get_by_text("See the car, or part-exchange yours").click()
    page.get_by_label("Your car's registration").fill("the red one")
    page.get_by_label("When would you like to see it?").fill("2020-01-01T10:30")
    page.get_by_label(re.compile("The marketplace may pass")).check()
    page.get_by_role("button", name="Send to the dealer").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    assert not Enquiry.objects.exists()
    mark = page.get_by_label("Your car's registration")
    expect(mark).to_have_value("the red one")
    expect(mark).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What would you like to know?")).to_have_value("Is it still there?")
    expect(page.get_by_label(re.compile("The marketplace may pass"))).to_be_checked()
    mark.fill("kx17 abc")
    page.get_by_label("When would you like to see it?").fill("")
    page.get_by_role("button", name="Send to the dealer").click()
    page.wait_for_url("**/enquire/sent/")
    expect(page.get_by_role("heading", name="Your enquiry is on its way")).to_be_visible()
    page.reload()
    enquiry = Enquiry.objects.select_related("record").get()
    assert (enquiry.part_exchange_vrm, enquiry.record.placement) == ("KX17ABC", "news")
    receipt = next(mail for mail in sent_mails() if mail.to == ["ann@example.com"])
    link = re.search(r"http\S+/left/\S+", str(receipt.body))
    assert link is not None
    page.goto(link[0])
    page.get_by_role("button", name="Erase what I left").click()
    expect(page.get_by_role("status")).to_contain_text("was erased")
    assert (BuyerRecord.objects.get().email, Enquiry.objects.get().message) == ("", "")
    assert page.context.cookies() == []


def test_the_component_hands_its_placement_on(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    make.live()
    page = reader.open()
    page.goto(site.put("/", article('<used-cars placement="end of text"></used-cars>')))
    wait_for(page, "shown")
    page.locator(".uc-link").first.click()
    page.wait_for_url("**/cars/**?placement=end-of-text")
    expect(page.locator("input[name=placement]")).to_have_value("end-of-text")
    assert reader.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_and_what_follows_have_no_barrier(
    reader: Reader, live_server: Any, scheme: str
) -> None:
    row, gone = make.live(), make.live()
    Listing.objects.filter(pk=gone.pk).update(status=Status.SOLD, sold_at=timezone.now())
    page = reader.open(color_scheme=scheme)
    for pk in (row.pk, gone.pk):
        for path in (f"/cars/{pk}/enquire/", f"/cars/{pk}/enquire/sent/"):
            page.goto(f"{live_server.url}{path}")
            assert_good(page)
    page.goto(f"{live_server.url}/cars/{row.pk}/enquire/")
    page.get_by_label("Name").fill("Ann")
    page.get_by_label(re.compile("The marketplace may pass")).check()
    page.get_by_role("button", name="Send to the dealer").click()
    expect(page.locator("#ask-email-fault")).to_contain_text("Give an e-mail address")
    assert_good(page)


def test_a_reader_without_a_script_asks_inside_the_frame(
    reader: Reader, site: OtherSite, live_server: Any
) -> None:
    row = make.live()
    page = reader.open(java_script_enabled=False)
    address = f"{live_server.url}/widget/frame/{row.pk}/?placement=news"
    page.goto(site.put("/", f'{NO_ICON}<iframe src="{address}" height="900"></iframe>'))
    inner = page.frame_locator("iframe")
    inner.get_by_role("link", name="Ask the dealer").click()
    inner.get_by_label("Name").fill("Ann Buyer")
    inner.get_by_label(re.compile("The marketplace may pass")).check()
    inner.get_by_role("button", name="Send to the dealer").click()
    expect(inner.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    inner.get_by_label("E-mail or a telephone number").fill("ann@example.com")
    inner.get_by_role("button", name="Send to the dealer").click()
    expect(inner.get_by_role("status")).to_contain_text("Your enquiry is on its way.")
    assert page.url.startswith(site.url)
    record = Enquiry.objects.select_related("record").get().record
    assert (record.name, record.email, record.placement) == ("Ann Buyer", "ann@example.com", "news")
    assert page.context.cookies() == []


def test_the_component_asks_the_dealer_over_the_page(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    row = make.live(branch=make.branch(make.dealer("Northern Cars")))
    page = reader.open()
    block = '<used-cars loading="eager" enquiries placement="aside"></used-cars>'
    page.goto(site.put("/", article(block)) + "?utm_campaign=spring+sale&who=ann")
    wait_for(page, "shown")
    page.evaluate(
        "window.told = []; "
        "addEventListener('used-cars-enquiry', (event) => window.told.push(event.detail))"
    )
    page.get_by_role("button", name="Ask the dealer").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ask Northern Cars about")
    dialog.get_by_label("Name").fill("Ann Buyer")
    dialog.get_by_label(re.compile("The marketplace may pass")).check()
    send = dialog.get_by_role("button", name="Send to the dealer")
    send.click()
    expect(dialog.get_by_role("alert")).to_contain_text("wait a moment")
    assert not Enquiry.objects.exists()
    page.wait_for_timeout(2_000)
    send.click()
    email = dialog.get_by_label("E-mail, or a telephone number")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email.locator("xpath=..")).to_contain_text("Give an e-mail address")
    assert not Enquiry.objects.exists()
    assert page.evaluate("window.told") == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    email.fill("ann@example.com")
    send.click()
    expect(dialog.get_by_role("status")).to_contain_text("Your enquiry is on its way.")
    assert page.evaluate("window.told") == [{"placement": "aside", "id": row.pk}]
    record = Enquiry.objects.select_related("record__consent").get().record
    left_at = (record.page, record.placement, record.campaign)
    assert left_at == (f"{site.url}/", "aside", "spring-sale")
    assert record.consent is not None
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert page.context.cookies() == []


def test_the_component_says_that_nothing_was_sent_where_nobody_answers(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    make.live()
    page = reader.open()
    page.goto(site.put("/", article('<used-cars loading="eager" enquiries></used-cars>')))
    wait_for(page, "shown")
    page.get_by_role("button", name="Ask the dealer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail, or a telephone number").fill("ann@example.com")
    dialog.get_by_label(re.compile("The marketplace may pass")).check()
    page.wait_for_timeout(2_000)
    page.route("**/enquiries/", lambda route: route.abort())
    dialog.get_by_role("button", name="Send to the dealer").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was sent")
    expect(dialog.get_by_label("E-mail, or a telephone number")).to_have_value("ann@example.com")
    assert not Enquiry.objects.exists()
