"""Somebody asks what a car is worth, in whatever words, without a script."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from listings.pages.typed_car import MILES_A_YEAR, TypedCar, typed_car
from tests import make

pytestmark = pytest.mark.django_db
URL = "/value/"


@pytest.fixture(autouse=True)
def _names(settings: Settings) -> None:
    settings.PUBLIC_VALUATIONS = True
    ford = make.make("Ford")
    make.model("Fiesta", ford)
    make.model("Focus", ford)
    make.model("3 Series", make.make("BMW"), slug="3-series")


def read(**fields: str) -> TypedCar:
    posted = QueryDict(mutable=True)
    posted.update(fields)
    return typed_car(posted)


def text(page: str) -> str:
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def test_the_page_is_there_only_where_it_is_switched_on(client: Client, settings: Settings) -> None:
    assert client.get(URL).status_code == 200
    settings.PUBLIC_VALUATIONS = False
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"car": "Ford Fiesta", "year": "2018"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"car": "Ford Fiesta 1.0 EcoBoost Zetec 5dr", "year": "2018", "mileage": "41,000"},
            {"year": 2018, "mileage": 41_000, "doors": 5, "engine_cc": 1_000},
        ),
        ({"car": "fiesta", "year": "18", "mileage": "41k"}, {"year": 2018, "mileage": 41_000}),
        ({"car": "Frod Fiesta", "year": "68 plate", "mileage": "40000 miles"}, {"year": 2018}),
        ({"car": "2018 Ford Focus", "mileage": "9.5k"}, {"year": 2018, "mileage": 9_500}),
        ({"car": "bmw 320d automatic", "year": "03/2019", "mileage": "0"}, {"year": 2019}),
        (
            {"car": "Ford Fiesta", "year": "2020", "mileage": "1", "fuel": "diesel"},
            {"fuel": "diesel", "mileage": 1},
        ),
        ({"car": "Ford Fiesta", "year": "2020", "mileage": "1", "fuel": "coal"}, {"fuel": None}),
    ],
)
def test_a_car_is_read_as_people_write_it(fields: dict[str, str], expected: dict[str, Any]) -> None:
    typed = read(**fields)
    assert typed.faults == {}
    assert typed.understood
    assert {name: getattr(typed.understood.car, name) for name in expected} == expected
    assert typed.notes == []


@pytest.mark.parametrize("miles", ["", "many", "9999999", "-3", "1" * 5_000])
def test_miles_that_cannot_be_read_are_assumed_and_told(miles: str) -> None:
    typed = read(car="Ford Fiesta", year="2020", mileage=miles)
    assert typed.understood
    assert typed.understood.car.mileage == MILES_A_YEAR * (timezone.localdate().year - 2020)
    assert len(typed.notes) == 1
    assert "8,000 a year" in typed.notes[0]


@pytest.mark.parametrize("year", ["", "old", "1066", "2999", "9" * 5_000, "50"])
def test_a_year_that_is_none_is_asked_for_beside_its_field(client: Client, year: str) -> None:
    answer = client.post(URL, {"car": "Ford Fiesta", "year": year, "mileage": "41,000"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'aria-describedby="problem-year"' in page
    assert "Give the year of first registration" in text(page)
    assert 'value="41,000"' in page


def test_a_make_alone_offers_its_models(client: Client) -> None:
    page = client.post(URL, {"car": "ford", "year": "2018"}).content.decode()
    assert "Which Ford is it?" in text(page)
    assert re.findall(r'name="car" value="([^"]+)"', page) == ["ford", "Ford Fiesta", "Ford Focus"]


def test_words_that_are_no_car_come_back_as_they_were(client: Client) -> None:
    for typed in ("", "a <b>red</b> one", "x" * 5_000, "\u2028\u0130"):
        answer = client.post(URL, {"car": typed, "year": "2018"})
        assert answer.status_code == 400
        page = answer.content.decode()
        assert "Give make, model" in text(page)
        assert "<b>red</b>" not in page


def test_without_a_market_the_page_says_so_and_leads_on(client: Client) -> None:
    answer = client.post(URL, {"car": "Ford Fiesta", "year": "2018", "mileage": "41,000"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    page = answer.content.decode()
    assert "We cannot say what it is worth" in text(page)
    assert 'href="/cars/?make=ford&amp;model=fiesta"' in page


def test_one_network_asks_only_so_often(client: Client, settings: Settings) -> None:
    settings.VALUATIONS_PER_MINUTE = 2
    asked = {"car": "Ford Fiesta", "year": "2018"}
    statuses = [client.post(URL, asked).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get(URL).status_code == 200
