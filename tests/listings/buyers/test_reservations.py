"""A buyer asks to hold a car; it is held, declined, extended, cancelled, and lapses by itself."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.models import Dealer
from listings.adverts import lifecycle
from listings.buyers import ledger, reservations
from listings.buyers.consents import words_now
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact
from listings.buyers.links import BuyerLink, link_to
from listings.choices import ReservationSide, Source
from listings.exceptions import ActionNotAllowed, NotReservable
from listings.models import BuyerRecord, Listing, Reservation
from tests import make
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db
Standing = Reservation.Standing
API = "/api/v1/listings/{}/reservations/"


def car(rule: str = "ask", **fields: Any) -> Listing:
    name = "Northern Cars" if not Dealer.objects.exists() else None
    dealer = make.dealer(name, reservations=rule, reservation_hours=24)
    return make.live(branch=make.branch(dealer, phone="0113 496 0000"), **fields)


def body(**members: Any) -> dict[str, Any]:
    return {
        "name": "Ann Buyer",
        "email": "ann@example.com",
        "consent": words_now("reservation"),
        **members,
    }


def post(client: Client, row: Listing, **members: Any) -> Any:
    given = body(**members)
    return client.post(API.format(row.pk), given, content_type="application/json")


def asked(row: Listing, email: str = "ann@example.com") -> Reservation:
    return reservations.ask(
        listing_id=row.pk,
        contact=Contact("Ann Buyer", email),
        consent=words_now("reservation"),
        sender=Sender("192.0.2.1"),
    )


def told() -> list[tuple[str, str]]:
    return [(mail.to[0], str(mail.subject).partition(":")[0]) for mail in sent_mails()]


def test_with_the_dealers_yes_a_car_is_held_and_the_buyer_told_at_each_step(client: Client) -> None:
    row = car()
    answer = post(client, row)
    assert (answer.status_code, answer.json()["standing"]) == (201, "asked")
    assert answer.json()["answer_by"] is not None
    row.refresh_from_db()
    assert row.reserved_until is None
    assert told() == [
        ("ann@example.com", "You asked to reserve"),
        ("northern-cars@example.com", "A buyer asks to reserve"),
    ]
    made = Reservation.objects.get()
    person = make.member(row.dealer).pk
    held = reservations.confirm(reservation_id=made.pk, actor_id=person)
    row.refresh_from_db()
    assert (row.reserved_until, row.reserved_by) == (held.held_until, ReservationSide.BUYER)
    assert told()[2:] == [("ann@example.com", "Reserved for you")]
    reservations.extend(
        reservation_id=made.pk, actor_id=person, until=timezone.now() + timedelta(hours=90)
    )
    row.refresh_from_db()
    made.refresh_from_db()
    assert row.reserved_until == made.held_until
    assert len(told()) == 4
    card = client.get(f"/api/v1/listings/{row.pk}/").json()
    assert card["reserved"] is True


def test_a_car_that_is_held_at_once(client: Client) -> None:
    row = car("now")
    answer = post(client, row).json()
    assert (answer["standing"], answer["answer_by"]) == ("held", None)
    row.refresh_from_db()
    assert row.reserved_by == ReservationSide.BUYER
    assert told() == [
        ("ann@example.com", "Reserved for you"),
        ("northern-cars@example.com", "Reserved by a buyer"),
    ]
    other = post(client, row, email="bob@example.com")
    assert (other.status_code, other.json()["code"]) == (409, "not_reservable")


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": ""}, "email"),
        ({"email": "ann"}, "email"),
        ({"consent": "Yes."}, "consent"),
        ({"phone": "ring me"}, "phone"),
    ],
)
def test_what_cannot_be_sent_is_told_by_field(
    client: Client, members: dict[str, str], field: str
) -> None:
    answer = post(client, car(), **members)
    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not BuyerRecord.objects.exists()


def test_only_cars_that_can_be_held_are(client: Client) -> None:
    assert post(client, car("off")).json()["code"] == "not_reservable"
    reserved = car(reserved_until=timezone.now() + timedelta(hours=2))
    assert post(client, reserved).json()["code"] == "not_reservable"
    hidden = car()
    lifecycle.withdraw(listing_id=hidden.pk, actor_id=None)
    assert post(client, hidden).status_code == 404
    for flag in ({"is_active": False}, {"is_sandbox": True}):
        gone = car()
        Dealer.objects.filter(pk=gone.dealer_id).update(**flag)
        assert post(client, gone).status_code == 404
    assert not Reservation.objects.exists()


def test_no_is_told_with_its_reason_and_another_may_ask() -> None:
    row = car()
    made = asked(row)
    with pytest.raises(NotReservable):
        asked(row, "bob@example.com")
    reservations.decline(reservation_id=made.pk, actor_id=None, reason="It is in the workshop.")
    mail = next(each for each in sent_mails() if "Not reserved" in str(each.subject))
    assert "It is in the workshop." in str(mail.body)
    assert asked(row, "bob@example.com").standing == Standing.ASKED


def test_a_buyer_cancels_by_the_button_of_the_link_alone(client: Client) -> None:
    row = car("now")
    made = asked(row)
    path = link_to(BuyerLink.RECORD, made.record_id).removeprefix("http://127.0.0.1:8000")
    page = client.get(path).content.decode()
    assert "Cancel the reservation" in page
    row.refresh_from_db()
    assert row.reserved_until is not None
    page = client.post(path, {"action": "cancel"}).content.decode()
    assert "Cancel the reservation" not in page
    row.refresh_from_db()
    made.refresh_from_db()
    assert row.reserved_until is None
    assert made.standing == Standing.CANCELLED
    assert ("ann@example.com", "Reservation cancelled") in told()
    assert ("northern-cars@example.com", "A buyer gives back") in told()


@pytest.mark.parametrize(
    ("event", "standing"),
    [
        ("sold", Standing.SOLD),
        ("withdrawn", Standing.ENDED),
        ("released", Standing.ENDED),
        ("late", Standing.LAPSED),
        ("erased", Standing.CANCELLED),
        ("nothing", Standing.HELD),
    ],
)
def test_what_becomes_of_the_car_becomes_of_its_reservation(event: str, standing: str) -> None:
    row = car("now")
    made = asked(row)
    match event:
        case "sold":
            lifecycle.sell(listing_id=row.pk, actor_id=None)
        case "withdrawn":
            lifecycle.withdraw(listing_id=row.pk, actor_id=None)
        case "released":
            lifecycle.release(listing_id=row.pk, actor_id=None)
        case "late":
            past = timezone.now() - timedelta(minutes=1)
            Listing.objects.filter(pk=row.pk).update(reserved_until=past)
            Reservation.objects.update(held_until=past)
        case "erased":
            ledger.erase(record_id=made.record_id)
    assert reservations.settle() == (0 if event == "nothing" else 1)
    assert reservations.settle() == 0
    made.refresh_from_db()
    row.refresh_from_db()
    assert made.standing == standing
    if event == "erased":
        assert row.reserved_until is None
        assert "ann@example.com" not in dict(told())


def test_a_request_that_nobody_answers_lapses() -> None:
    row = car()
    made = asked(row)
    assert reservations.settle() == 0
    Reservation.objects.update(answer_by=timezone.now() - timedelta(seconds=1))
    assert reservations.settle() == 1
    made.refresh_from_db()
    assert made.standing == Standing.LAPSED
    assert ("ann@example.com", "Reservation ended") in told()
    assert asked(row, "bob@example.com").standing == Standing.ASKED


def test_a_feed_ends_no_reservation_of_a_buyer() -> None:
    row = car("now")
    asked(row)
    with pytest.raises(ActionNotAllowed):
        lifecycle.release(listing_id=row.pk, actor_id=None, source=Source.FEED)


def test_a_step_is_told_once_and_what_was_overtaken_is_not_told() -> None:
    row = car()
    made = asked(row)
    reservations.confirm(reservation_id=made.pk, actor_id=None)
    first = told()
    assert [subject for to, subject in first if to == "ann@example.com"] == ["Reserved for you"]
    assert told() == first


def test_a_car_held_for_a_customer_of_the_dealer_mails_nobody() -> None:
    row = car("off")
    made = reservations.hold_for(
        listing_id=row.pk,
        contact=Contact("Mr Jones"),
        until=timezone.now() + timedelta(hours=5),
        note="Comes on Friday.",
        actor_id=make.staff().pk,
    )
    row.refresh_from_db()
    assert (row.reserved_by, made.standing) == (ReservationSide.PERSON, Standing.HELD)
    assert sent_mails() == []
    ledger.erase(record_id=made.record_id)
    made.refresh_from_db()
    assert made.note == ""


class Deposits:
    """A provider that only counts."""

    asked: list[int] = []
    returned: list[int] = []

    def ask(self, reservation: Reservation) -> str:
        self.asked.append(reservation.pk)
        return f"https://pay.example/{reservation.pk}"

    def give_back(self, reservation: Reservation) -> None:
        self.returned.append(reservation.pk)


def test_a_deposit_holds_the_car_and_is_given_back(client: Client, settings: Settings) -> None:
    settings.DEPOSITS = f"{__name__}.Deposits"
    Deposits.returned.clear()
    row = car("now")
    answer = post(client, row).json()
    made = Reservation.objects.get()
    assert (answer["standing"], answer["deposit_page"]) == (
        "asked",
        f"https://pay.example/{made.pk}",
    )
    assert any(answer["deposit_page"] in str(mail.body) for mail in sent_mails())
    for _ in range(2):
        reservations.deposit_paid(reservation_id=made.pk)
    row.refresh_from_db()
    assert row.reserved_by == ReservationSide.BUYER
    reservations.cancel(record_id=made.record_id)
    for _ in range(2):
        sent_mails()
    assert Deposits.returned == [made.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_who_ask_at_once_one_has_it(settings: Settings) -> None:
    settings.BUYER_REQUESTS_PER_HOUR = settings.BUYER_REQUESTS_PER_ADDRESS = 0
    row = car("now")
    refused: list[str] = []
    got: list[int] = []

    def buyer(number: int) -> None:
        try:
            got.append(asked(row, f"buyer{number}@example.com").pk)
        except NotReservable as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    for start in range(0, 200, 20):
        threads = [threading.Thread(target=buyer, args=(start + n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(got), len(refused)) == (1, 199)
    assert Reservation.objects.count() == BuyerRecord.objects.count() == 1
