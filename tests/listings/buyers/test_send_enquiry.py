"""A buyer asks about a car through the API."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from listings.buyers import ledger
from listings.choices import Status
from listings.models import BuyerRecord, ConsentWording, Enquiry, EnquiryMail, Listing
from marketplace.models import OutboxTask
from tests import make
from tests.listings.buyers.sending import body, send

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def rows() -> tuple[int, int, int, int]:
    return (
        BuyerRecord.objects.count(),
        Enquiry.objects.count(),
        EnquiryMail.objects.count(),
        OutboxTask.objects.count(),
    )


def test_an_enquiry_is_one_row_of_the_ledger_with_its_mails() -> None:
    car = make.live(vrm="AB15CDE")
    answer = send(
        car,
        message="Hello,\n\nis <b>it</b> there? https://spam.example/x",
        preferred_contact="phone",
        part_exchange_vrm="kx17 abc",
        part_exchange_mileage=41_000,
        viewing_at=(timezone.now() + timedelta(days=2)).isoformat(),
        source={"page": "/cars/1/x/", "placement": "sidebar", "campaign": "spring-1"},
    )
    assert (answer.status_code, answer.json()) == (
        201,
        {"car_status": "live", "receipt": True, "alternatives": []},
    )
    enquiry = Enquiry.objects.select_related("record__consent").get()
    record = enquiry.record
    assert (record.name, record.email, record.phone) == (
        "Ann Buyer",
        "ann@example.com",
        "0113 496 0000",
    )
    assert (record.page, record.placement, record.campaign) == (
        "/cars/1/x/",
        "sidebar",
        "spring-1",
    )
    assert record.dealer_id == car.dealer_id
    assert record.consent is not None
    assert record.consent.words == body()["consent"]
    assert (enquiry.listing, enquiry.branch_id) == (car, car.branch_id)
    assert (enquiry.title, enquiry.price) == (car.title, 33_999)
    assert enquiry.message == "Hello,\n\nis it there?"
    assert (enquiry.part_exchange_vrm, enquiry.part_exchange_mileage) == ("KX17ABC", 41_000)
    assert enquiry.revision is not None
    assert rows() == (1, 1, 2, 2)  # to the dealer, and the receipt
    queued = OutboxTask.objects.values_list("arguments", flat=True)
    assert sorted(queued) == sorted([pk] for pk in EnquiryMail.objects.values_list("pk", flat=True))


def test_a_dealer_with_a_crm_gets_a_mail_for_it() -> None:
    dealer = make.dealer(crm_email="leads@crm.example.com")
    send(make.live(dealer=dealer))
    recipients = EnquiryMail.objects.order_by("pk").values_list("recipient", flat=True)
    assert list(recipients) == ["dealer", "crm", "buyer"]


def test_a_buyer_with_a_telephone_alone_gets_no_receipt() -> None:
    answer = send(make.live(), email="")
    assert answer.json()["receipt"] is False
    assert [mail.recipient for mail in EnquiryMail.objects.all()] == ["dealer"]


SAME: list[dict[str, Any]] = [
    {},
    {"name": "A. Buyer", "email": "ANN@example.com", "phone": ""},
    {"message": "is it  still\nTHERE?", "source": {"placement": "other"}},
]
DIFFERENT: list[dict[str, Any]] = [
    {"email": "bob@example.com"},
    {"message": "Is it still there, and red?"},
    {"part_exchange_vrm": "KX17ABC"},
]


@pytest.mark.parametrize("again", SAME)
def test_the_same_within_ten_minutes_is_the_same_enquiry(again: dict[str, Any]) -> None:
    car = make.live()
    first = send(car)
    before = rows()
    second = send(car, **again)
    assert (second.status_code, second.json()) == (201, first.json())
    assert rows() == before


@pytest.mark.parametrize("again", DIFFERENT)
def test_another_question_or_another_buyer_is_another_enquiry(again: dict[str, Any]) -> None:
    car = make.live()
    send(car)
    send(car, **again)
    send(make.live())
    assert Enquiry.objects.count() == 3


def test_one_number_is_one_number_however_it_is_written() -> None:
    car = make.live()
    send(car, email="", phone="+44 (0)113 496 0000")
    send(car, email="", phone="0113 4960000")
    assert Enquiry.objects.count() == 1


def test_the_same_later_and_the_same_after_it_was_taken_back_are_new() -> None:
    car = make.live()
    send(car)
    Enquiry.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    send(car)
    for record in BuyerRecord.objects.all():
        ledger.withdraw_consent(record_id=record.pk)
    send(car)
    assert Enquiry.objects.count() == 3
    for record in BuyerRecord.objects.all():
        ledger.erase(record_id=record.pk)
    assert set(Enquiry.objects.values_list("message", "digest", "part_exchange_vrm")) == {
        ("", "", "")
    }
    send(car)
    assert Enquiry.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_are_one_enquiry() -> None:
    car = make.live()

    def once(_: int) -> int:
        try:
            return int(send(car).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(once, range(100)))
    assert set(statuses) == {201}
    assert rows()[:3] == (1, 1, 2)


@pytest.mark.parametrize("status", [Status.SOLD, Status.WITHDRAWN, Status.EXPIRED])
def test_a_car_that_is_gone_is_asked_about_and_its_alternatives_are_told(status: Status) -> None:
    car, near = make.live(), make.live(price=35_000)
    Listing.objects.filter(pk=car.pk).update(
        status=status, sold_at=timezone.now() if status == Status.SOLD else None
    )
    answer = send(car)
    assert (answer.status_code, answer.json()["car_status"]) == (201, status.value)
    found = answer.json()["alternatives"]
    assert [each["id"] for each in found] == [near.pk]
    assert {"code": "same_model", "value": None} in found[0]["reasons"]
    assert Enquiry.objects.get().car_status == status


def test_a_car_past_its_end_is_gone_by_the_clock() -> None:
    car = make.live(expires_at=timezone.now() - timedelta(seconds=1))
    assert send(car).json()["car_status"] == "expired"


@pytest.mark.parametrize("flag", [{"is_active": False}, {"is_sandbox": True}])
def test_what_buyers_may_not_see_is_not_found_whatever_is_sent(flag: dict[str, bool]) -> None:
    draft, rejected, hidden = make.draft(), make.live(), make.live()
    Listing.objects.filter(pk=rejected.pk).update(status=Status.REJECTED)
    type(hidden.dealer).objects.filter(pk=hidden.dealer_id).update(**flag)
    for car in (draft.pk, rejected.pk, hidden.pk, 2**63 - 1, 2**64):
        wrong: dict[str, Any] = {"email": 1, "nonsense": True}
        for answer in (send(car), send(car, **wrong)):
            assert answer.status_code == 404
    assert rows() == (0, 0, 0, 0)


REFUSED: list[tuple[dict[str, Any], set[str]]] = [
    ({"email": "", "phone": ""}, {"email"}),
    ({"email": "ann@", "phone": "ring me"}, {"email", "phone"}),
    ({"email": ["ann@example.com"]}, {"email"}),
    ({"name": "x" * 121}, {"name"}),
    ({"message": "x" * 4_001}, {"message"}),
    ({"message": 5}, {"message"}),
    ({"message": "nul \x00"}, {"message"}),
    ({"preferred_contact": "fax"}, {"preferred_contact"}),
    ({"preferred_contact": "phone", "phone": ""}, {"phone"}),
    ({"part_exchange_vrm": "not a mark at all", "viewing_at": "2020-01-01T10:00"}, set()),
    ({"part_exchange_mileage": "41000"}, {"part_exchange_mileage"}),
    ({"viewing_at": "tomorrow"}, {"viewing_at"}),
    ({"consent": ""}, {"consent"}),
    ({"consent": "I agree to everything."}, {"consent"}),
    ({"mail": "ann@example.com"}, {"mail"}),
    ({"source": {"page": "/cars/?email=ann@example.com"}}, {"source"}),
    ({"source": {"reader": "123"}}, {"source"}),
    ({"source": "shop"}, {"source"}),
]


@pytest.mark.parametrize(("fields", "faults"), REFUSED)
def test_what_cannot_be_accepted_is_named_and_nothing_is_kept(
    fields: dict[str, Any], faults: set[str]
) -> None:
    answer = send(make.live(), **fields)
    assert answer.status_code == 400
    named = set(answer.json()["fields"])
    assert named == (faults or {"part_exchange_vrm", "viewing_at"})
    assert "NOT A MARK" not in answer.content.decode().upper()
    assert rows() == (0, 0, 0, 0)


def test_a_time_without_an_offset_is_londons() -> None:
    summer = datetime(timezone.now().year + 1, 7, 1, 10, tzinfo=UTC)
    car = make.live()
    near = timezone.now() + timedelta(days=3)
    typed = near.strftime("%Y-%m-%dT%H:%M")
    send(car, viewing_at=typed)
    kept = Enquiry.objects.get().viewing_at
    assert kept is not None
    assert kept.astimezone(LONDON).replace(tzinfo=None).isoformat()[:16] == typed
    assert send(car, viewing_at=summer.isoformat()).status_code == 400  # too far ahead


def test_the_words_are_the_marketplaces_and_those_before_still_do_for_a_day(
    client: Client, settings: Settings
) -> None:
    car = make.live()
    shown = client.get("/api/v1/consents/enquiry/").json()
    assert shown == {"purpose": "enquiry", "words": body()["consent"]}
    assert client.get("/api/v1/consents/other/").status_code == 404
    assert send(car, consent="  " + shown["words"].replace(". ", ".\r\n")).status_code == 201
    settings.BUYER_RECORDS_KEPT_DAYS = {**settings.BUYER_RECORDS_KEPT_DAYS, "enquiry": 30}
    assert send(car, consent=shown["words"], message="2").status_code == 201
    assert send(car, message="3").status_code == 201
    assert send(car, consent=shown["words"], message="4").status_code == 201
    ConsentWording.objects.filter(version=2).update(
        first_shown_at=timezone.now() - timedelta(hours=25)
    )
    late = send(car, consent=shown["words"], message="5")
    assert (late.status_code, set(late.json()["fields"])) == (400, {"consent"})
    assert Enquiry.objects.count() == 4
    versions = BuyerRecord.objects.order_by("pk").values_list("consent__version", flat=True)
    assert list(versions) == [1, 1, 2, 1]


def test_one_network_and_one_address_may_send_so_much_an_hour(settings: Settings) -> None:
    settings.BUYER_REQUESTS_PER_ADDRESS, settings.BUYER_REQUESTS_PER_HOUR = 2, 4
    car = make.live()
    answers = [send(car, message=str(n)) for n in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 429]
    refused = answers[-1]
    assert (refused.json()["code"], 0 < int(refused["Retry-After"]) <= 3_600) == ("throttled", True)
    assert send(car, email="", phone="+44 113 4960000").status_code == 429
    assert send(car, email="bob@example.com", phone="").status_code == 429  # the network's
    assert Enquiry.objects.count() == 2


def test_a_captcha_is_asked_where_the_marketplace_has_one(settings: Settings) -> None:
    settings.BUYER_CAPTCHA = "tests.listings.buyers.test_send_enquiry.is_right"
    car = make.live()
    refused = send(car)
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"captcha"})
    assert send(car, captcha="right").status_code == 201
    assert Enquiry.objects.count() == 1


def is_right(answer: str, address: str) -> bool:
    return (answer, address) == ("right", "127.0.0.1")


def test_an_enquiry_costs_few_statements(django_assert_max_num_queries: Any) -> None:
    car = make.live()
    send(car, message="The words are kept.")
    with django_assert_max_num_queries(12):  # lock, repeat, words, four rows, and what encloses
        send(car)


def test_a_front_end_of_any_origin_may_send_from_its_readers_browsers(client: Client) -> None:
    car = make.live()
    path, origin = f"/api/v1/listings/{car.pk}/enquiries/", "https://cars.example"
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    leave = client.options(path, headers={**asks, "Access-Control-Request-Headers": "content-type"})
    assert leave["Access-Control-Allow-Origin"] == "*"
    assert "POST" in leave["Access-Control-Allow-Methods"]
    assert "content-type" in leave["Access-Control-Allow-Headers"]
    answer = client.post(path, body(), content_type="application/json", headers={"Origin": origin})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (201, "*")
    assert "Access-Control-Allow-Credentials" not in answer
