"""A dealer's people decide on reservations, hold cars for customers and say how cars were sold."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import AuditEvent, Branch, Dealer
from listings.buyers import reservations
from listings.buyers.consents import words_now
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact
from listings.choices import Status
from listings.models import BuyerRecord, Listing, Reservation, Sale
from tests import make

pytestmark = pytest.mark.django_db
PAGES = "/dealer/listings/reservation/"


@pytest.fixture
def car(branch: Branch) -> Listing:
    Dealer.objects.filter(pk=branch.dealer_id).update(reservations="ask")
    branch.dealer.refresh_from_db()
    return make.live(branch=branch)


def asked(car: Listing) -> Reservation:
    return reservations.ask(
        listing_id=car.pk,
        contact=Contact("Ann Buyer", "ann@example.com"),
        consent=words_now("reservation"),
        sender=Sender("192.0.2.1"),
    )


def post(desk: Client, path: str, **values: Any) -> str:
    answer = desk.post(path, values, follow=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_request_waits_at_home_and_is_said_yes_to(desk: Client, car: Listing) -> None:
    made = asked(car)
    assert "Answer buyers who ask to reserve" in desk.get("/dealer/").content.decode()
    assert "Ann Buyer" in desk.get(PAGES).content.decode()
    page = post(desk, f"{PAGES}{made.pk}/confirm/")
    assert "The car is held until" in page
    made.refresh_from_db()
    assert made.standing == "held"
    assert "is not open to that: held." in post(desk, f"{PAGES}{made.pk}/decline/")
    until = timezone.now() + timedelta(days=3)
    post(desk, f"{PAGES}{made.pk}/extend/", until=f"{until:%Y-%m-%dT%H:%M}")
    made.refresh_from_db()
    assert made.held_until is not None
    assert abs(made.held_until - until) < timedelta(hours=2)
    assert "within 14 days" in post(desk, f"{PAGES}{made.pk}/extend/", until="2999-01-01T10:00")


def test_a_request_is_declined(desk: Client, car: Listing) -> None:
    made = asked(car)
    assert "Declined." in post(desk, f"{PAGES}{made.pk}/decline/", reason="In the workshop.")
    made.refresh_from_db()
    assert (made.standing, made.reason) == ("declined", "In the workshop.")


def test_terms_are_kept_and_stand_in_the_audit_log(desk: Client, dealer: Dealer) -> None:
    assert "These terms apply" in post(desk, f"{PAGES}terms/", reservations="now", hours="12")
    dealer.refresh_from_db()
    assert (dealer.reservations, dealer.reservation_hours) == ("now", 12)
    assert AuditEvent.objects.get(kind="dealer_changed").changes == {
        "reservations": ["off", "now"],
        "reservation_hours": [48, 12],
    }
    assert "Nothing was saved" in post(desk, f"{PAGES}terms/", reservations="now", hours="0")


def test_a_car_is_reserved_for_a_customer(desk: Client, car: Listing) -> None:
    path = f"/dealer/listings/listing/{car.pk}/act/reserve/"
    assert "Customer" in desk.get(path).content.decode()
    until = timezone.now() + timedelta(days=2)
    given = {"name": "Mr Jones", "phone": "0113 496 0001", "note": "Pays by card."}
    page = post(desk, path, until=f"{until:%Y-%m-%dT%H:%M}", **given)
    assert "is reserved." in page
    made = Reservation.objects.get()
    assert (made.record.name, made.note, made.is_by_dealer) == ("Mr Jones", "Pays by card.", True)
    car.refresh_from_db()
    assert car.reserved_until == made.held_until
    assert "asked to reserve this car" in post(desk, path, name="Another")
    assert BuyerRecord.objects.count() == 1


def test_how_a_car_was_sold_is_kept_until_it_returns(desk: Client, car: Listing) -> None:
    path = f"/dealer/listings/listing/{car.pk}/act/sell/"
    assert "Sold on" in desk.get(path).content.decode()
    wrong = post(desk, path, sold_on="2999-01-01", price="-5")
    assert "Sold on" in wrong
    car.refresh_from_db()
    assert car.status == Status.LIVE
    given = {"sold_on": "2026-11-20", "price": "12500", "buyer": "retail", "channel": "phone"}
    assert "is marked sold." in post(desk, path, **given)
    sale = Sale.objects.get()
    assert f"{sale.sold_on}" == given["sold_on"]
    assert (sale.price, sale.buyer, sale.channel) == (12_500, "retail", "phone")
    car.refresh_from_db()
    assert (car.status, sale.sold_at) == (Status.SOLD, car.sold_at)
    assert list(Sale.objects.holding()) == [sale]
    post(desk, f"/dealer/listings/listing/{car.pk}/act/publish/")
    assert not Sale.objects.holding().exists()


def test_a_sale_in_the_future_sells_nothing(desk: Client, car: Listing) -> None:
    path = f"/dealer/listings/listing/{car.pk}/act/sell/"
    assert "A sale lies in the past" in post(desk, path, sold_on="2999-01-01")
    car.refresh_from_db()
    assert car.status == Status.LIVE
    assert not Sale.objects.exists()
