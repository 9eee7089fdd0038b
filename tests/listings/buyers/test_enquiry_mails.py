"""What a real mail server receives of an enquiry: the dealer, the CRM and the buyer."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from listings.buyers import enquiry_mails, ledger
from listings.choices import Status
from listings.models import BuyerRecord, Enquiry, EnquiryMail, Listing
from marketplace.models import OutboxTask, SuppressedAddress
from marketplace.outbox import publish_due
from tests import make
from tests.dealers import mail_server
from tests.dealers.mail_server import MailServer
from tests.listings.buyers.sending import send

pytestmark = pytest.mark.django_db(transaction=True)

GONE_FOR_EVER = b"550 5.1.1 no such user\r\n"

# Source: the DTD of "Auto-lead Data Format, Version 1.0": which elements follow in which order.
ADF_ELEMENTS = {
    "adf": ["prospect"],
    "prospect": ["id", "requestdate", "vehicle", "customer", "vendor", "provider"],
    "vehicle": [
        *("id", "year", "make", "model", "vin", "stock", "trim", "doors", "bodystyle"),
        *("transmission", "odometer", "colorcombination", "imagetag", "price", "pricecomments"),
        *("option", "finance", "comments"),
    ],
    "customer": ["contact", "id", "timeframe", "comments"],
    "vendor": ["id", "vendorname", "url", "contact"],
    "provider": ["id", "name", "service", "url", "email", "phone", "contact"],
    "contact": ["name", "email", "phone", "address"],
}


@pytest.fixture(autouse=True)
def tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def received(server: MailServer) -> dict[str, EmailMessage]:
    """Return the mails by whom they are for."""
    mails = [email.message_from_bytes(each, policy=email.policy.default) for each in server.mails]
    return {str(each["To"]): each for each in mails}


def text(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def marks() -> dict[str, tuple[bool, bool]]:
    return {
        each.recipient: (each.sent_at is not None, each.refused_at is not None)
        for each in EnquiryMail.objects.all()
    }


def car_of(**dealer: Any) -> Listing:
    seller = make.dealer("Northern Cars", email="notices@northern.example", **dealer)
    place = make.branch(seller, name="Leeds", phone="0113 496 0001")
    return make.live(branch=place, stock_ref="ST-1", vin="SALGA2KF9EA123456")


def test_the_dealer_reads_all_of_it_and_answers_the_buyer(server: MailServer) -> None:
    car = car_of(enquiry_email="sales@northern.example")
    send(
        car,
        name="Ann <Buyer>, jr",
        message="Is it there?\n\nI <i>like</i> it & more.",
        preferred_contact="phone",
        part_exchange_vrm="KX17ABC",
        part_exchange_mileage=41_000,
    )
    Enquiry.objects.update(viewing_at=datetime(2027, 7, 1, 9, tzinfo=UTC))
    mail = received(server)["sales@northern.example"]
    assert mail["Reply-To"].addresses[0].addr_spec == "ann@example.com"
    assert mail["Subject"] == f"Enquiry: {car.title}"
    for kind in ("plain", "html"):
        shown = text(mail, kind)
        for said in ("ann@example.com", "0113 496 0000", "KX17ABC", "41,000 miles", "£33,999"):
            assert said in shown
        assert "answered by telephone" in shown
        assert f"/cars/{car.pk}/" in shown
    assert "I like it & more." in text(mail)
    assert "I like it &amp; more." in text(mail, "html")
    assert "prefers-color-scheme: dark" in text(mail, "html")
    assert marks()["dealer"] == (True, False)


def test_a_viewing_time_is_londons_in_every_mail(server: MailServer) -> None:
    car = car_of(crm_email="leads@crm.example")
    enquiry_mails_later(car)
    Enquiry.objects.update(viewing_at=datetime(2027, 7, 1, 9, tzinfo=UTC))
    for mail in EnquiryMail.objects.all():
        assert enquiry_mails.send(mail_id=mail.pk)
    for mail_ in received(server).values():
        assert "Thursday 1 July 2027, 10:00" in text(mail_)


def enquiry_mails_later(car: Listing) -> None:
    """Send an enquiry whose mails wait."""
    current_app.conf.task_always_eager = False
    send(car)


def test_a_branch_comes_before_its_dealer_and_notices_are_the_last_resort(
    server: MailServer,
) -> None:
    car = car_of(enquiry_email="sales@northern.example", crm_email="one@crm.example")
    type(car.branch).objects.update(enquiry_email="leeds@n.example", crm_email="two@crm.example")
    send(car)
    send(make.live(dealer=make.dealer(email="notices@other.example")), email="bob@example.com")
    addresses = {"leeds@n.example", "two@crm.example", "ann@example.com"}
    assert set(received(server)) == addresses | {"notices@other.example", "bob@example.com"}
    assert received(server)["ann@example.com"]["Reply-To"] == "leeds@n.example"
    assert received(server)["bob@example.com"]["Reply-To"] is None


def test_the_receipt_links_to_what_takes_it_all_back(server: MailServer, client: Client) -> None:
    car = car_of()
    send(car, message="Words of a stranger.", name="Stranger")
    mail = received(server)["ann@example.com"]
    link = re.search(r"http://127.0.0.1:8000(/left/\S+/)", text(mail))
    assert link is not None
    for kind in ("plain", "html"):
        shown = text(mail, kind)
        assert link[1] in shown
        assert "Northern Cars" in shown
        assert "0113 496 0001" in shown
        assert "may answer me" in shown  # what was agreed to
        assert "tranger" not in shown  # nobody writes to others by our mails
    assert client.get(link[1]).status_code == 200
    assert BuyerRecord.objects.get().erased_at is None
    client.post(link[1], {"action": "erase"})
    assert BuyerRecord.objects.get().email == ""


def test_the_receipt_of_a_car_that_is_gone_offers_the_nearest(server: MailServer) -> None:
    car, near = car_of(), make.live(price=31_500)
    Listing.objects.filter(pk=car.pk).update(status=Status.SOLD, sold_at=timezone.now())
    send(car)
    for kind in ("plain", "html"):
        shown = text(received(server)["ann@example.com"], kind)
        assert "The car has been sold." in shown
        assert f"/cars/{near.pk}/" in shown
        assert "£31,500" in shown
        assert f"/cars/{car.pk}/" not in shown
    assert "sold already" in text(received(server)["notices@northern.example"])


def adf_of(server: MailServer, address: str = "leads@crm.example") -> ET.Element:
    mail = received(server)[address]
    assert mail.get_content_type() == "text/plain"
    document = text(mail)
    assert document.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<?adf version="1.0"?>\n')
    return ET.fromstring(document.encode())  # noqa: S314 - our own document


def assert_order(element: ET.Element) -> None:
    names = [child.tag for child in element]
    order = ADF_ELEMENTS.get(element.tag, [])
    assert names == sorted(names, key=order.index)
    for child in element:
        assert_order(child)


def test_a_crm_reads_adf(server: MailServer) -> None:
    car = car_of(crm_email="leads@crm.example")
    send(
        car,
        name="Änn & Bo \ufffe <x",
        message="Is it there? ]]> & <more",
        preferred_contact="email",
        part_exchange_vrm="KX17ABC",
        part_exchange_mileage=41_000,
    )
    root = adf_of(server)
    assert_order(root)
    buy, trade = root.iterfind("prospect/vehicle")
    assert buy.attrib == {"interest": "buy", "status": "used"}
    found = {child.tag: child.text for child in buy}
    assert found == {
        "id": f"advert-{car.pk}",
        "year": "2015",
        "make": "Land Rover",
        "model": "Range Rover",
        "vin": "SALGA2KF9EA123456",
        "stock": "ST-1",
        "trim": "3.0 TDV6 Vogue SE 4dr Auto",
        "doors": "4",
        "transmission": "Automatic",
        "odometer": "72253",
        "price": "33999",
    }
    assert buy.find("odometer").attrib == {"units": "mi"}  # type: ignore[union-attr]  # it is there
    assert trade.attrib == {"interest": "trade-in", "status": "used"}
    assert (trade.findtext("odometer"), trade.findtext("comments")) == (
        "41000",
        "Registration mark KX17ABC",
    )
    contact = root.find("prospect/customer/contact")
    assert contact is not None
    assert contact.findtext("name") == "Änn & Bo <x"
    assert contact.findtext("email") == "ann@example.com"
    assert "Is it there? ]]> & <more" in (root.findtext("prospect/customer/comments") or "")
    assert root.findtext("prospect/vendor/vendorname") == "Northern Cars"
    moment = datetime.fromisoformat(root.findtext("prospect/requestdate") or "")
    assert moment == Enquiry.objects.get().created_at.replace(microsecond=0)
    assert moment.utcoffset() is not None


def test_a_crm_reads_of_a_car_that_is_deleted_and_of_a_buyer_without_a_name(
    server: MailServer,
) -> None:
    car = car_of(crm_email="leads@crm.example")
    current_app.conf.task_always_eager = False
    send(car, name="", message="", email="")
    Enquiry.objects.update(listing=None)
    for mail in EnquiryMail.objects.all():
        assert enquiry_mails.send(mail_id=mail.pk)
    root = adf_of(server)
    assert_order(root)
    assert root.findtext("prospect/vehicle/model") == car.title
    assert root.findtext("prospect/customer/contact/name") == "Not given"
    assert received(server)["leads@crm.example"]["Reply-To"] is None


def try_again() -> None:
    OutboxTask.objects.update(due_at=timezone.now())
    publish_due()


def test_a_mail_server_that_is_away_is_asked_again_and_each_mail_goes_out_once(
    settings: Settings,
) -> None:
    car = car_of()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    assert send(car).status_code == 201
    assert marks() == {"dealer": (False, False), "buyer": (False, False)}
    with mail_server.running() as server:
        settings.EMAIL_PORT = server.port
        server.answers = [b"451 4.3.0 later\r\n"]
        try_again()
        try_again()
        for mail in EnquiryMail.objects.all():
            assert not enquiry_mails.send(mail_id=mail.pk)
        assert len(server.mails) == 2
    assert marks() == {"dealer": (True, False), "buyer": (True, False)}
    assert not OutboxTask.objects.exists()


def test_an_address_that_is_refused_is_marked_and_another_one_tried(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    car = car_of(enquiry_email="gone@northern.example")
    server.answers = [GONE_FOR_EVER]
    send(car)
    assert set(received(server)) == {"notices@northern.example", "ann@example.com"}
    assert marks() == {"dealer": (True, True), "buyer": (True, False)}
    SuppressedAddress.objects.create(email="notices@northern.example", reason="bounce")
    send(car, message="Again", email="")
    assert EnquiryMail.objects.filter(sent_at=None, refused_at__isnull=False).count() == 1
    assert not OutboxTask.objects.exists()
    assert "enquiry_address_refused" in caplog.text
    assert "northern.example" not in caplog.text


def test_nothing_goes_out_of_what_was_taken_back_or_to_a_suspended_dealer(
    server: MailServer,
) -> None:
    car = car_of(crm_email="leads@crm.example")
    enquiry_mails_later(car)
    type(car.dealer).objects.update(is_active=False)
    for mail in EnquiryMail.objects.all():
        enquiry_mails.send(mail_id=mail.pk)
    assert set(received(server)) == {"ann@example.com"}
    type(car.dealer).objects.update(is_active=True)
    for act in (ledger.withdraw_consent, ledger.erase):
        act(record_id=BuyerRecord.objects.get().pk)
        for mail in EnquiryMail.objects.all():
            assert not enquiry_mails.send(mail_id=mail.pk)
    assert len(server.mails) == 1


def test_a_title_on_two_lines_is_one_subject(server: MailServer) -> None:
    car = car_of()
    Listing.objects.filter(pk=car.pk).update(derivative="Vogue\r\nBcc: x@example.com")
    send(car)
    mail = received(server)["notices@northern.example"]
    assert mail["Bcc"] is None
    assert "Bcc: x@example.com" in mail["Subject"]
    assert timedelta(0) <= timezone.now() - Enquiry.objects.get().created_at
