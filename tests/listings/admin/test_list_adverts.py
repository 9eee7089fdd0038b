"""The list of adverts: what it shows, finds and costs."""

import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/listings/listing/"


def shown(response: Any) -> set[int]:
    return {row.pk for row in response.context["cl"].result_list}


def search(client: Client, term: str, **filters: str) -> Any:
    return client.post(f"{LIST}search/", {"q": term, **filters}, follow=True)


def test_a_row_shows_what_staff_need(admin: Client) -> None:
    make.live(vrm="AB15CDE", stock_ref="S1")
    page = admin.get(LIST).content.decode()
    for text in ("Land Rover Range Rover 3.0 TDV6", "AB15 CDE", "£33,999", "72,253", "in 29 d"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("price_from=20000", {"dear", "new"}),
        ("price_to=20000", {"cheap"}),
        ("price_from=10,000&price_to=20000", {"cheap"}),
        ("mileage_from=50000", {"cheap"}),
        ("year_from=2020", {"new"}),
        ("status__exact=draft", {"new"}),
        ("status__exact=draft&status__exact=live", {"cheap", "dear", "new"}),
        ("fuel__exact=petrol", {"cheap"}),
        ("transmission__exact=manual", {"dear"}),
        ("missing=photos", {"cheap", "dear", "new"}),
        ("missing=price", set()),
        ("reserved=yes", set()),
        ("reserved=no", {"cheap", "dear", "new"}),
        ("expires=7", set()),
        ("price_from=99999999999999999999", set()),
    ],
)
def test_filters_narrow_the_list(admin: Client, query: str, found: set[str]) -> None:
    rows = {
        "cheap": make.live(price=15_000, mileage=90_000, fuel="petrol"),
        "dear": make.live(price=40_000, mileage=10_000, transmission="manual"),
        "new": make.draft(price=60_000, mileage=10, year=2024),
    }
    assert shown(admin.get(f"{LIST}?{query}")) == {rows[name].pk for name in found}


@pytest.mark.parametrize("query", ["price_from=abc", "price_from=NaN", "mileage_to=1e3"])
def test_a_range_that_is_no_number_is_refused(admin: Client, query: str) -> None:
    make.live()
    assert admin.get(f"{LIST}?{query}")["Location"].endswith("?e=1")


@pytest.mark.parametrize("typed", ["AB15CDE", "ab15cde", "AB15 CDE", " a b1-5c De "])
def test_a_mark_is_found_in_any_spacing(admin: Client, typed: str) -> None:
    wanted = make.live(vrm="AB15CDE")
    make.live(vrm="XY65ZZZ")
    assert shown(search(admin, typed)) == {wanted.pk}


@pytest.mark.parametrize("typed", ["rover vogue", "VOGUE", "S-77", "  TDV6  4dr"])
def test_words_of_the_title_and_the_stock_reference_find_an_advert(
    admin: Client, typed: str
) -> None:
    wanted = make.live(stock_ref="S-77")
    make.live(derivative="Autobiography", stock_ref="S-78")
    assert shown(search(admin, typed)) == {wanted.pk}


def test_no_address_and_no_log_carries_what_was_searched(
    admin: Client, caplog: pytest.LogCaptureFixture
) -> None:
    make.live(vrm="AB15CDE")
    caplog.set_level(logging.DEBUG)
    response = search(admin, "AB15 CDE", status__exact="live", o="4")
    (target, status), *_ = response.redirect_chain
    query = parse_qs(urlsplit(target).query)
    assert status == 302
    assert query.keys() == {"q", "status__exact", "o"}
    page = response.content.decode()
    addresses = [part.split('"')[0] for part in page.split('href="')[1:]]
    requests = [record.getMessage() for record in caplog.records if "sql" not in record.name]
    for text in (target, *addresses, *requests):
        assert "AB15" not in text.upper()
    assert 'value="AB15 CDE"' in page
    assert f'method="post" action="{LIST}search/"' in page
    assert len(shown(response)) == 1


def test_a_key_of_somebody_else_finds_nothing_and_says_so(admin: Client) -> None:
    make.live()
    response = admin.get(f"{LIST}?q=AB15CDE")
    assert shown(response) == set()
    assert "Please search again" in response.content.decode()


def test_an_empty_search_shows_everything(admin: Client) -> None:
    listing = make.live()
    response = search(admin, "  ")
    assert shown(response) == {listing.pk}
    assert response.redirect_chain[0][0] == LIST


def test_searching_by_address_is_not_offered(admin: Client) -> None:
    assert admin.get(f"{LIST}search/").status_code == 405


@pytest.mark.parametrize("lookup", ["vrm", "vrm__exact", "vin__startswith"])
def test_a_mark_in_the_address_is_refused(admin: Client, lookup: str) -> None:
    assert admin.get(f"{LIST}?{lookup}=AB15CDE").status_code == 400


@pytest.mark.parametrize("term", ["x" * 10_000, "%", "'; --", "£€😀"])
def test_odd_searches_find_nothing(admin: Client, term: str) -> None:
    make.live()
    assert search(admin, f"zz{term}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_rows(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert admin.get(LIST).status_code == 200
        return len(seen)

    make.live()
    before = queries()
    for _ in range(12):
        make.live()
    assert queries() == before == 5


def test_counting_stops_where_a_person_narrows_the_list(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listings.admin.paginator.BoundedPaginator.count_max", 2)
    for _ in range(3):
        make.live()
    response = admin.get(LIST)
    assert "More than 2" in response.content.decode()
    assert Listing.objects.count() == 3
