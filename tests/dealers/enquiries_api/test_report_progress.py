"""A dealer's CRM says how far an enquiry is, and overwrites nothing that it has not seen."""

from typing import Any

import pytest
from django.test import Client

from dealers import enquiries
from dealers.models import Dealer, Scope
from dealers.permissions import Actor
from dealers.suspension import suspend_dealer
from listings.buyers import ledger
from listings.models import Enquiry, EnquiryMessage, Listing
from tests import make
from tests.listings.buyers.sending import send

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = (Scope.ENQUIRIES_READ, Scope.ENQUIRIES_WRITE)


class Crm:
    """A dealer's CRM, with a key."""

    def __init__(self, dealer: Dealer, *scopes: str) -> None:
        self.headers = {"Authorization": f"Bearer {make.key(dealer, *(scopes or BOTH))}"}

    def read(self, enquiry: Enquiry) -> Any:
        return Client().get(f"/api/v1/enquiries/{enquiry.pk}/", headers=self.headers)

    def say(self, enquiry: Enquiry, body: dict[str, Any], **headers: str) -> Any:
        return Client().patch(
            f"/api/v1/enquiries/{enquiry.pk}/",
            body,
            content_type="application/json",
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )


def asked(car: Listing, **fields: Any) -> Enquiry:
    assert send(car, **fields).status_code == 201
    return Enquiry.objects.latest("pk")


def thread(enquiry: Enquiry) -> list[tuple[str, str]]:
    rows = EnquiryMessage.objects.filter(record=enquiry.record_id).order_by("pk")
    return [(each.kind, each.body) for each in rows]


def test_a_stage_a_reason_and_a_note_are_taken_and_seen_in_the_feed() -> None:
    car = make.live()
    enquiry, crm = asked(car), Crm(car.dealer)
    before = crm.read(enquiry)
    won = crm.say(enquiry, {"stage": "won", "note": "Collects on Friday"})
    assert (won.status_code, won.json()["stage"]) == (200, "won")
    assert None not in (won.json()["closed_at"], won.json()["answered_at"])
    assert won["ETag"] == crm.read(enquiry)["ETag"] != before["ETag"]
    lost = crm.say(enquiry, {"stage": "lost", "lost_reason": "finance"}).json()
    assert (lost["stage"], lost["lost_reason"]) == ("lost", "finance")
    other = crm.say(enquiry, {"lost_reason": "price"}).json()
    assert (other["stage"], other["lost_reason"]) == ("lost", "price")
    met = crm.say(enquiry, {"stage": "appointment", "appointment_at": "2027-03-01T10:30:00Z"})
    assert met.json()["lost_reason"] == ""
    assert met.json()["appointment_at"] == "2027-03-01T10:30:00Z"
    assert crm.say(enquiry, {"stage": "answered"}).json()["appointment_at"] is None
    assert thread(enquiry) == [
        ("change", "Won"),
        ("note", "Collects on Friday"),
        ("change", "Lost: Finance"),
        ("change", "Lost: Price or part-exchange"),
        ("change", "Appointment on 1 March 2027 at 10:30"),
        ("change", "Answered"),
    ]
    feed = Client().get("/api/v1/enquiries/changes/", headers=crm.headers).json()["results"]
    assert [each["enquiry"]["stage"] for each in feed] == ["answered"]


