"""A dealer's system reads and follows the enquiries that buyers left for that dealer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dealers.models import Dealer, Scope
from dealers.permissions import SYSTEM
from dealers.suspension import suspend_dealer
from listings import changes
from listings.buyers import ledger
from listings.models import BuyerRecord, Enquiry, EnquiryMail, EnquiryMessage, Listing
from tests import make
from tests.listings.buyers.sending import body, send

ENQUIRIES = "/api/v1/enquiries/"


class System:
    """A dealer's system, with a key."""

    def __init__(self, dealer: Dealer, *scopes: str) -> None:
        self.headers = {"Authorization": f"Bearer {make.key(dealer, *scopes)}"}

    def get(self, path: str = "", **query: Any) -> Any:
        return Client().get(f"{ENQUIRIES}{path}", query, headers=self.headers)

    def ids(self, **query: Any) -> list[int]:
        return [each["id"] for each in self.get(**query).json()["results"]]


def asked(row: Listing, **fields: Any) -> Enquiry:
    assert send(row, **fields).status_code == 201
    return Enquiry.objects.latest("pk")


@pytest.mark.django_db
def test_an_enquiry_is_read_with_all_that_the_buyer_left() -> None:
    car = make.live(stock_ref="ST-1")
    source = {"page": "/cars/1/x/", "placement": "end", "campaign": "spring"}
    enquiry = asked(car, part_exchange_vrm="KX17ABC", part_exchange_mileage=5, source=source)
    system = System(car.dealer, Scope.ENQUIRIES_READ)
    shown = system.get(f"{enquiry.pk}/").json()
    assert system.get().json() == {"results": [shown], "next": None, "next_cursor": None}
    moments = {name: shown.pop(name) for name in ("created_at", "consented_at")}
    assert all(datetime.fromisoformat(each) <= timezone.now() for each in moments.values())
    assert shown == {
        "id": enquiry.pk,
        "listing": car.pk,
        "stock_ref": "ST-1",
        "branch": car.branch_id,
        "title": car.title,
        "price": 33_999,
        "car_status": "live",
        "name": "Ann Buyer",
        "email": "ann@example.com",
        "phone": "0113 496 0000",
        "preferred_contact": "either",
        "message": "Is it still there?",
        "part_exchange_vrm": "KX17ABC",
        "part_exchange_mileage": 5,
        "viewing_at": None,
        **source,
        "consent": {"version": 1, "words": body()["consent"]},
        "stage": "new",
        "lost_reason": "",
        **dict.fromkeys(("opened_at", "answered_at", "appointment_at", "closed_at")),
        "mail_refused": False,
        **dict.fromkeys(("withdrawn_at", "erased_at")),
    }


@pytest.mark.django_db
def test_an_address_that_is_refused_is_seen_by_the_dealer() -> None:
    car = make.live()
    enquiry, system = asked(car), System(car.dealer)
    mails = EnquiryMail.objects.filter(record=enquiry.record)
    mails.filter(recipient="buyer").update(refused_at=timezone.now())
    assert system.get(f"{enquiry.pk}/").json()["mail_refused"] is False
    mails.filter(recipient="dealer").update(refused_at=timezone.now())
    assert system.get(f"{enquiry.pk}/").json()["mail_refused"] is True


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_tells_only_that() -> None:
    car = make.live()
    enquiry = asked(car, part_exchange_vrm="KX17ABC", source={"page": "/p/", "campaign": "spring"})
    EnquiryMessage.objects.create(record=enquiry.record, kind="note", body="Rings at ten")
    system = System(car.dealer)
    for act, mark in ((ledger.withdraw_consent, "withdrawn_at"), (ledger.erase, "erased_at")):
        act(record_id=enquiry.record_id)
        for answer in (system.get(), system.get(f"{enquiry.pk}/"), system.get("changes/")):
            text = answer.content.decode()
            for personal in ("Ann", "ann@", "0113", "still there", "KX17ABC", "/p/", "spring"):
                assert personal not in text
        assert system.get(f"{enquiry.pk}/").json()[mark] is not None


@pytest.mark.django_db(transaction=True)
def test_another_dealers_enquiries_are_nobodys() -> None:
    ours, theirs = make.live(), make.live()
    mine, other = asked(ours), asked(theirs)
    system = System(ours.dealer)
    assert system.ids() == [mine.pk]
    assert system.ids(listing=theirs.pk) == []
    assert system.ids(branch=theirs.branch_id) == []
    [change] = system.get("changes/").json()["results"]
    assert change["id"] == mine.pk
    foreign, missing = system.get(f"{other.pk}/"), system.get("9999999/")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    after = System(theirs.dealer).get("changes/").json()["after"]
    assert system.get("changes/", after=after).status_code == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["", "changes/", "1/"])
