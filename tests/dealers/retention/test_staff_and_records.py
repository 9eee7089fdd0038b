"""Staff erase for a person, keep what has to be kept and let it go again, each with a reason."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers import retention
from dealers.models import AuditEvent
from listings.buyers.links import BuyerLink, link_to
from listings.models import BuyerRecord
from tests import make
from tests.dealers.retention.people import ANN, enquiry, record
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db
PAGES = "/admin/listings/buyerrecord/"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make.staff())
    return client


def act(client: Client, of: BuyerRecord, verb: str, reason: str) -> Any:
    return client.post(f"{PAGES}{of.pk}/{verb}/", {"reason": reason}, follow=True)


def test_staff_erase_all_that_an_address_left_and_say_why(staff: Client) -> None:
    first, second = enquiry().record, record("report")
    kept = record("reservation", kept_because="an order")
    by_phone = record("report", contact=type(ANN)(phone=ANN.phone))
    page = unescape(act(staff, first, "erase", "Asked by letter.").content.decode())
    assert "Erased." in page
    for row in (first, second):
        row.refresh_from_db()
        assert (row.email, row.name, row.phone) == ("", "", "")
    for row in (kept, by_phone):
        row.refresh_from_db()
        assert row.erased_at is None
    sent_mails()
    assert not BuyerRecord.objects.filter(kind="privacy", erased_at=None).exists()
    act(staff, by_phone, "erase", "Asked by telephone.")
    by_phone.refresh_from_db()
    assert by_phone.phone == ""
    events = list(AuditEvent.objects.filter(kind="person_erased").values("subject", "reason"))
    assert {"subject": f"Record {first.pk}", "reason": "Asked by letter."} in events


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
@pytest.mark.parametrize("verb", ["erase", "keep", "release"])
def test_without_a_reason_nothing_happens(staff: Client, verb: str, reason: str) -> None:
    row = enquiry(kept_because="an order" if verb == "release" else "").record
    assert "Say why" in act(staff, row, verb, reason).content.decode()
    was = row.kept_because
    row.refresh_from_db()
    assert (row.erased_at, row.kept_because) == (None, was)
    assert not AuditEvent.objects.filter(subject__startswith="Record").exists()


def test_what_is_kept_says_why_to_the_person_and_goes_once_it_is_let_go(
    staff: Client, client: Client
) -> None:
    row = enquiry(kept_until=timezone.now() - timedelta(days=1)).record
    act(staff, row, "keep", "a complaint is open")
    path = link_to(BuyerLink.RECORD, row.pk).removeprefix("http://127.0.0.1:8000")
    assert "a complaint is open" in client.get(path).content.decode()
    assert client.post(path, {"action": "erase"}).status_code == 409
    assert retention.apply("enquiry") == 0
    row.refresh_from_db()
    assert row.email == ANN.email
    act(staff, row, "release", "It was settled.")
    assert retention.apply("enquiry") == 1
    kinds = [event.kind for event in AuditEvent.objects.filter(subject=f"Record {row.pk}")]
    assert sorted(kinds) == ["record_kept", "record_released"]


def test_only_who_may_and_only_by_a_button(staff: Client, client: Client) -> None:
    row = enquiry().record
    assert staff.get(f"{PAGES}{row.pk}/erase/").status_code == 405
    helper = make.user(is_staff=True)
    client.force_login(helper)
    assert act(client, row, "erase", "Because.").status_code == 403
    assert client.get(PAGES).status_code == 403
    client.force_login(make.member(make.dealer()))
    assert client.post(f"{PAGES}{row.pk}/erase/", {"reason": "x"}).status_code == 302
    row.refresh_from_db()
    assert row.erased_at is None


def test_the_ledger_is_found_by_address_and_shows_what_can_be_done(staff: Client) -> None:
    row = enquiry().record
    other = record("report", contact=type(ANN)(email="other@example.com"))
    found = staff.post(f"{PAGES}search/", {"q": ANN.email.upper()}, follow=True)
    page = found.content.decode()
    assert (f"Record {row.pk}" in page, f"Record {other.pk}" in page) == (True, False)
    assert ANN.email not in str(found.redirect_chain)
    assert (
        "Erase all that this person left" in staff.get(f"{PAGES}{row.pk}/change/").content.decode()
    )


@pytest.mark.parametrize(
    ("reason", "written"),
    [
        ("{name} asked by letter", "[erased] asked by letter"),
        (
            "Mail of {email}, then a call from {phone}.",
            "Mail of [erased], then a call from [erased].",
        ),
        ("ANNIE@OTHER.EXAMPLE wrote for her", "[erased] wrote for her"),
        ("Wishes of an annexe", "Wishes of an annexe"),
    ],
)
def test_the_log_names_nobody_in_a_reason(staff: Client, reason: str, written: str) -> None:
    row = enquiry().record
    words = reason.format(name=ANN.name.upper(), email=ANN.email, phone=ANN.phone)
    act(staff, row, "keep", words)
    row.refresh_from_db()
    assert row.kept_because == words  # it is blanked with the record, and the person reads it
    act(staff, row, "release", words)
    act(staff, row, "erase", words)
    reasons = AuditEvent.objects.filter(subject=f"Record {row.pk}").values_list("reason", flat=True)
    assert list(reasons) == [written] * 3


def test_counts_of_the_report_are_kept_for_minutes(
    staff: Client, django_assert_max_num_queries: Any
) -> None:
    page = "/admin/marketplace/retentionday/"
    assert "Counted at" in staff.get(page).content.decode()
    with django_assert_max_num_queries(12):
        assert "Counted at" in staff.get(page).content.decode()
