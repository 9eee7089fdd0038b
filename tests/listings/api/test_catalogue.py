"""Buyers choose a make and a model."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/makes/"


def test_makes_come_by_name_with_how_many_are_live(client: Client) -> None:
    make.live()
    make.live()
    make.draft()
    make.make("Audi")
    make.make("Ladn Rover", confirmation="pending")
    assert client.get(URL).json() == {
        "results": [
            {
                "name": "Audi",
                "slug": "audi",
                "live_count": 0,
                "models_url": "http://testserver/api/v1/makes/audi/models/",
            },
            {
                "name": "Land Rover",
                "slug": "land-rover",
                "live_count": 2,
                "models_url": "http://testserver/api/v1/makes/land-rover/models/",
            },
        ]
    }


def test_capitals_do_not_change_the_order(client: Client) -> None:
    brands = [make.make(name) for name in ("smart", "MINI", "Mazda", "Volvo")]
    for name in ("iX", "M4", "I3"):
        make.model(name, brands[0])
    names = [each["name"] for each in client.get(URL).json()["results"]]
    assert names == ["Mazda", "MINI", "smart", "Volvo"]
    models = client.get(f"{URL}smart/models/").json()["results"]
    assert [each["name"] for each in models] == ["I3", "iX", "M4"]


def test_models_of_a_make_come_by_name_with_how_many_are_live(client: Client) -> None:
    make.live()
    make.live(branch=make.branch(make.dealer(is_active=False)))
    make.model("Defender")
    make.model("Defendre", confirmation="pending")
    make.live(model=make.model("A3", make.make("Audi")))
    assert client.get(f"{URL}land-rover/models/").json() == {
        "results": [
            {"name": "Defender", "slug": "defender", "live_count": 0},
            {"name": "Range Rover", "slug": "range-rover", "live_count": 1},
        ]
    }


def test_models_of_a_make_that_is_not_confirmed_are_not_found(client: Client) -> None:
    make.make("Ladn Rover", confirmation="pending")
    for slug in ("ladn-rover", "nothing"):
        answer = client.get(f"{URL}{slug}/models/")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_catalogue_costs_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("Audi", "BMW", "Mini"):
        make.live(model=make.model("One", make.make(name)))
    with django_assert_num_queries(2):
        client.get(URL)
    with django_assert_num_queries(3):
        client.get(f"{URL}audi/models/")


def test_a_catalogue_takes_no_parameters(client: Client) -> None:
    answer = client.get(URL, {"q": "audi"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["q"])


def test_makes_and_models_are_found_by_a_part_of_the_name(client: Client) -> None:
    rover = make.make("Land Rover")
    make.model("Range Rover Sport", rover)
    make.model("Defender", rover)
    make.make("Rover")
    make.make("Audi")
    slugs = [each["slug"] for each in client.get(f"{URL}?name=ROVER").json()["results"]]
    assert slugs == ["land-rover", "rover"]
    models = client.get(f"{URL}land-rover/models/?name=sport").json()["results"]
    assert [each["slug"] for each in models] == ["range-rover-sport"]
    assert client.get(f"{URL}?name=100%25").json() == {"results": []}


def test_what_is_no_filter_of_makes_is_refused(client: Client) -> None:
    answer = client.get(f"{URL}?search=audi")
    assert answer.json()["fields"] == {"search": ["There is no such parameter. Did you mean name?"]}
