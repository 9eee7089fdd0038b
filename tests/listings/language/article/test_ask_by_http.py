"""An article sent over HTTP, and the adverts it gets."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from listings.catalogue import load_seed
from listings.models import Model
from tests import make
from tests.seed import CARS, nine
from tests.websites import Page, running

pytestmark = pytest.mark.django_db
URL = "/api/v1/editorial/match/"
SEED_TITLE = "JLR's talks with Envision AESC could lead to new UK gigafactory"
SEED_LIKE = """The deal would bring cells for electric Range Rover and Land Rover models.
The battery supplier and Jaguar Land Rover are in talks, according to a newspaper. The firm plans to
put six electric models on the road, and a partnership could lead to a new factory for batteries.
Car Review
Range Rover
Read our full road test review
As for Land Rover, it is set to launch the electric Range Rover in 2024. The maker aims to offer an
electric powertrain on every model, with the next Range Rover Evoque on a platform of its own.
Latest Drives
Audi R8 V10 RWD Performance 2022 UK review
Bugatti Chiron Super Sport 2022 review
Dacia Jogger 2022 UK review
View all latest drives"""


ABOUT_A_MAKER = {
    "title": "Volvo drops its last diesel",
    "text": "Volvo has built its last diesel. The maker says that its new models are hybrid or"
    " electric, and that Volvo dealers have few diesel cars left to sell. The range starts with a"
    " small SUV at £33,000.",
}
ABOUT_AN_EV3 = (
    "The Kia EV3 is an electric SUV with a battery of 81kWh and a range of 375 miles. It has a good"
    " cabin, and a boot of 460 litres."
)


@pytest.fixture(autouse=True)
def _shipped() -> None:
    load_seed()


def ask(client: Client, content_type: str = "application/json", **article: Any) -> Any:
    return client.post(URL, json.dumps(article), content_type=content_type)


def test_the_first_page_gets_its_nine_adverts_in_their_order(client: Client) -> None:
    nine()
    make.live(model=Model.objects.get(make__slug="audi", slug="a3"), price=9_000)

    answer = ask(client, title=SEED_TITLE, text=SEED_LIKE, tags=["JLR"])

    assert answer.status_code == 200
    found = answer.json()
    assert [(each["name"], each["model"]) for each in found["models"]] == [
        ("Land Rover Range Rover", "range-rover")
    ]
    assert found["models"][0]["words"][0] == {"text": "Range Rover", "part": "card", "count": 1}
    assert 0 < found["models"][0]["score"] < 1
    assert found["criteria"] == {"make": ["land-rover"], "model": ["range-rover"]}
    assert [(each["price"], each["mileage"]) for each in found["adverts"]] == [
        (price, mileage) for _, _, price, mileage, _ in CARS
    ]


def test_an_article_about_nothing_gets_nothing(client: Client) -> None:
    nine()

    answer = ask(client, title="Local golf club opens its course", text="Golf for all.")

    assert answer.json() == {"models": [], "criteria": None, "adverts": []}


def test_a_maker_is_searched_for_without_a_model(client: Client) -> None:
    answer = ask(client, **ABOUT_A_MAKER)

    assert answer.json()["models"][0]["model"] is None
    assert answer.json()["criteria"] == {"make": ["volvo"]}


def test_a_site_may_ask_for_fewer_answers_and_fewer_wrong_ones(client: Client) -> None:
    assert ask(client, **ABOUT_A_MAKER, strictness=0.1).json()["models"][0]["make"] == "volvo"
    assert ask(client, **ABOUT_A_MAKER, strictness=1).json()["models"] == []
    assert ask(client, **ABOUT_A_MAKER, strictness=2).json()["code"] == "invalid"
    assert ask(client, **ABOUT_A_MAKER, strictness=False).json()["code"] == "invalid"
    assert ask(client, **ABOUT_A_MAKER, strictness="0.5").json()["code"] == "invalid"


def test_two_cars_are_searched_for_together(client: Client) -> None:
    text = "The Picanto is cheap to run, the i10 has a better cabin. Both have a petrol engine."

    answer = ask(client, title="Kia Picanto or Hyundai i10?", text=text)

    assert answer.json()["criteria"] == {"make": ["hyundai", "kia"], "model": ["i10", "picanto"]}


def test_a_search_that_would_find_a_third_car_is_for_the_first_alone(client: Client) -> None:
    text = "Two cars: the Mazda 3 has a petrol engine, the Polestar 2 a battery."

    answer = ask(client, title="Mazda 3 v Polestar 2", text=text)

    assert [each["name"] for each in answer.json()["models"]] == ["Mazda 3", "Polestar 2"]
    assert answer.json()["criteria"] == {"make": ["mazda"], "model": ["3"]}


def test_a_browser_on_another_origin_may_ask_without_leave(client: Client) -> None:
    answer = client.post(
        URL,
        json.dumps({"title": "Kia EV3 review", "text": ABOUT_AN_EV3}),
        content_type="text/plain;charset=UTF-8",
        headers={"Origin": "https://news.example"},
    )

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["models"][0]["name"] == "Kia EV3"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[]", 400, "invalid"),
        (b"{", 400, "parse_error"),
        (b'{"txt": "Ford"}', 400, "invalid"),
        (b'{"text": "' + b"x" * 200_000 + b'"}', 413, "too_large"),
    ],
)
def test_what_is_no_article_is_refused(client: Client, body: bytes, status: int, code: str) -> None:
    answer = client.post(URL, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_page_of_an_allowed_site_is_fetched(client: Client, settings: Settings) -> None:
    html = f"<title>Kia EV3 review</title><p>{ABOUT_AN_EV3}".encode()
    with running() as site:
        site.pages["/a"] = Page(html, headers={"Content-Type": "text/html"})
        settings.FETCH_ALLOWED_HOSTS = [site.host]
        settings.EDITORIAL_SITES = ["127.0.0.1"]

        answer = ask(client, url=site.url("/a"))

    assert answer.json()["criteria"] == {"make": ["kia"], "model": ["ev3"]}


def test_a_page_of_any_other_site_is_not_fetched(client: Client, settings: Settings) -> None:
    settings.EDITORIAL_SITES = ["example.com"]
    with running() as site:
        for url in (site.url("/a"), "https://notexample.com/", "http://[", "file:///etc/passwd"):
            answer = ask(client, url=url)
            assert (answer.status_code, answer.json()["code"]) == (403, "page_not_allowed")
        assert site.asked == []


def test_an_allowed_name_that_leads_inside_is_refused(client: Client, settings: Settings) -> None:
    settings.EDITORIAL_SITES = ["localhost"]

    answer = ask(client, url="http://localhost/")

    assert answer.json()["code"] == "fetch_refused"


def test_the_address_of_an_article_that_is_sent_is_not_fetched(client: Client) -> None:
    answer = ask(client, title="Kia EV3 review", text="A car.", url="https://news.example/kia")

    assert answer.status_code == 200
