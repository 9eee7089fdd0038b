"""Buyers look at dealers."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/dealers/"


def names(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [dealer["name"] for dealer in body["results"]]


def test_a_dealer_has_its_branches_and_how_many_adverts_are_live(client: Client) -> None:
    dealer = make.dealer("Northern Cars", phone="0113 496 0000", email="notices@example.com")
    leeds = make.branch(dealer, name="Leeds", town="Leeds", latitude=53.8, longitude=-1.5)
    make.live(branch=leeds)
    make.draft(branch=leeds)
    answer = client.get(f"{URL}northern-cars/")
    assert answer.json() == {
        "name": "Northern Cars",
        "slug": "northern-cars",
        "url": "http://testserver/api/v1/dealers/northern-cars/",
        "phone": "0113 496 0000",
        "website": None,
        "live_count": 1,
        "branches": [
            {
                "name": "Leeds",
                "address": "",
                "town": "Leeds",
                "postcode": "LS1 4AP",
                "latitude": 53.8,
                "longitude": -1.5,
                "phone": "",
                "opening_hours": None,
            }
        ],
    }


def test_a_suspended_dealer_is_not_found(client: Client) -> None:
    make.dealer("Gone", is_active=False)
    assert client.get(f"{URL}gone/").status_code == 404
    assert names(client.get(URL).json()) == []


def test_dealers_come_by_name_a_page_at_a_time(client: Client) -> None:
    for name in ("Cars 4 You", "Avenue", "Bridge", "Dale", "Elm"):
        make.dealer(name)
    first = client.get(URL, {"page_size": "2"}).json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert names(first) == ["Avenue", "Bridge"]
    assert names(second) == ["Cars 4 You", "Dale"]
    assert names(third) == ["Elm"]
    assert (first["previous"], third["next"]) == (None, None)
    back = client.get(third["previous"]).json()
    assert names(back) == names(second)
    assert names(client.get(back["previous"]).json()) == names(first)


def test_a_cursor_of_another_list_is_stale(client: Client) -> None:
    make.live()
    make.live()
    cursor = client.get("/api/v1/listings/", {"page_size": "1"}).json()["next_cursor"]
    answer = client.get(URL, {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "stale_cursor")


def test_dealers_cost_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        make.live()
    with django_assert_num_queries(2):
        body = client.get(URL).json()
    with django_assert_num_queries(2):
        client.get(body["results"][0]["url"])


def test_dealers_are_found_by_name_and_town(client: Client) -> None:
    north = make.dealer("Northern Cars")
    make.branch(north, name="Leeds", town="Leeds")
    make.branch(north, name="Leeds 2", town="Leeds")
    make.branch(make.dealer("Southern Cars"), town="Bristol")
    make.branch(make.dealer("Northern Gone", is_active=False), town="Leeds")
    for query, expected in {
        "name=north": ["Northern Cars"],
        "name=CARS": ["Northern Cars", "Southern Cars"],
        "town=LEEDS": ["Northern Cars"],
        "town=lee": [],
        "name=south&town=leeds": [],
        "name=": ["Northern Cars", "Southern Cars"],
    }.items():
        assert names(client.get(f"{URL}?{query}").json()) == expected, query


def test_a_cursor_belongs_to_the_filters_it_was_made_for(client: Client) -> None:
    for name in ("A Cars", "B Cars", "C Vans"):
        make.branch(make.dealer(name))
    first = client.get(f"{URL}?name=cars&page_size=1").json()
    second = client.get(first["next"]).json()
    assert (names(first), names(second), second["next"]) == (["A Cars"], ["B Cars"], None)
    answer = client.get(f"{URL}?page_size=1&cursor={first['next_cursor']}")
    assert (answer.status_code, answer.json()["code"]) == (400, "stale_cursor")


def test_a_name_that_cannot_be_looked_for_is_refused(client: Client) -> None:
    for query in ("name=%00", "name=" + "x" * 121, "town=a&town=b"):
        answer = client.get(f"{URL}?{query}")
        assert answer.status_code == 400, query
        assert list(answer.json()["fields"]) == [query.split("=")[0]]
