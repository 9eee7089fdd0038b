"""A dealer's people read what buyers wrote, answer by mail, and say how it ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from dealers.models import Dealer, User
from listings.buyers import ledger
from listings.models import BuyerRecord, Enquiry, EnquiryMail, EnquiryMessage
from tests import make
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db
INBOX = "/dealer/listings/enquiry/"


def enquiry(dealer: Dealer, *, email: str = "ann@example.com", **fields: Any) -> Enquiry:
    row = make.live(branch=make.branch(dealer))
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.ENQUIRY,
        contact=ledger.Contact("Ann Buyer", email, "0113 496 0000"),
        consent=ledger.Consent("enquiry", "They may answer me."),
        dealer_id=dealer.pk,
    )
    return Enquiry.objects.create(
        record=record,
        listing=row,
        title=row.title,
        price=row.price,
        message="Is it still there?\nI could come on Friday.",
        part_exchange_vrm="AB15CDE",
        **fields,
    )


def post(desk: Client, left: Enquiry, act: str, **values: str) -> str:
    page = desk.post(f"{INBOX}{left.pk}/{act}/", values, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def test_an_enquiry_is_new_until_somebody_opens_it(desk: Client, dealer: Dealer) -> None:
    left = enquiry(dealer)
    home = desk.get("/dealer/").content.decode()
    assert "Answer buyers" in home
    inbox = desk.get(INBOX).content.decode()
    assert "Ann Buyer" in inbox
    assert "(unread)" in inbox
    page = desk.get(f"{INBOX}{left.pk}/change/").content.decode()
    for text in ("I could come on Friday.", "AB15CDE", "ann@example.com", "They may answer me."):
        assert text in page
    assert "(unread)" not in desk.get(INBOX).content.decode()
    assert "Ann Buyer" not in desk.get(f"{INBOX}?waiting=unread").content.decode()


def test_an_answer_goes_by_mail_and_stops_the_clock(
    desk: Client, dealer: Dealer, owner: User
) -> None:
    left = enquiry(dealer)
    Enquiry.objects.filter(pk=left.pk).update(created_at=timezone.now() - timedelta(minutes=125))
    post(desk, left, "answer", body="Dear Ann, <b>yes</b>.\r\nFriday is fine.")
    [sent] = sent_mails()
    assert sent.to == ["ann@example.com"]
    assert sent.extra_headers["Reply-To"] == dealer.email
    body = str(sent.body)
    for text in ("Dear Ann, <b>yes</b>.\nFriday is fine.", "> Is it still there?", "/left/"):
        assert text in body
    assert "Olive Owner" in body
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    assert "&lt;b&gt;yes&lt;/b&gt;" in html
    left.refresh_from_db()
    assert (left.stage, left.answered_at is not None) == (Enquiry.Stage.ANSWERED, True)
    assert "answered in 2 h 5 min" in desk.get(f"{INBOX}{left.pk}/change/").content.decode()
    assert EnquiryMessage.objects.get(author=owner).sent_at is not None
    first = left.answered_at
    post(desk, left, "answer", body="And bring your papers.")
    left.refresh_from_db()
    assert left.answered_at == first
    assert len(sent_mails()) == 2


def test_what_cannot_be_sent_keeps_what_was_typed(desk: Client, dealer: Dealer) -> None:
    left = enquiry(dealer, email="")
    page = post(desk, left, "answer", body="Dear Ann, come.")
    assert "no e-mail address was left" in page
    post(desk, left, "note", body="Rang at ten: she comes on Friday.")
    assert "Write something." in post(desk, left, "note", body=" \u200b\n ")
    assert [each.kind for each in EnquiryMessage.objects.all()] == ["note"]
    assert sent_mails() == []


def test_nothing_goes_to_who_took_the_enquiry_back(desk: Client, dealer: Dealer) -> None:
    left = enquiry(dealer)
    post(desk, left, "answer", body="Dear Ann, yes.")
    ledger.withdraw_consent(record_id=left.record_id)
    assert sent_mails() == []
    message = EnquiryMessage.objects.get()
    assert (message.sent_at, message.failed_at is not None) == (None, True)
    page = desk.get(f"{INBOX}{left.pk}/change/").content.decode()
    assert "withdrew the consent" in page
    assert "ann@example.com" not in page
    assert "consent was withdrawn" in post(desk, left, "answer", body="But still.")
    ledger.erase(record_id=left.record_id)
    inbox = desk.get(INBOX).content.decode()
    assert "Ann Buyer" not in inbox
    assert "Erased by the buyer" in inbox


def test_an_address_that_is_refused_is_seen_in_the_thread(desk: Client, dealer: Dealer) -> None:
    from marketplace.mail import SuppressionReason, suppress  # noqa: PLC0415

    left = enquiry(dealer)
    suppress(["ann@example.com"], reason=SuppressionReason.BOUNCE)
    post(desk, left, "answer", body="Dear Ann, yes.")
    assert sent_mails() == []
    assert "not mailed" in desk.get(f"{INBOX}{left.pk}/change/").content.decode()


def test_a_dealer_whose_address_is_refused_reads_it_at_the_enquiry(
    desk: Client, dealer: Dealer
) -> None:
    left = enquiry(dealer)
    assert "You were not told" not in desk.get(f"{INBOX}{left.pk}/change/").content.decode()
    EnquiryMail.objects.create(
        record=left.record, recipient=EnquiryMail.Recipient.DEALER, refused_at=timezone.now()
    )
    assert "You were not told" in desk.get(f"{INBOX}{left.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("values", "said", "stage"),
    [
        ({"stage": "won"}, "This enquiry is won now.", "won"),
        ({"stage": "lost"}, "Say why it was lost.", "new"),
        ({"stage": "lost", "lost_reason": "price"}, "This enquiry is lost now.", "lost"),
        ({"stage": "won", "lost_reason": "price"}, "This enquiry is won now.", "won"),
        ({"stage": "appointment"}, "Say when the buyer comes.", "new"),
        (
            {"stage": "appointment", "appointment_at": "2027-07-02T10:30"},
            "Appointment on 2 July 2027 at 10:30",
            "appointment",
        ),
        ({"stage": "gone"}, "gone", "new"),
        ({"stage": "appointment", "appointment_at": "soon"}, "valid date/time", "new"),
    ],
)
def test_how_far_an_enquiry_is(
    desk: Client, dealer: Dealer, values: dict[str, str], said: str, stage: str
) -> None:
    left = enquiry(dealer)
    assert said in post(desk, left, "move", seen_stage="new", **values)
    left.refresh_from_db()
    assert left.stage == stage
    assert (left.closed_at is not None) is (stage in ("won", "lost"))


def test_who_decides_on_what_another_changed_is_told(desk: Client, dealer: Dealer) -> None:
    left = enquiry(dealer)
    post(desk, left, "move", seen_stage="new", stage="won")
    page = post(desk, left, "move", seen_stage="new", stage="lost", lost_reason="price")
    assert "Somebody else was faster: this enquiry is won now." in page
    left.refresh_from_db()
    assert left.stage == "won"


def test_an_enquiry_is_given_to_the_team_and_to_nobody_else(desk: Client, dealer: Dealer) -> None:
    left = enquiry(dealer)
    mate = make.member(dealer, "sales", full_name="Sam Sales")
    stranger = make.member(make.dealer("Others"))
    assert "Assigned to Sam Sales" in post(desk, left, "assign", person=str(mate.pk))
    assert "They are not in the team." in post(desk, left, "assign", person=str(stranger.pk))
    left.refresh_from_db()
    assert left.assigned_to == mate
    listed = desk.get(f"{INBOX}?assigned={mate.pk}").content.decode()
    assert "Ann Buyer" in listed
    post(desk, left, "assign", person="")
    left.refresh_from_db()
    assert left.assigned_to is None


def test_how_long_buyers_usually_wait_is_told_at_home_and_to_staff(
    desk: Client, dealer: Dealer
) -> None:
    assert "Usually answered in" not in desk.get("/dealer/").content.decode()
    now = timezone.now()
    for minutes in (5, 10, 300):
        enquiry(
            dealer, created_at=now - timedelta(minutes=minutes), answered_at=now, stage="answered"
        )
    enquiry(dealer)
    old = now - timedelta(days=120)
    enquiry(dealer, created_at=old, answered_at=old + timedelta(days=9), stage="won")
    other = make.dealer("Slow Cars")
    enquiry(other, created_at=now - timedelta(days=3), answered_at=now, stage="answered")
    home = desk.get("/dealer/").content.decode()
    assert "<dt>Usually answered in</dt><dd>10 min</dd>" in home
    office = Client()
    office.force_login(make.staff())
    listed = office.get("/admin/dealers/dealer/").content.decode()
    assert "10 min, 1 wait" in listed
    assert "3 days" in listed


def test_a_suspended_dealer_reads_and_writes_nothing(desk: Client, dealer: Dealer) -> None:
    left = enquiry(dealer)
    Dealer.objects.filter(pk=dealer.pk).update(is_active=False)
    page = desk.get(f"{INBOX}{left.pk}/change/").content.decode()
    assert "Ann Buyer" in page
    assert "Send the answer" not in page
    assert desk.post(f"{INBOX}{left.pk}/answer/", {"body": "Hello"}).status_code == 403
    left.refresh_from_db()
    assert left.opened_at is None
    assert mail.outbox == []
