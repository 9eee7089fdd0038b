"""A query string that is not understood is refused by name."""

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"


def refusal(client: Client, query: str) -> dict[str, list[str]]:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 400
    assert len(answer.content) < 2_000
    fields: dict[str, list[str]] = body["fields"]
    return fields


def test_an_unknown_parameter_is_named_with_the_nearest_known(client: Client) -> None:
    assert refusal(client, "pricemax=5000") == {
        "pricemax": ["There is no such parameter. Did you mean price_max?"]
    }


def test_an_unknown_value_is_named_with_the_allowed_ones(client: Client) -> None:
    assert refusal(client, "transmission=semi") == {
        "transmission": ["'semi' is not one of none, manual, automatic."]
    }


def test_a_slug_that_names_nothing_is_refused(client: Client) -> None:
    make.live()
    make.dealer("Northern Cars")
    assert refusal(client, "make=land-rovr&model=x&dealer=northern-car") == {
        "make": ["There is no make 'land-rovr'. Did you mean 'land-rover'?"],
        "model": ["There is no model 'x'."],
        "dealer": ["There is no dealer 'northern-car'. Did you mean 'northern-cars'?"],
    }


def test_a_model_of_another_make_is_refused(client: Client) -> None:
    make.live()
    make.model("A3", make.make("Audi"))
    assert list(refusal(client, "make=audi&model=range-rover")) == ["model"]


def test_a_suspended_dealer_cannot_be_asked_for(client: Client) -> None:
    make.dealer("Gone", is_active=False)
    assert list(refusal(client, "dealer=gone")) == ["dealer"]


def test_a_reversed_range_is_refused(client: Client) -> None:
    assert refusal(client, "price_min=5000&price_max=4000") == {
        "price_min": ["price_min (5000) is above price_max (4000)."]
    }


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("price_max=cheap", "price_max"),
        ("price_max=1e4", "price_max"),
        ("price_max=NaN", "price_max"),
        ("price_max=-1", "price_max"),
        ("price_max=99999999999999999999999", "price_max"),
        ("price_max=" + "9" * 10_000, "price_max"),
        ("price_max=%00", "price_max"),
        ("price_max=1&price_max=2", "price_max"),
        ("price_max=%D9%A1", "price_max"),
        ("year_min=1800", "year_min"),
        ("doors=five", "doors"),
        ("fuel=,", "fuel"),
        ("doors=4,x", "doors"),
        ("make=%00", "make"),
        ("make=Land Rover", "make"),
        ("make=" + "a" * 10_000, "make"),
        ("make=" + ",".join(f"m{n}" for n in range(60)), "make"),
        ("fuel=diesel%0A", "fuel"),
        ("fuel=" + "diesel" * 2_000, "fuel"),
        ("reduced=1", "reduced"),
        ("added_within_days=0", "added_within_days"),
        ("ordering=cheapest", "ordering"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("count=all", "count"),
        ("cursor=%00", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=" + "a" * 10_000, "cursor"),
        ("a" * 10_000 + "=1", "a" * 60 + "…"),
        ("%00=1", "�"),
        ("format=json", "format"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(client: Client, query: str, name: str) -> None:
    assert list(refusal(client, query)) == [name]


def test_more_parameters_than_are_read_are_refused(client: Client) -> None:
    answer = client.get(f"{URL}?" + "&".join(f"a{n}=1" for n in range(2_000)))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_parameter_without_a_value_counts_as_absent(client: Client) -> None:
    make.live()
    answer = client.get(f"{URL}?price_min=&make=&fuel=&cursor=&count=&ordering=")
    assert (answer.status_code, len(answer.json()["results"])) == (200, 1)


def test_several_faults_are_told_at_once(client: Client) -> None:
    assert set(refusal(client, "price_max=x&fuel=steam&count=all")) == {
        "price_max",
        "fuel",
        "count",
    }
