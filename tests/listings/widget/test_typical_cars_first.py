"""With `ordering=typical` a block begins near the middle of price and age, not with the wreck."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
CASES = tomllib.loads(Path(__file__).with_name("editors_choices.toml").read_text())["article"]
SHOWN = 6


def ask(client: Client, query: str) -> Any:
    answer = client.get(f"/api/v1/widget/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def prices(client: Client, query: str) -> list[int | None]:
    return [each["price"] for each in ask(client, query)["adverts"]]


def test_cars_near_the_middle_of_price_and_year_come_first(client: Client) -> None:
    for price, year in ((900, 2003), (9_500, 2015), (10_000, 2009), (10_500, 2016), (40_000, 2024)):
        make.live(price=price, year=year)
    make.live(price=None, year=2015)
    typical = [9_500, 10_500, 10_000, 900, 40_000, None]
    assert prices(client, "ordering=typical") == typical
    assert prices(client, "limit=2&ordering=typical") == typical[:2]
    assert prices(client, "ordering=typical&price_max=10200") == [10_000, 9_500, 900]
    answer = ask(client, "ordering=typical")
    assert answer["note"] == "Typical price and age first."
    assert answer["all_url"] == "http://testserver/cars/"


def test_wider_cars_are_near_the_middle_of_those_asked_for(client: Client) -> None:
    make.live(price=10_000, year=2015)
    other = make.model("Evoque")
    for price in (1_000, 10_400, 30_000):
        make.live(model=other, price=price, year=2015)
    query = "make=land-rover&model=range-rover&ordering=typical"
    assert prices(client, query) == [10_000, 10_400, 1_000, 30_000]
    assert ask(client, query)["all_url"].endswith("/cars/?make=land-rover&model=range-rover")


def test_cars_without_any_price_are_shown_as_ever(client: Client) -> None:
    make.live(price=None)
    assert prices(client, "ordering=typical") == [None]


def test_it_stands_alone_and_only_blocks_have_it(client: Client) -> None:
    make.live()
    answer = client.get("/api/v1/widget/?ordering=typical,price")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/widget/?ordering=typical")
    assert client.get("/api/v1/listings/?ordering=typical").status_code == 400
    for path in ("fragment", "frame"):
        assert client.get(f"/widget/{path}/?ordering=typical").status_code == 200


def test_an_editor_would_choose_more_of_them_than_of_the_cheapest(client: Client) -> None:
    """The articles and what suits them were written before the order was tried on any of them."""
    chosen = {"price": 0, "typical": 0}
    for number, case in enumerate(CASES):
        model = make.model(f"Model {number}", make.make(f"Make {number}"))
        for year, price, mileage in case["stock"]:
            make.live(model=model, year=year, price=price, mileage=mileage)
        for ordering in chosen:
            query = f"limit={SHOWN}&make=make-{number}&model=model-{number}&ordering={ordering}"
            adverts = client.get(f"/api/v1/widget/?{query}", follow=True).json()["adverts"]
            chosen[ordering] += sum(suits(case, each) for each in adverts)
    shown = SHOWN * len(CASES)
    print(f"of {shown} cars an editor would choose {chosen}")  # noqa: T201 - the record quotes it
    assert chosen["typical"] > chosen["price"]


def suits(case: dict[str, Any], advert: dict[str, Any]) -> bool:
    (first, last), (low, high) = case["years"], case["prices"]
    return bool(first <= advert["year"] <= last and low <= advert["price"] <= high)
