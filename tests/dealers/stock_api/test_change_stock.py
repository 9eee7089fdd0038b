"""A dealer's system changes adverts: PATCH, PUT by reference, If-Match."""

from typing import Any

import pytest

from dealers.models import ApiKey, Branch
from listings.choices import Fuel, Source
from listings.models import Listing
from tests import make
from tests.dealers.stock_api.caller import Caller, item, new

pytestmark = pytest.mark.django_db


def test_what_is_sent_is_written_and_what_is_left_out_stays(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch, price=10_000, colour="red")
    answer = api.patch(item(listing), {"price": 9_000})
    assert answer.status_code == 200
    assert (answer.json()["price"], answer.json()["colour"]) == (9_000, "red")
    listing.refresh_from_db()
    assert (listing.price, listing.previous_price) == (9_000, None)
    event = listing.events.get()
    assert event.changes == {"price": [10_000, 9_000]}
    assert event.reason == f"API key {ApiKey.objects.get()}"


def test_what_a_system_writes_is_not_locked_as_a_persons_work_is(
    api: Caller, branch: Branch
) -> None:
    listing = make.draft(branch=branch, price=10_000)
    api.patch(item(listing), {"price": 9_000})
    listing.refresh_from_db()
    assert listing.locked_fields == []
    assert listing.events.get().source == Source.API


def test_null_clears(api: Caller, branch: Branch) -> None:
    listing = make.draft(
        branch=branch, stock_ref="A1", description="x", features=["Tow bar"], vrm="AB15CDE"
    )
    cleared: dict[str, Any] = {
        "price": None,
        "fuel": None,
        "doors": None,
        "stock_ref": None,
        "description": "",
        "derivative": "",
        "features": [],
        "vrm": None,
    }
    body = api.patch(item(listing), dict.fromkeys(cleared)).json()
    assert {name: body[name] for name in cleared} == cleared


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"year": None}, {"year"}),
        ({"make": None}, {"make"}),
        ({"make": "Ford"}, {"model"}),
        ({"model": "Ka"}, {"make"}),
        ({"status": "live"}, {"status"}),
        ({"id": 5}, {"id"}),
        ({"price": 9_000, "fuel": "steam"}, {"fuel"}),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(
    api: Caller, branch: Branch, sent: Any, fields: set[str]
) -> None:
    listing = make.draft(branch=branch)
    answer = api.patch(item(listing), sent)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == fields
    listing.refresh_from_db()
    assert (listing.price, listing.fuel) == (33_999, Fuel.DIESEL)
    assert not listing.events.exists()


def test_nothing_sent_is_nothing_written(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch)
    assert api.patch(item(listing), {}).status_code == 200
    assert not listing.events.exists()


def test_a_reference_that_another_advert_has_is_a_conflict_with_its_id(
    api: Caller, branch: Branch
) -> None:
    there, listing = make.draft(branch=branch, stock_ref="A1"), make.draft(branch=branch)
    answer = api.patch(item(listing), {"stock_ref": "A1"})
    assert (answer.status_code, answer.json()["id"]) == (409, there.pk)
    listing.refresh_from_db()
    assert listing.stock_ref is None


def test_an_upsert_creates_and_then_changes(api: Caller) -> None:
    made = api.put("by-ref/A-1.b/", new(price=10_000))
    assert (made.status_code, made.json()["stock_ref"]) == (201, "A-1.b")
    changed = api.put("by-ref/A-1.b/", {"price": 9_000})
    assert (changed.status_code, changed.json()["id"]) == (200, made.json()["id"])
    row = Listing.objects.get()
    assert (row.price, row.mileage) == (9_000, 72_253)


def test_an_upsert_of_a_new_car_needs_what_a_new_car_needs(api: Caller) -> None:
    answer = api.put("by-ref/A1/", {"price": 9_000})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"make", "model", "mileage", "year"}
    assert not Listing.objects.exists()


def test_an_upsert_may_give_a_car_another_reference(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch, stock_ref="A1")
    assert api.put("by-ref/A1/", {"stock_ref": "B2"}).json()["id"] == listing.pk
    assert api.get("by-ref/B2/").status_code == 200


def test_an_upsert_of_a_car_that_is_live_elsewhere_is_a_conflict(
    api: Caller, branch: Branch
) -> None:
    live = make.live(branch=branch, vrm="AB15CDE", stock_ref="A1")
    answer = api.put("by-ref/A2/", new(vrm="AB15CDE"))
    assert (answer.status_code, answer.json()["id"]) == (409, live.pk)


@pytest.mark.django_db(transaction=True)
def test_a_change_is_refused_where_the_advert_is_not_the_one_that_was_seen(
    api: Caller, branch: Branch
) -> None:
    listing = make.draft(branch=branch)
    seen = api.get(item(listing))["ETag"]
    first = api.patch(item(listing), {"price": 9_000}, if_match=seen)
    assert first.status_code == 200
    second = api.patch(item(listing), {"price": 8_000}, if_match=seen)
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    assert second.json()["etag"] == first["ETag"]
    for refused in ("nonsense", f"W/{seen}", ""):
        answer = api.patch(item(listing), {"price": 8_000}, if_match=refused)
        assert answer.status_code == 412, refused
    assert api.post(f"{item(listing)}publish/", if_match=seen).status_code == 412
    listing.refresh_from_db()
    assert (listing.price, listing.status) == (9_000, "draft")
    assert api.patch(item(listing), {"price": 8_000}, if_match="*").status_code == 200
    current = api.get(item(listing))["ETag"]
    assert api.post(f"{item(listing)}publish/", if_match=f'"x", {current}').status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "rewritten",
    [
        'W/"{}"',  # nginx, when it compresses
        '"{}-gzip"',  # Apache
        '"{}-br"',
        'W/"{}--gzip"',
        '"other", W/"{}-gzip"',
    ],
)
@pytest.mark.django_db(transaction=True)
def test_an_etag_that_a_proxy_rewrote_is_taken(api: Caller, branch: Branch, rewritten: str) -> None:
    listing = make.draft(branch=branch)
    seen = api.get(item(listing))["ETag"]
    sent = rewritten.format(seen.strip('"'))
    first = api.patch(item(listing), {"price": 9_000}, if_match=sent)
    assert first.status_code == 200
    assert api.patch(item(listing), {"price": 8_000}, if_match=sent).status_code == 412


def test_a_put_can_be_bound_to_there_being_no_such_car_or_this_one(api: Caller) -> None:
    assert api.put("by-ref/A1/", new(), if_match="*").status_code == 412
    assert not Listing.objects.exists()
    made = api.put("by-ref/A1/", new(), if_none_match="*")
    assert made.status_code == 201
    assert api.put("by-ref/A1/", {"price": 30_001}, if_none_match="*").status_code == 412
    assert api.put("by-ref/A1/", {"price": 30_002}, if_match=made["ETag"]).status_code == 200
    assert Listing.objects.get().price == 30_002


def test_there_is_no_deleting(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch)
    answer = api.delete(item(listing))
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, PATCH")
    assert Listing.objects.exists()
