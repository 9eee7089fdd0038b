"""A dealer's system reads the stock: lists, pages, single adverts, look-ups."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dealers.models import Branch
from listings.choices import Fuel, Status
from tests import make
from tests.dealers.stock_api.caller import Caller, item

pytestmark = pytest.mark.django_db


def test_the_list_has_every_status_newest_first(api: Caller, branch: Branch) -> None:
    draft = make.draft(branch=branch)
    live = make.live(branch=branch)
    gone = make.draft(branch=branch, status=Status.WITHDRAWN)
    body = api.get("?count=exact").json()
    assert [each["id"] for each in body["results"]] == [gone.pk, live.pk, draft.pk]
    assert body["count"] == 3
    assert [each["allowed_actions"] for each in body["results"]] == [
        ["publish"],
        ["renew", "reserve", "sell", "withdraw"],
        ["publish"],
    ]


def test_the_filters_of_the_public_search_and_its_own_narrow_the_list(
    api: Caller, branch: Branch
) -> None:
    cheap = make.draft(branch=branch, price=5_000, stock_ref="A1")
    dear = make.live(branch=branch, price=50_000, fuel=Fuel.PETROL, stock_ref="B 2")
    for query, expected in {
        "price_max=6000": [cheap],
        "fuel=petrol": [dear],
        "make=land-rover&model=range-rover": [dear, cheap],
        "status=draft": [cheap],
        "status=draft,live": [dear, cheap],
        "status=sold": [],
        "stock_ref=A1": [cheap],
        f"stock_ref={quote('B 2')}&stock_ref=A1": [dear, cheap],
        "text=vogue&price_min=10000": [dear],
        "dealer=northern-cars": [dear, cheap],
    }.items():
        results = api.get(f"?{query}").json()["results"]
        assert [each["id"] for each in results] == [row.pk for row in expected], query


@pytest.mark.parametrize(
    "query",
    [
        *("status=gone", "price_min=9&price_max=3", "ordering=distance", "cursor=x", "make=x"),
        "prefer=bose",
    ],
)
def test_values_that_mean_nothing_are_refused(api: Caller, query: str) -> None:
    answer = api.get(f"?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "ordering", ["newest", "-newest", "price", "-price,year", "mileage,-price"]
)
def test_pages_follow_each_other_both_ways(api: Caller, branch: Branch, ordering: str) -> None:
    for price in (None, 3_000, 1_000, None, 2_000, 1_000, 4_000):
        make.draft(branch=branch, price=price, mileage=price or 5)
    everything = api.get(f"?ordering={ordering}").json()["results"]
    pages, url = [], f"?ordering={ordering}&page_size=3"
    while url:
        page = api.get(url).json()
        pages.append([each["id"] for each in page["results"]])
        url = page["next"] and page["next"].split("/stock/")[1]
    assert [pk for page in pages for pk in page] == [each["id"] for each in everything]
    assert [len(page) for page in pages] == [3, 3, 1]
    back = page["previous"].split("/stock/")[1]
    assert [each["id"] for each in api.get(back).json()["results"]] == pages[1]


def test_a_cursor_belongs_to_its_question(api: Caller, branch: Branch) -> None:
    for _ in range(2):
        make.draft(branch=branch)
    cursor = api.get("?page_size=1").json()["next_cursor"]
    assert api.get(f"?page_size=1&cursor={cursor}").status_code == 200
    stale = api.get(f"?status=draft&cursor={cursor}")
    assert (stale.status_code, stale.json()["code"]) == (400, "stale_cursor")


def test_the_list_costs_the_same_queries_however_long_it_is(
    api: Caller, branch: Branch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.get()  # notes the use of the key
    for _ in range(3):
        make.draft(branch=branch)
    with django_assert_num_queries(3):  # key, page, photos
        api.get()


def test_an_advert_is_read_by_id_and_by_reference(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch, stock_ref="A-1.b", vrm="AB15CDE", vin="1M8GDM9AXKP042788")
    by_id, by_ref = api.get(item(listing)), api.get("by-ref/A-1.b/")
    assert by_id.json() == by_ref.json()
    body = by_id.json()
    assert (body["vrm"], body["vin"]) == ("AB15CDE", "1M8GDM9AXKP042788")
    assert body["listing_url"] == f"http://testserver/api/v1/listings/{listing.pk}/"
    assert api.get("by-ref/A-2/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_unchanged_advert_is_not_sent_again(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch)
    etag = api.get(item(listing))["ETag"]
    again = api.get(item(listing), if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    api.patch(item(listing), {"price": 30_001})
    changed = api.get(item(listing), if_none_match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


@pytest.mark.django_db(transaction=True)
def test_the_etag_changes_with_what_the_clock_allows(
    api: Caller, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = make.live(branch=branch)
    before = api.get(item(live))
    assert before.json()["allowed_actions"] == ["renew", "reserve", "sell", "withdraw"]
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    after = api.get(item(live), if_none_match=before["ETag"])
    assert after.json()["allowed_actions"] == ["renew", "sell", "withdraw"]
    assert after["ETag"] != before["ETag"]


def test_a_car_is_found_by_its_mark_whatever_its_status(api: Caller, branch: Branch) -> None:
    sold = make.draft(branch=branch, vrm="AB15CDE", status=Status.WITHDRAWN)
    live = make.live(branch=branch, vrm="AB15CDE")
    make.live(branch=branch, vrm="AB16CDE")
    answer = api.post("lookup/", {"vrm": "ab15 cde"})
    assert [each["id"] for each in answer.json()["results"]] == [live.pk, sold.pk]


def test_a_mark_that_is_none_is_refused_without_being_repeated(api: Caller) -> None:
    answer = api.post("lookup/", {"vrm": "SECRET PLATE"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_vrm")
    assert "SECRET" not in answer.content.decode()
    assert api.get("lookup/").status_code == 405
