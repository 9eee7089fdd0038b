"""A dealer's system writes many adverts in one request."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.models import Branch
from listings.choices import Status
from listings.models import Listing, Make
from tests import make
from tests.dealers.stock_api.caller import Caller, new

pytestmark = pytest.mark.django_db


def send(api: Caller, *items: Any, **headers: str) -> Any:
    return api.post("batch/", {"items": list(items)}, **headers)


def test_every_item_is_answered_in_its_place(api: Caller, branch: Branch) -> None:
    live = make.live(branch=branch, stock_ref="L1")
    draft = make.draft(branch=branch)
    answer = send(
        api,
        {"op": "create", "listing": new(stock_ref="N1")},
        {"op": "upsert", "stock_ref": "U1", "listing": new()},
        {"op": "upsert", "stock_ref": "L1", "listing": {"price": 15_000}},
        {"op": "update", "id": draft.pk, "listing": {"price": None}},
        {"op": "publish", "id": draft.pk},
        {"op": "reserve", "stock_ref": "L1", "until": "2100-01-01T00:00:00Z"},
        {"op": "sell", "stock_ref": "L1", "reason": "part exchange"},
    )
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [each["index"] for each in results] == list(range(7))
    assert [each["status"] for each in results] == [201, 201, 200, 200, 200, 200, 200]
    assert [each["problem"] for each in results] == [None] * 7
    assert [each["stock_ref"] for each in results] == ["N1", "U1", "L1", None, None, "L1", "L1"]
    assert results[4]["listing_status"] == "live"
    assert results[6]["allowed_actions"] == ["publish"]
    live.refresh_from_db()
    assert (live.price, live.status) == (15_000, Status.SOLD)


def test_what_is_refused_stops_nothing_else(api: Caller, branch: Branch) -> None:
    there = make.draft(branch=branch, stock_ref="A1")
    answer = send(
        api,
        {"op": "create", "listing": new(stock_ref="A1")},
        {"op": "create", "listing": new(fuel="steam", milage=1)},
        {"op": "create", "listing": new(make="Zenvo", model="Aurora", vrm="no mark")},
        {"op": "update", "stock_ref": "Z9", "listing": {}},
        {"op": "renew", "id": there.pk},
        {"op": "explode"},
        "nonsense",
        {"op": "create", "listing": new(make="Zenvo", model="Aurora", stock_ref="A2")},
    )
    results = answer.json()["results"]
    assert [each["status"] for each in results] == [409, 400, 400, 404, 409, 400, 400, 201]
    codes = [each["problem"] and each["problem"]["code"] for each in results]
    assert codes == [
        "duplicate_stock_ref",
        "invalid",
        "invalid_listing",
        "listing_not_found",
        "action_not_allowed",
        "invalid",
        "invalid",
        None,
    ]
    assert results[3]["stock_ref"] == "Z9"
    assert (results[0]["id"], results[0]["problem"]["id"]) == (there.pk, there.pk)
    assert set(results[1]["problem"]["fields"]) == {"milage", "fuel"}
    assert [each["code"] for each in results[7]["warnings"]] == [
        "make_to_confirm",
        "model_to_confirm",
    ]
    assert Listing.objects.count() == 2
    assert Make.objects.filter(name="Zenvo").count() == 1


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"op": "create", "id": 1, "listing": {}}, "id"),
        ({"op": "upsert", "listing": {}}, "stock_ref"),
        ({"op": "upsert", "id": 1, "listing": {}}, "stock_ref"),
        ({"op": "update", "listing": {}}, "id"),
        ({"op": "update", "id": 1, "stock_ref": "A1", "listing": {}}, "id"),
        ({"op": "publish", "id": 1, "listing": {}}, "listing"),
        ({"op": "update", "id": 1, "listing": {}, "reason": "x"}, "reason"),
        ({"op": "sell", "id": 1, "until": "2100-01-01T00:00:00Z"}, "until"),
        ({"op": "sell", "id": True}, "id"),
        ({"op": "update", "id": 1, "listing": []}, "listing"),
        ({"op": "update", "id": 1, "lisiting": {}}, "lisiting"),
    ],
)
def test_an_item_that_says_what_does_not_belong_is_refused(
    api: Caller, item: dict[str, Any], field: str
) -> None:
    (result,) = send(api, item).json()["results"]
    assert (result["status"], set(result["problem"]["fields"])) == (400, {field})


@pytest.mark.parametrize(
    "body",
    [{}, {"items": []}, {"items": {}}, [], {"items": [{}] * 1_001}, {"items": [{}], "dry": True}],
)
def test_a_batch_that_is_none_is_refused(api: Caller, body: Any) -> None:
    answer = api.post("batch/", body)
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"items"})


def test_a_thousand_items_are_taken(api: Caller) -> None:
    items = [{"op": "update", "id": pk, "listing": {}} for pk in range(1, 1_001)]
    results = send(api, *items).json()["results"]
    assert {each["status"] for each in results} == {404}
    assert results[-1]["index"] == 999


def test_each_item_costs_a_bounded_number_of_queries(api: Caller, branch: Branch) -> None:
    def queries(*items: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            results = send(api, *items).json()["results"]
        assert all(each["problem"] is None for each in results)
        return len(captured)

    def upserts(first: int, count: int, **fields: Any) -> list[dict[str, Any]]:
        refs = range(first, first + count)
        return [{"op": "upsert", "stock_ref": f"S{n}", "listing": new(**fields)} for n in refs]

    queries(*upserts(0, 1))  # the name becomes known, the key's use noted
    few, many = queries(*upserts(1, 2)), queries(*upserts(3, 12))
    assert (many - few) / 10 <= 18
    few, many = queries(*upserts(1, 2, price=1)), queries(*upserts(3, 12, price=1))
    assert (many - few) / 10 <= 18
