"""Requests that are sent again: with an `Idempotency-Key` each is done once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dealers.models import ApiKey, Branch, Dealer
from dealers.periodic import apply_retention_rule
from listings.choices import Status
from listings.models import Listing, ListingEvent
from marketplace.models import StoredAnswer
from tests import make
from tests.dealers.stock_api.caller import Caller, caller, item, new
from tests.listings.changes.connections import another

pytestmark = pytest.mark.django_db


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Send requests at the same moment, each on a connection of its own; return their answers."""
    start = Barrier(len(calls))

    def send(call: Callable[[], Any]) -> Any:
        start.wait(timeout=60)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(send, calls))


def test_a_write_that_is_sent_again_is_answered_again_and_not_done_again(api: Caller) -> None:
    body = new(stock_ref="A1", mpg=37.5, mot_expires_on="2027-05-01")
    first = api.post(body=body, idempotency_key='"8e03978e"')
    again = api.post(body=body, idempotency_key="8e03978e")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert Listing.objects.count() == 1
    assert StoredAnswer.objects.get().caller == f"api_key:{ApiKey.objects.get().pk}"


def test_a_refusal_is_answered_again_as_well(api: Caller, branch: Branch) -> None:
    there = make.draft(branch=branch, stock_ref="A1")
    first = api.post(body=new(stock_ref="A1"), idempotency_key="k")
    there.delete()
    again = api.post(body=new(stock_ref="A1"), idempotency_key="k")
    assert (again.status_code, again.json()) == (409, first.json())
    assert again["Content-Type"] == "application/problem+json"


def test_the_order_of_members_and_white_space_do_not_make_another_request(api: Caller) -> None:
    body = new()
    first = api.post(body=body, idempotency_key="k")
    again = api.post(body=dict(reversed(body.items())), idempotency_key="k")
    assert again.content == first.content


def test_a_key_of_another_request_is_refused(api: Caller, branch: Branch) -> None:
    listing = make.live(branch=branch)
    assert api.post(body=new(), idempotency_key="k").status_code == 201
    for answer in (
        api.post(body=new(price=1), idempotency_key="k"),
        api.post(f"{item(listing)}sell/", {}, idempotency_key="k"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    listing.refresh_from_db()
    assert listing.status == Status.LIVE
    assert Listing.objects.count() == 2


def test_keys_of_two_systems_do_not_meet(api: Caller, dealer: Dealer) -> None:
    assert api.post(body=new(), idempotency_key="k").status_code == 201
    assert caller(dealer).post(body=new(), idempotency_key="k").status_code == 201
    assert Listing.objects.count() == 2


@pytest.mark.parametrize("key", ["", '""', "a b", "x" * 256, "é"])
def test_a_key_that_is_not_well_formed_is_refused(api: Caller, key: str) -> None:
    answer = api.post(body=new(), idempotency_key=key)
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"Idempotency-Key"})
    assert not Listing.objects.exists()


def test_actions_and_batches_are_done_once_too(api: Caller, branch: Branch) -> None:
    listing = make.live(branch=branch)
    items = {"items": [{"op": "create", "listing": new()}, {"op": "renew", "id": listing.pk}]}
    for _ in range(2):
        assert api.post(f"{item(listing)}renew/", {}, idempotency_key="a").status_code == 200
        assert api.post("batch/", items, idempotency_key="b").status_code == 200
    assert Listing.objects.count() == 2
    assert listing.events.filter(kind="renewed").count() == 2


def test_what_is_refused_in_a_batch_leaves_nothing(api: Caller) -> None:
    items = [
        {"op": "create", "listing": new(make="Zenvo", model="Aurora", vrm="no mark")},
        {"op": "create", "listing": new(make="Zenvo", model="Aurora")},
    ]
    answer = api.post("batch/", {"items": items}, idempotency_key="k")
    assert [each["status"] for each in answer.json()["results"]] == [400, 201]
    assert Listing.objects.get().make.name == "Zenvo"