def test_the_scope_is_needed_and_only_progress_is_written(path: str) -> None:
    dealer = make.dealer()
    others = [scope for scope in Scope.values if scope != Scope.ENQUIRIES_READ]
    refused = System(dealer, *others).get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert Client().get(f"{ENQUIRIES}{path}").status_code == 401
    able = System(dealer, Scope.ENQUIRIES_READ)
    assert able.get(path).status_code == (404 if path == "1/" else 200)
    writer = System(dealer, Scope.ENQUIRIES_READ, Scope.ENQUIRIES_WRITE)
    for method in ("post", "put", "patch", "delete"):
        send_ = getattr(Client(), method)
        refused = send_(f"{ENQUIRIES}{path}", headers=able.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        if (method, path) != ("patch", "1/"):
            assert send_(f"{ENQUIRIES}{path}", headers=writer.headers).status_code == 405


@pytest.mark.django_db
def test_a_suspended_dealer_still_reads_what_it_has() -> None:
    car = make.live()
    enquiry = asked(car)
    system = System(car.dealer)
    suspend_dealer(dealer_id=car.dealer_id, actor=SYSTEM, reason="Looked at")
    assert system.ids() == [enquiry.pk]


@pytest.mark.django_db
def test_filters_and_pages_go_from_the_newest_on() -> None:
    dealer = make.dealer()
    cars = [make.live(dealer=dealer) for _ in range(2)]
    rows = [asked(cars[n % 2], message=str(n)) for n in range(5)]
    ids = [row.pk for row in reversed(rows)]
    Enquiry.objects.filter(pk=rows[0].pk).update(
        stage="won", created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    system = System(dealer)
    assert system.ids() == ids
    assert system.ids(stage="won") == [rows[0].pk]
    assert system.ids(stage="new,won", since="2026-02-01T00:00:00Z") == ids[:-1]
    assert system.ids(listing=cars[1].pk) == [rows[3].pk, rows[1].pk]
    assert system.ids(branch=f"{cars[0].branch_id},{cars[1].branch_id}") == ids
    found: list[int] = []
    page = system.get(page_size=2).json()
    while True:
        found += [each["id"] for each in page["results"]]
        if page["next"] is None:
            break
        page = Client().get(page["next"], headers=system.headers).json()
    assert found == ids
    for query in ({"stage": "late"}, {"since": "x"}, {"branch": "a"}, {"q": "1"}, {"cursor": "x"}):
        assert system.get(**query).status_code == 400
    other = System(make.dealer())
    assert other.get(cursor=system.get(page_size=2).json()["next_cursor"]).status_code == 400


@pytest.mark.django_db
def test_a_page_costs_the_same_whatever_is_on_it() -> None:
    dealer = make.dealer()
    car, system = make.live(dealer=dealer), System(dealer)
    system.get()  # which notes when the key was used
    costs = []
    for more in (1, 5):
        for n in range(more):
            asked(car, message=f"{more} {n}")
        with CaptureQueriesContext(connection) as queries:
            system.get()
        costs.append(len(queries))
    assert costs[0] == costs[1]


def follow(system: System, after: str | None) -> tuple[list[tuple[int, str]], str]:
    """Return what changed since, and the next `after`."""
    found: list[tuple[int, str]] = []
    while True:
        query = {"after": after} if after else {}
        page = system.get("changes/", page_size=2, **query).json()
        found += [(each["id"], each["kind"]) for each in page["results"]]
        for each in page["results"]:
            assert (each["enquiry"] is None) == (each["kind"] != "upsert")
        after = page["after"]
        if not page["has_more"]:
            return found, after


@pytest.mark.django_db(transaction=True)
def test_a_system_that_follows_misses_nothing_and_hears_nothing_twice() -> None:
    dealer = make.dealer()
    car, system = make.live(dealer=dealer), System(dealer)
    rows = [asked(car, message=str(n)) for n in range(5)]
    asked(make.live())  # of another dealer
    found, after = follow(system, None)
    assert found == [(row.pk, "upsert") for row in rows]
    assert follow(system, after)[0] == []
    late = asked(car, message="late")
    Enquiry.objects.filter(pk=rows[0].pk).update(stage="answered")
    EnquiryMessage.objects.create(record=rows[1].record, kind="answer", body="Come at ten.")
    ledger.withdraw_consent(record_id=rows[2].record_id)
    ledger.erase(record_id=rows[3].record_id)
    found, after = follow(system, after)
    assert sorted(found) == sorted(
        [
            (late.pk, "upsert"),
            (rows[0].pk, "upsert"),
            (rows[1].pk, "upsert"),
            (rows[2].pk, "withdrawn"),
            (rows[3].pk, "erased"),
        ]
    )
    assert follow(system, after)[0] == []


@pytest.mark.django_db(transaction=True)
def test_deleted_adverts_forget_no_enquiry_and_a_restart_says_where_to_begin() -> None:
    car = make.live()
    enquiry, system = asked(car), System(car.dealer)
    _, after = follow(system, None)
    Listing.objects.filter(pk=car.pk).delete()
    changes.prune_tombstones()
    found, after = follow(system, after)
    assert found == [(enquiry.pk, "upsert")]
    assert Enquiry.objects.get().listing is None
    changes.restart()
    gone = system.get("changes/", after=after)
    assert (gone.status_code, gone.json()["start_over"]) == (
        410,
        f"http://testserver{ENQUIRIES}changes/",
    )
    assert BuyerRecord.objects.get().email == "ann@example.com"
