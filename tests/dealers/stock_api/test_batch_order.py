"""Items of a batch are done together, and yet as if one after the other."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from dealers.models import Branch
from listings.models import Listing
from tests import make
from tests.dealers.stock_api.caller import Caller, new

BREAK = """
    CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'out of order' USING ERRCODE = 'query_canceled';
    END $$;
    CREATE TRIGGER break_down BEFORE INSERT OR UPDATE ON listings_listing
        FOR EACH ROW WHEN (NEW.stock_ref = 'BREAK') EXECUTE FUNCTION break_down();
"""
MEND = "DROP TRIGGER break_down ON listings_listing; DROP FUNCTION break_down"


def send(api: Caller, *items: Any, **headers: str) -> Any:
    return api.post("batch/", {"items": list(items)}, **headers)


def statuses(answer: Any) -> list[int]:
    return [each["status"] for each in answer.json()["results"]]


@pytest.mark.django_db
def test_items_about_one_car_are_done_one_after_the_other(api: Caller, branch: Branch) -> None:
    make.model()  # a name that staff have confirmed
    answer = send(
        api,
        {"op": "create", "listing": new(stock_ref="A1", vrm="AB15 CDE")},
        {"op": "publish", "stock_ref": "A1"},
        {"op": "create", "listing": new(stock_ref="A1")},
        {"op": "create", "listing": new(stock_ref="A2", vrm="ab15cde")},
        {"op": "sell", "stock_ref": "A1"},
        {"op": "create", "listing": new(stock_ref="A3", vrm="AB15CDE")},
        {"op": "publish", "stock_ref": "A3"},
        {"op": "update", "stock_ref": "A3", "listing": {"stock_ref": "A4"}},
        {"op": "renew", "stock_ref": "A3"},
        {"op": "renew", "stock_ref": "A4"},
    )
    assert statuses(answer) == [201, 200, 409, 409, 200, 201, 200, 200, 404, 200]
    codes = [each["problem"] and each["problem"]["code"] for each in answer.json()["results"]]
    assert codes[2:4] == ["duplicate_stock_ref", "already_live"]
    found = Listing.objects.order_by("pk").values_list("stock_ref", "status")
    assert list(found) == [("A1", "sold"), ("A4", "live")]


@pytest.mark.django_db
def test_a_car_that_takes_the_mark_of_one_that_leaves_goes_on_sale(
    api: Caller, branch: Branch
) -> None:
    leaving = make.live(branch=branch, vrm="AB15CDE")
    coming = make.draft(branch=branch, vrm="AB15CDE")
    together = [{"op": "publish", "id": coming.pk}, {"op": "withdraw", "id": leaving.pk}]
    assert statuses(send(api, *together)) == [409, 200]
    make_way = [{"op": "publish", "id": leaving.pk}, {"op": "withdraw", "id": leaving.pk}]
    assert statuses(send(api, *make_way, together[0])) == [200, 200, 200]


@pytest.mark.django_db
def test_two_drafts_of_one_car_published_together_show_one(api: Caller, branch: Branch) -> None:
    first, second = (make.draft(branch=branch, vrm="AB15CDE") for _ in range(2))
    items = [{"op": "publish", "id": pk} for pk in (second.pk, first.pk)]
    results = send(api, *items).json()["results"]
    assert [each["status"] for each in results] == [200, 409]
    assert results[1]["problem"]["id"] == second.pk


@pytest.mark.django_db
def test_one_row_that_the_database_refuses_stops_no_other(api: Caller, branch: Branch) -> None:
    rows = [make.live(branch=branch, price=5_000) for _ in range(9)]
    items = [{"op": "update", "id": row.pk, "listing": {"price": 4_000}} for row in rows]
    items[4]["listing"] = {"price": 4_000, "admin_fee": 4_001}
    items[7]["listing"] = {"price": 4_000, "write_off": "b"}
    expected = [200] * 9
    expected[4], expected[7] = 400, 400
    assert statuses(send(api, *items)) == expected
    prices = dict(Listing.objects.values_list("pk", "price"))
    assert [prices[row.pk] for row in rows] == [5_000 if n in (4, 7) else 4_000 for n in range(9)]


@pytest.mark.django_db
def test_a_name_of_a_refused_advert_is_not_kept(api: Caller, branch: Branch) -> None:
    items = [
        {"op": "create", "listing": new(make="Zenvo", model="Aurora", vrm="no mark")},
        {"op": "create", "listing": new(make="Aixam", model="Coupe")},
        {"op": "create", "listing": new()},
    ]
    assert statuses(send(api, *items)) == [400, 201, 201]
    names = set(Listing.objects.values_list("make__name", flat=True))
    assert names == {"Aixam", "Land Rover"}
    assert not type(make.make()).objects.filter(name="Zenvo").exists()


@pytest.fixture
def breakable(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(BREAK)
    yield
    with connection.cursor() as cursor:
        cursor.execute(MEND)


def test_where_the_database_fails_what_was_done_before_stands(
    breakable: None, api: Caller, branch: Branch
) -> None:
    items = [
        {"op": "create", "listing": new(stock_ref="A1")},
        {"op": "update", "stock_ref": "A1", "listing": {"stock_ref": "BREAK"}},
        {"op": "publish", "stock_ref": "BREAK"},
    ]
    assert statuses(send(api, *items)) == [201, 503, 503]
    assert list(Listing.objects.values_list("stock_ref", "status")) == [("A1", "draft")]


def test_where_the_database_fails_nothing_done_with_it_is_told_as_done(
    breakable: None, api: Caller, branch: Branch
) -> None:
    refs = ("A1", "BREAK", "A2")
    items = [{"op": "create", "listing": new(stock_ref=ref)} for ref in refs]
    assert statuses(send(api, *items)) == [503, 503, 503]
    assert not Listing.objects.exists()


def test_with_a_key_a_batch_that_fails_leaves_nothing(
    breakable: None, api: Caller, branch: Branch
) -> None:
    items = [
        {"op": "create", "listing": new(stock_ref="A1")},
        {"op": "update", "stock_ref": "A1", "listing": {"stock_ref": "BREAK"}},
    ]
    assert send(api, *items, idempotency_key="k1").status_code == 503
    assert not Listing.objects.exists()