def test_what_stands_already_is_not_written_again() -> None:
    car = make.live()
    enquiry, crm = asked(car), Crm(car.dealer)
    first = crm.say(enquiry, {"stage": "won"})
    again = crm.say(enquiry, {"stage": "won", "lost_reason": None})
    assert again.json() == first.json()
    assert again["ETag"] == first["ETag"]
    assert crm.say(enquiry, {}).json() == first.json()
    assert thread(enquiry) == [("change", "Won")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stage": "bought"}, "stage"),
        ({"stage": None}, "stage"),
        ({"stage": "lost"}, "lost_reason"),
        ({"stage": "lost", "lost_reason": "bored"}, "lost_reason"),
        ({"lost_reason": "price"}, "lost_reason"),
        ({"stage": "appointment"}, "appointment_at"),
        ({"appointment_at": "2027-03-01T10:30:00Z"}, "appointment_at"),
        ({"stage": "won", "note": " "}, "note"),
        ({"stage": "won", "note": "x" * 10_001}, "note"),
        ({"stage": "won", "name": "Ben"}, "name"),
        ({"stage": "won", "assigned_to": 1}, "assigned_to"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(body: dict[str, Any], field: str) -> None:
    car = make.live()
    enquiry, crm = asked(car), Crm(car.dealer)
    before = crm.read(enquiry)
    refusal = crm.say(enquiry, body)
    assert refusal.status_code == 400
    assert field in refusal.json()["fields"]
    assert crm.read(enquiry)["ETag"] == before["ETag"]
    assert thread(enquiry) == []


def test_nothing_is_overwritten_that_was_not_seen() -> None:
    car = make.live()
    enquiry, crm = asked(car), Crm(car.dealer)
    seen = crm.read(enquiry)["ETag"]
    owner = make.member(car.dealer)
    actor = Actor.person(owner.pk)
    enquiries.move(enquiry_id=enquiry.pk, stage="won", seen_stage="new", actor=actor)
    refusal = crm.say(enquiry, {"stage": "answered", "note": "Rang"}, If_Match=seen)
    assert (refusal.status_code, refusal.json()["code"]) == (412, "precondition_failed")
    assert crm.read(enquiry).json()["stage"] == "won"
    assert thread(enquiry) == [("change", "Won")]
    now = crm.read(enquiry)["ETag"]
    assert crm.say(enquiry, {"stage": "answered"}, If_Match=now).status_code == 200


def test_sent_again_with_its_key_a_note_is_written_once() -> None:
    car = make.live()
    enquiry, crm = asked(car), Crm(car.dealer)
    answers = [crm.say(enquiry, {"note": "Rang"}, Idempotency_Key="n-1") for _ in range(3)]
    assert [each.status_code for each in answers] == [200] * 3
    assert thread(enquiry) == [("note", "Rang")]


def test_another_dealers_enquiry_is_nobodys() -> None:
    theirs, ours = make.live(), make.live()
    enquiry = asked(theirs)
    none = Enquiry(pk=enquiry.pk + 1_000)
    crm = Crm(ours.dealer)
    foreign, missing = (crm.say(each, {"stage": "won"}) for each in (enquiry, none))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["detail"] == missing.json()["detail"]
    assert Crm(theirs.dealer).read(enquiry).json()["stage"] == "new"


def test_writing_needs_its_scope_and_a_dealer_that_is_not_suspended() -> None:
    car = make.live()
    enquiry = asked(car)
    others = [scope for scope in Scope.values if scope != Scope.ENQUIRIES_WRITE]
    assert Crm(car.dealer, *others).say(enquiry, {"stage": "won"}).status_code == 403
    crm = Crm(car.dealer)
    staff = make.staff()
    suspend_dealer(dealer_id=car.dealer_id, reason="Unpaid.", actor=Actor.staff(staff.pk))
    refusal = crm.say(enquiry, {"stage": "won"})
    assert (refusal.status_code, refusal.json()["code"]) == (403, "dealer_suspended")
    assert Enquiry.objects.get().stage == "new"


def test_nothing_is_noted_on_what_was_erased() -> None:
    car = make.live()
    enquiry, crm = asked(car), Crm(car.dealer)
    ledger.erase(record_id=enquiry.record_id)
    refusal = crm.say(enquiry, {"note": "Ann rang from 0113 496 0000"})
    assert (refusal.status_code, refusal.json()["code"]) == (409, "enquiry_erased")
    assert thread(enquiry) == []
    assert crm.say(enquiry, {"stage": "lost", "lost_reason": "other"}).status_code == 200
