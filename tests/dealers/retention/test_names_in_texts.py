"""What others wrote about somebody who erased all is shown to staff, who decide about the name."""

from typing import Any

import pytest
from django.test import Client

from dealers.models import AuditEvent
from listings.buyers import person
from listings.buyers.ledger import Contact
from listings.models import BuyerRecord, EnquiryMessage, NamedText
from tests import make
from tests.dealers.retention.people import ANN, enquiry

pytestmark = pytest.mark.django_db
PAGES = "/admin/listings/namedtext/"
BEN = Contact("Ben Other", "ben@example.com")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make.staff())
    return client


def noted(body: str, **fields: Any) -> EnquiryMessage:
    """Return a note on another buyer's enquiry."""
    of = enquiry(BEN, message="Still there?", **fields).record
    return EnquiryMessage.objects.create(record=of, kind="note", body=body)


def erase(email: str = ANN.email) -> None:
    person.erase_everything(record_id=person.begin(email=email).record_id)


def test_a_name_in_a_note_waits_for_staff_who_take_it_out(staff: Client) -> None:
    enquiry()
    note = noted("Came with ann buyer, his sister. Ann Buyers is another.")
    noted("Annie Buyer rang, and one Ann")
    erase()
    named = NamedText.objects.get()
    assert (named.place, named.row_id, named.decision) == ("message", note.pk, "open")
    note.refresh_from_db()
    assert "ann buyer" in note.body  # nothing is taken out by itself
    page = staff.get(f"{PAGES}{named.pk}/change/").content.decode()
    assert "Came with ann buyer, his sister." in page
    assert "Take it out" in page
    refused = staff.post(f"{PAGES}{named.pk}/erase/", {"words": "Cora"}, follow=True)
    assert "These words do not stand in the text." in refused.content.decode()
    assert staff.get(f"{PAGES}{named.pk}/erase/").status_code == 405
    staff.post(f"{PAGES}{named.pk}/erase/", {"words": " Ann  Buyer "})
    note.refresh_from_db()
    named.refresh_from_db()
    assert note.body == "Came with [erased], his sister. Ann Buyers is another."
    assert (named.decision, named.decided_by_id is None) == ("erased", False)
    (event,) = AuditEvent.objects.filter(kind="person_erased")
    assert "Ann" not in f"{event.subject} {event.reason} {event.changes}"
    again = staff.post(f"{PAGES}{named.pk}/leave/", follow=True).content.decode()
    assert "no such text" in again


def test_a_text_about_somebody_else_is_left(staff: Client) -> None:
    enquiry()
    note = noted("Sold by Ann Buyer of our own team")
    erase()
    named = NamedText.objects.get()
    staff.post(f"{PAGES}{named.pk}/leave/")
    named.refresh_from_db()
    note.refresh_from_db()
    assert (named.decision, note.body) == ("left", "Sold by Ann Buyer of our own team")


def test_one_text_waits_once_and_own_and_kept_ones_do_not_wait() -> None:
    enquiry(message="I am Ann Buyer")
    noted("Ann Buyer rang")
    noted("Ann Buyer claims a fault", kept_because="a complaint")
    erase()
    enquiry()
    erase()
    assert NamedText.objects.count() == 1


def test_a_first_name_alone_is_looked_for_nowhere() -> None:
    enquiry(Contact("Ann", "ann@example.com"))
    noted("Ann rang")
    erase()
    assert not NamedText.objects.exists()
    assert not BuyerRecord.objects.filter(email="ann@example.com", kind="enquiry").exists()


def test_only_staff_who_may_erase_decide(client: Client) -> None:
    enquiry()
    note = noted("Ann Buyer rang")
    erase()
    named = NamedText.objects.get()
    client.force_login(make.user())
    assert client.post(f"{PAGES}{named.pk}/erase/", {"words": "Ann Buyer"}).status_code in (
        302,
        403,
    )
    note.refresh_from_db()
    assert note.body == "Ann Buyer rang"
