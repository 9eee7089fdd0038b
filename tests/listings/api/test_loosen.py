"""A search that finds few cars tells what else there is, on request."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from listings.choices import BodyType, Colour, Equipment
from listings.models import Listing, Outcode
from listings.search.relaxation import SEARCHES_MAX
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"


def loosen(client: Client, **query: Any) -> Any:
    answer = client.get(URL, {"include": "loosen", **query})
    assert answer.status_code == 200, answer.content
    return answer.json()["loosen"]


def options(body: Any) -> dict[str, int]:
    return {each["label"]: each["count"] for each in body["options"]}


def misses(body: Any) -> list[tuple[int, str]]:
    return [(each["id"], each["misses"]["text"]) for each in body["nearest"]]


def test_each_filter_can_be_given_up_alone(client: Client) -> None:
    blue = make.live(colour=Colour.BLUE, fuel="petrol", price=9_000)
    red = make.live(colour=Colour.RED, fuel="diesel", price=9_000)
    make.live(colour=Colour.BLUE, fuel="diesel", price=90_000)
    make.live(colour=Colour.RED, fuel="petrol", price=9_000)  # misses two
    body = loosen(client, colour="blue", fuel="diesel", price_max=10_000)
    assert options(body) == {"Any colour": 1, "Any fuel": 1, "Any higher price": 1}
    assert [each for each, _ in misses(body)][:2] == [red.pk, blue.pk]
    assert dict(misses(body))[red.pk] == "Another colour"


def test_a_limit_is_moved_out_by_one_sensible_step(client: Client) -> None:
    for price in (10_200, 12_500, 12_501, 40_000):
        make.live(price=price, year=2016, mileage=50_000)
    body = loosen(client, price_max=10_000)
    assert body["options"] == [
        {
            "parameters": ["price_max"],
            "label": "Up to £12,500",
            "step": True,
            "count": 2,
            "query": "include=loosen&price_max=12500",
        },
        {
            "parameters": ["price_max"],
            "label": "Any higher price",
            "step": False,
            "count": 4,
            "query": "include=loosen",
        },
    ]
    assert "Up to 60,000 miles" in options(loosen(client, mileage_max=49_000))
    assert "2015 or newer" in options(loosen(client, year_min=2017))
    assert "From £9,000" not in options(loosen(client, price_min=90_000))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"price_max": 9_000}, ["£1,000 more", "£3,000 more"]),
        ({"price_min": 20_000}, ["£8,000 less", "£10,000 less"]),
        ({"mileage_max": 39_999}, ["1 mile more", "20,001 miles more"]),
        ({"year_min": 2019}, ["1 year older", "3 years older"]),
        ({"year_max": 2014}, ["2 years newer", "4 years newer"]),
    ],
)
def test_the_nearest_cars_miss_a_limit_least(
    client: Client, query: dict[str, int], expected: list[str]
) -> None:
    make.live(price=12_000, mileage=40_000, year=2018)
    make.live(price=10_000, mileage=60_000, year=2016)
    assert [text for _, text in misses(loosen(client, **query))] == expected


def test_a_car_further_away_is_near_by_its_distance(client: Client) -> None:
    Outcode.objects.create(code="LS1", latitude=53.8, longitude=-1.55)
    far = make.live(branch=make.branch(latitude=51.5, longitude=-0.1))
    nearer = make.live(branch=make.branch(latitude=53.4, longitude=-1.5))
    body = loosen(client, near="LS1", within_miles=10)
    assert misses(body) == [(nearer.pk, "28 miles away"), (far.pk, "170 miles away")]
    assert options(body) == {"Any distance": 2}
    assert options(loosen(client, near="LS1", within_miles=20)) == {
        "Within 30 miles": 1,
        "Any distance": 2,
    }


def test_two_are_given_up_only_where_no_single_one_helps(client: Client) -> None:
    row = make.live(colour=Colour.RED, fuel="petrol", doors=3, body_type=BodyType.COUPE)
    query = {"colour": "blue", "fuel": "diesel", "doors": 3}
    body = loosen(client, **query)
    assert options(body) == {"Any colour, any fuel": 1}
    assert body["options"][0]["query"] == "doors=3&include=loosen"
    assert misses(body) == [(row.pk, "Another colour, another fuel")]
    body = loosen(client, **query, body_type="van", transmission="manual")
    assert options(body) == {"Any colour, any gearbox, any body type, any fuel": 1}


def test_names_keep_their_capitals_where_several_things_are_given_up(client: Client) -> None:
    make.model("A4", make.make("Audi"))
    make.live(model=make.model("A3", make.make("Audi")), colour=Colour.RED)
    make.live(model=make.model("A3", make.make("Audi")), colour=Colour.RED, doors=3)
    body = loosen(client, make="audi", model="a4", colour="blue", equipment="carplay", doors=3)
    assert options(body) == {"Without Apple CarPlay, any colour, any Audi": 1}


def test_a_make_goes_with_its_models_and_models_alone_leave_it(client: Client) -> None:
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    make.live(model=make.model("A4", make.make("Audi")), price=50_000)
    make.live(price=5_000)
    body = loosen(client, make="audi", model="a4", price_max=6_000)
    assert options(body) == {"Any higher price": 1, "Any Audi": 1, "Any make": 2}
    assert body["options"][-1]["parameters"] == ["make", "model"]
    assert [text for _, text in misses(body)] == ["Another model", "Another make", "£44,000 more"]


def test_every_car_comes_near_no_make(client: Client) -> None:
    make.model("Aventador", make.make("Lamborghini"))
    make.live()
    assert loosen(client, make="lamborghini", near="LS1") == {"options": [], "nearest": []}
    assert options(loosen(client, make="lamborghini", price_max=90_000)) == {"Any make": 1}
    assert loosen(client, make="lamborghini", model="aventador", prefer="v12")["nearest"] == []


def test_words_of_the_title_are_given_up_one_by_one(client: Client) -> None:
    make.live(derivative="2.0 GTI 5dr")
    body = loosen(client, text="gti,performance")
    assert options(body) == {"Any version": 1, "Without “performance” in the title": 1}
    assert [each["query"] for each in body["options"]] == [
        "include=loosen",
        "include=loosen&text=gti",
    ]
    assert options(loosen(client, text="gti,r")) == {
        "Any version": 1,
        "Without “r” in the title": 1,
    }
    assert misses(loosen(client, text="type,r"))[0][1] == "Another version"


def test_equipment_is_given_up_one_by_one(client: Client) -> None:
    make.live(equipment=Equipment.bits([Equipment.TOWBAR]))
    body = loosen(client, equipment="towbar,heated_seats")
    assert options(body) == {"Any equipment": 1, "Without heated seats": 1}
    assert misses(loosen(client, equipment="heated_seats")) == [
        (body["nearest"][0]["id"], "No heated seats named")
    ]


def test_what_words_say_is_dropped_and_the_other_words_stay(client: Client) -> None:
    make.live(fuel="petrol", price=9_000)
    body = loosen(client, q="diesel range rover under 10k")
    assert [(each["label"], each["query"]) for each in body["options"]] == [
        ("Any fuel", "drop=fuel&include=loosen&q=diesel+range+rover+under+10k")
    ]
    answer = client.get(f"{URL}?{body['options'][0]['query']}").json()
    assert len(answer["results"]) == 1
    assert [each["field"] for each in answer["understood"] if each["overridden"]] == ["fuel"]


def test_cars_found_are_not_shown_again_as_near(client: Client) -> None:
    found = make.live(colour=Colour.BLUE)
    other = make.live(colour=Colour.RED)
    body = loosen(client, colour="blue")
    assert options(body) == {"Any colour": 2}
    assert misses(body) == [(other.pk, "Another colour")]
    assert found.pk not in [each["id"] for each in body["nearest"]]


def test_cars_that_nobody_may_see_are_in_no_count(client: Client) -> None:
    make.live(colour=Colour.RED, status="withdrawn")
    assert loosen(client, colour="blue") == {"options": [], "nearest": []}


def test_it_is_told_on_request_and_only_where_few_are_found(client: Client) -> None:
    for _ in range(5):
        make.live(colour=Colour.BLUE)
    assert client.get(URL, {"colour": "red"}).json()["loosen"] is None
    assert loosen(client, colour="blue", page_size=1) == {"options": [], "nearest": []}
    make.live(colour=Colour.BLUE)
    assert loosen(client, colour="blue") is None
    assert client.get(URL, {"include": "loose"}).status_code == 400
    assert Listing.objects.count() == 6


def test_its_cost_has_a_bound(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.live()
    query = (
        "colour=blue&fuel=petrol&doors=3&seats=2&body_type=van&transmission=manual&reduced=true"
        "&drivetrain=four_wheel&ulez=yes&added_within_days=3&owners_max=1&text=a,b,c,d,e,f"
        "&year_min=2024&price_max=100&mileage_max=10&power_bhp_min=900&engine_cc_min=9000"
    )
    with django_assert_max_num_queries(2 * SEARCHES_MAX + 12):
        answer = client.get(f"{URL}?include=loosen&{query}")
    assert answer.json()["loosen"] == {"options": [], "nearest": []}