def test_answers_are_forgotten_after_a_day(api: Caller) -> None:
    api.post(body=new(stock_ref="A1"), idempotency_key="old")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    api.post(body=new(stock_ref="A2"), idempotency_key="new")
    apply_retention_rule("stored_answers")
    assert StoredAnswer.objects.get().key == "new"
    assert api.post(body=new(stock_ref="A1"), idempotency_key="old").status_code == 409


@contextmanager
def refused_by_the_database(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$"
            "BEGIN RAISE EXCEPTION 'out of order'; END $$"
        )
        cursor.execute(f"CREATE TRIGGER fail BEFORE INSERT ON {table} EXECUTE FUNCTION fail()")
        try:
            yield
        finally:
            cursor.execute(f"DROP TRIGGER fail ON {table}")
            cursor.execute("DROP FUNCTION fail")


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_neither_the_write_nor_the_answer(api: Caller) -> None:
    api._client.raise_request_exception = False
    with refused_by_the_database("marketplace_storedanswer"):
        failed = api.post(body=new(), idempotency_key="k")
    assert (failed.status_code, failed["Content-Type"]) == (500, "application/problem+json")
    assert not Listing.objects.exists()
    with refused_by_the_database("listings_listingevent"):
        assert api.post(body=new(), idempotency_key="k").status_code == 500
    assert not StoredAnswer.objects.exists()
    assert api.post(body=new(), idempotency_key="k").status_code == 201
    assert Listing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_a_request_is_being_answered_its_key_is_a_conflict(api: Caller) -> None:
    name = f"api_key:{ApiKey.objects.get().pk} k"
    with another() as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        answer = api.post(body=new(), idempotency_key="k")
        assert (answer.status_code, answer.json()["code"]) == (409, "request_in_progress")
        assert api.post(body=new(), idempotency_key="other").status_code == 201
    assert api.post(body=new(), idempotency_key="k").status_code == 201


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.django_db(transaction=True)
def test_one_request_sent_at_once_by_many_is_done_once(api: Caller, attempt: int) -> None:
    calls = [lambda: Caller(api.token).post(body=new(), idempotency_key="k")] * 4
    answers = at_once(*calls)
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in made}) == 1
    assert Listing.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.django_db(transaction=True)
def test_of_changes_to_the_same_version_at_once_one_is_written(
    api: Caller, branch: Branch, attempt: int
) -> None:
    listing = make.draft(branch=branch)
    seen = api.get(item(listing))["ETag"]
    calls = [
        lambda price=price: Caller(api.token).patch(item(listing), {"price": price}, if_match=seen)
        for price in (21_000, 22_000, 23_000, 24_000)
    ]
    answers = at_once(*calls)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    (written,) = [answer.json()["price"] for answer in answers if answer.status_code == 200]
    listing.refresh_from_db()
    assert listing.price == written
    assert ListingEvent.objects.filter(listing=listing).count() == 1


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.django_db(transaction=True)
def test_upserts_of_a_new_car_at_once_make_one(api: Caller, attempt: int) -> None:
    make.model()
    answers = at_once(*[lambda: Caller(api.token).put("by-ref/A1/", new())] * 4)
    assert sorted({answer.status_code for answer in answers}) in (
        [201, 409],
        [200, 201],
        [200, 201, 409],
    )
    row = Listing.objects.get()
    assert {answer.json()["id"] for answer in answers} == {row.pk}


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.django_db(transaction=True)
def test_batches_over_the_same_cars_in_opposite_orders_both_finish(
    api: Caller, branch: Branch, attempt: int
) -> None:
    rows = [make.draft(branch=branch) for _ in range(10)]

    def update(order: list[Listing], price: int) -> Any:
        items = [{"op": "update", "id": row.pk, "listing": {"price": price}} for row in order]
        return Caller(api.token).post("batch/", {"items": items}, idempotency_key=str(price))

    answers = at_once(lambda: update(rows, 21_000), lambda: update(rows[::-1], 22_000))
    for answer in answers:
        assert answer.status_code == 200
        assert {each["status"] for each in answer.json()["results"]} == {200}
    assert len(set(Listing.objects.values_list("price", flat=True))) == 1
