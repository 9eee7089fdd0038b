"""What a person left is shown, withdrawn and erased by the link of the receipt."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from listings.buyers import ledger
from listings.buyers.guards import contact_of, plain_text
from listings.buyers.links import BuyerLink, link_to
from listings.exceptions import InvalidContact
from listings.models import BuyerRecord, ConsentWording, Enquiry, EnquiryMessage
from tests import make

pytestmark = pytest.mark.django_db

WORDS = "Northern Cars may answer me by e-mail or telephone."
PERSON = ledger.Contact("Ann Buyer", "ann@example.com", "0113 496 0000")


def enquiry() -> Enquiry:
    row = make.live()
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.ENQUIRY,
        contact=PERSON,
        consent=ledger.Consent("enquiry", WORDS),
        left_at=ledger.LeftAt(page="/cars/1/"),
        dealer_id=row.dealer_id,
    )
    EnquiryMessage.objects.create(record=record, kind="answer", body="Dear Ann, come at ten.")
    return Enquiry.objects.create(
        record=record, listing=row, title=row.title, message="I am Ann.", digest="a" * 64
    )


def page_of(record: BuyerRecord) -> str:
    return link_to(BuyerLink.RECORD, record.pk).removeprefix("http://127.0.0.1:8000")


def test_words_are_kept_once_and_word_for_word_with_a_version_of_their_own() -> None:
    first = ledger.wording(ledger.Consent("enquiry", WORDS))
    assert ledger.wording(ledger.Consent("enquiry", WORDS)) == first
    second = ledger.wording(ledger.Consent("enquiry", WORDS + " Today."))
    assert (first.version, second.version, second.words) == (1, 2, WORDS + " Today.")
    assert ledger.wording(ledger.Consent("alerts", WORDS)).version == 1
    assert ConsentWording.objects.count() == 3


def test_a_link_that_a_scanner_opens_changes_nothing_and_the_button_erases(client: Client) -> None:
    left = enquiry()
    record, path = left.record, page_of(left.record)
    page = client.get(path)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert WORDS in page.content.decode()
    record.refresh_from_db()
    assert record.is_in_force
    assert client.post(path, {"action": "withdraw"}).status_code == 200
    record.refresh_from_db()
    assert (record.is_in_force, record.name) == (False, "Ann Buyer")
    assert client.post(path, {"action": "erase"}).status_code == 200
    record.refresh_from_db()
    left.refresh_from_db()
    message = record.messages.get()
    assert (record.name, record.email, record.phone, record.page) == ("", "", "", "")
    assert (left.message, left.digest, message.body) == ("", "", "")
    assert "was erased" in client.get(path).content.decode()


def test_what_has_to_be_kept_says_why(client: Client) -> None:
    record = enquiry().record
    BuyerRecord.objects.filter(pk=record.pk).update(kept_because="a complaint is open")
    answer = client.post(page_of(record), {"action": "erase"})
    assert (answer.status_code, "a complaint is open" in answer.content.decode()) == (409, True)
    record.refresh_from_db()
    assert record.name == "Ann Buyer"


@pytest.mark.parametrize("token", ["", "x", "WyJidXllci1yZWNvcmQiLDFd.1abc.nonsense"])
def test_a_link_of_nobody_is_refused(client: Client, token: str) -> None:
    assert client.get(f"/left/{token}/").status_code == 404


def test_what_changes_about_an_enquiry_gives_it_a_revision() -> None:
    first, other = enquiry(), enquiry()
    before = Enquiry.objects.get(pk=first.pk).revision
    assert before is not None
    BuyerRecord.objects.filter(pk=first.record_id).update(kept_until=timezone.now() + timedelta(1))
    assert Enquiry.objects.get(pk=first.pk).revision is not None
    assert Enquiry.objects.get(pk=other.pk).revision is not None


def test_texts_lose_markup_links_and_what_nobody_types() -> None:
    text = "Hello\u200b <b>there</b>,\r\n\r\n\r\n\r\nsee https://spam.example/x?y=1 or www.a.b  "
    text += "now\x00"
    assert plain_text(text) == "Hello there,\n\nsee or now"
    assert len(plain_text("<" * 100_000)) <= 4_000


@pytest.mark.parametrize(
    ("email", "phone", "field"),
    [("", "", "email"), ("ann@", "", "email"), ("", "call me", "phone"), ("a b@c.d", "1", "email")],
)
def test_a_contact_that_reaches_nobody_is_refused(email: str, phone: str, field: str) -> None:
    with pytest.raises(InvalidContact) as refusal:
        contact_of(name="Ann", email=email, phone=phone)
    assert field in refusal.value.fields


def test_a_contact_is_kept_as_people_write_it() -> None:
    person = contact_of(name=" Ann\n<i>B</i> ", email=" Ann@Example.com ", phone="+44 (0)113  496")
    assert person == ledger.Contact("Ann B", "Ann@Example.com", "+44 (0)113 496")
