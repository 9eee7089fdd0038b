"""A buyer on a phone, without a script, and the dealer at the panel: the whole way, both ways."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dealers.models import Branch, Dealer
from listings.buyers import guards, reservations
from listings.models import BuyerRecord, Enquiry, Listing, Reservation
from tests import make
from tests.browser.conftest import serious
from tests.enqueued import sent_mails

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch, settings: Any, live_server: Any) -> None:
    """A browser in a test types faster than people do."""
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(0))
    settings.PUBLIC_URL = live_server.url


@pytest.fixture
def buyer(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 844},
        java_script_enabled=False,
    )
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def link_in(subject: str) -> str:
    """Return the link of the newest mail to the buyer with such a subject."""
    own = [mail for mail in sent_mails() if mail.to == ["ann@example.com"]]
    mails = [mail for mail in own if subject in str(mail.subject)]
    found = re.findall(r"http\S+/left/\S+", str(mails[-1].body))
    return str(found[-1])


def test_an_enquiry_is_sent_answered_and_erased(buyer: Page, at_desk: Page, yard: Branch) -> None:
    row = make.live(branch=yard)
    buyer.goto(f"/cars/{row.pk}/")
    buyer.get_by_label("Name").fill("Ann Buyer")
    buyer.get_by_label("E-mail or a telephone number").fill("ann@example.com")
    buyer.get_by_label("What would you like to know?").fill("Is it still there?")
    buyer.get_by_label(re.compile("The marketplace may pass")).check()
    buyer.get_by_role("button", name="Send to the dealer").click()
    expect(buyer.get_by_role("heading", name="Your enquiry is on its way")).to_be_visible()

    desk = at_desk
    desk.goto("/dealer/")
    desk.get_by_role("link", name="Answer buyers").click()
    desk.get_by_role("link", name="Ann Buyer").first.click()
    expect(desk.get_by_text("Is it still there?")).to_be_visible()
    assert serious(desk) == []
    desk.get_by_label("Answer by mail").fill("Dear Ann, it is. Come on Friday.")
    desk.get_by_role("button", name="Send the answer").click()
    expect(desk.get_by_text("Your answer is on its way.")).to_be_visible()
    link = link_in("Your enquiry")
    desk.reload()
    expect(desk.get_by_text("mailed")).to_be_visible()

    buyer.goto(link)
    assert BuyerRecord.objects.get().erased_at is None  # whoever opens a link does nothing
    buyer.get_by_role("button", name="Erase what I left").click()
    expect(buyer.get_by_role("status")).to_contain_text("was erased")
    desk.goto("/dealer/listings/enquiry/")
    expect(desk.get_by_text("Erased by the buyer")).to_be_visible()
    assert "Ann" not in desk.content()
    assert Enquiry.objects.get().message == ""


def test_a_car_is_asked_for_held_and_free_again(buyer: Page, at_desk: Page, yard: Branch) -> None:
    Dealer.objects.filter(pk=yard.dealer_id).update(reservations="ask")
    row = make.live(branch=yard)
    buyer.goto(f"/cars/{row.pk}/")
    buyer.get_by_role("link", name="Reserve this car").click()
    buyer.get_by_label("Name").fill("Ann Buyer")
    buyer.get_by_label("E-mail we tell you").fill("ann@example.com")
    buyer.get_by_label(re.compile("The marketplace may pass")).check()
    buyer.get_by_role("button", name="Ask to reserve it").click()
    expect(buyer.get_by_role("heading", name="We have your request")).to_be_visible()

    desk = at_desk
    desk.goto("/dealer/")
    desk.get_by_role("link", name="Answer buyers who ask to reserve").click()
    desk.get_by_role("link", name="Ann Buyer").first.click()
    assert serious(desk) == []
    desk.get_by_role("button", name="Hold the car").click()
    expect(desk.get_by_text("The car is held until")).to_be_visible()
    buyer.goto(f"/cars/{row.pk}/")
    buyer.reload()  # past the twenty seconds that a browser may keep the page
    expect(buyer.locator(".reserved").first).to_be_visible()

    past = timezone.now() - timedelta(minutes=1)
    Listing.objects.filter(pk=row.pk).update(reserved_until=past)
    Reservation.objects.update(held_until=past)
    assert reservations.settle() == 1
    buyer.goto(link_in("Reservation ended"))
    expect(buyer.get_by_text("lapsed")).to_be_visible()
    buyer.goto(f"/cars/{row.pk}/")
    buyer.reload()
    expect(buyer.get_by_role("link", name="Reserve this car")).to_be_visible()
