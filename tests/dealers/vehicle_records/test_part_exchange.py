"""A dealer sees what the registers know of the car that a buyer would part with."""

import logging

import pytest
from django.test import Client
from pytest_django import Settings

from dealers.models import Dealer
from listings.models import BuyerRecord, Enquiry
from tests import make
from tests.dealers.panel.test_enquiries import INBOX, enquiry, post
from tests.vehicle_registers import FOCUS, FORD, Registers

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
BUTTON = "Look up the buyer\u2019s car"


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Our Cars")


@pytest.fixture
def desk(client: Client, dealer: Dealer) -> Client:
    client.force_login(make.member(dealer))
    return client


@pytest.fixture
def left(dealer: Dealer, registers: Registers) -> Enquiry:
    registers.know("AB15CDE", dvla=FORD, dvsa=FOCUS)
    return enquiry(dealer, part_exchange_mileage=30_000)


def page(desk: Client, left: Enquiry) -> str:
    return desk.get(f"{INBOX}{left.pk}/change/").content.decode()


def test_the_buyers_car_is_looked_up_and_then_shown(
    desk: Client, left: Enquiry, registers: Registers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = page(desk, left)
    assert BUTTON in before
    assert "Registered as" not in before
    assert registers.asked == []
    for shown in (post(desk, left, "look-up"), page(desk, left)):
        assert "FORD FOCUS, red, 2019, petrol" in shown
        assert "18 March 2027" in shown
        assert "41,210 miles on 18 March 2026: <strong>more than the buyer says</strong>" in shown
        assert BUTTON not in shown
    assert sorted(registers.asked) == ["dvla", "dvsa", "token"]
    assert "AB15CDE" not in caplog.text


def test_a_buyer_who_tells_the_truth_is_not_doubted(desk: Client, left: Enquiry) -> None:
    Enquiry.objects.update(part_exchange_mileage=41_210)
    assert "more than the buyer says" not in post(desk, left, "look-up")


def test_a_car_that_nobody_knows_is_told(desk: Client, left: Enquiry) -> None:
    Enquiry.objects.update(part_exchange_vrm="ZZ99ZZZ")
    assert "No car with this registration mark is known." in post(desk, left, "look-up")


def test_of_a_buyer_who_withdrew_nothing_is_asked_or_shown(
    desk: Client, left: Enquiry, registers: Registers
) -> None:
    post(desk, left, "look-up")
    registers.asked.clear()
    BuyerRecord.objects.update(withdrawn_at="2026-01-01T00:00:00Z")
    assert "Registered as" not in page(desk, left)
    assert BUTTON not in page(desk, left)
    assert desk.post(f"{INBOX}{left.pk}/look-up/").status_code == 404
    assert registers.asked == []


def test_another_dealer_and_a_marketplace_without_keys_see_nothing(
    desk: Client, left: Enquiry, registers: Registers, settings: Settings
) -> None:
    theirs = Client()
    theirs.force_login(make.member(make.dealer("Their Cars")))
    assert theirs.post(f"{INBOX}{left.pk}/look-up/").status_code == 404
    settings.DVLA_API_KEY = settings.DVSA_API_KEY = ""
    assert BUTTON not in page(desk, left)
    assert "Marks are not looked up here" in post(desk, left, "look-up")
    assert registers.asked == []
