"""A page asks which cars to show in its block."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from dealers.management.demo.seed import SEED_ADVERTS
from listings.choices import BodyType, Status
from listings.models import Listing
from tests import make
from tests.seed import CARS, nine

pytestmark = pytest.mark.django_db
URL = "/api/v1/widget/"
RANGE_ROVERS = f"{URL}?make=land-rover&model=range-rover"


def adverts(client: Client, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{URL}?{query}", follow=True)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["adverts"]
    return found


def prices(client: Client, query: str) -> list[int | None]:
    return [each["price"] for each in adverts(client, query)]


def test_the_first_page_s_nine_cars_come_in_its_order(client: Client) -> None:
    nine()
    make.live(model=make.model("Evoque"), price=20_000)
    answer = client.get(RANGE_ROVERS).json()
    shown = [
        (card["title"], card["price_text"], *card["facts"], card["url"].split("/")[3])
        for card in answer["adverts"]
    ]
    assert shown == [
        (
            f"Land Rover Range Rover {derivative}",
            f"£{price:,}",
            str(year),
            f"{mileage:,} miles",
            fuel.capitalize(),
            "Automatic",
            "4 doors",
            "cars",
        )
        for derivative, year, price, mileage, fuel in CARS
    ]
    assert (answer["heading"], answer["note"]) == ("Used cars for sale", "Cheapest first.")
    assert answer["widened"] == []
    assert answer["all_url"] == "http://testserver/cars/?make=land-rover&model=range-rover"


def test_the_demo_s_nine_are_the_first_page_s() -> None:
    seeds = [
        (each.derivative, each.year, each.price, each.mileage, each.fuel) for each in SEED_ADVERTS
    ]
    assert seeds == list(CARS)


def test_a_question_has_one_address(client: Client) -> None:
    nine()
    for query in (
        "model=range-rover&make=land-rover",
        "make=land-rover&model=range-rover&limit=9",
        "make=land-rover&model=range-rover&ordering=price",
        "make=land-rover&make=land-rover&model=range-rover",
        "make=land-rover&model=range-rover&price_min=",
    ):
        answer = client.get(f"{URL}?{query}")
        assert (answer.status_code, answer["Location"]) == (301, RANGE_ROVERS), query
        assert answer["Access-Control-Allow-Origin"] == "*"
    several = client.get(f"{URL}?fuel=petrol&fuel=diesel&limit=3")
    assert several["Location"] == f"{URL}?fuel=diesel,petrol&limit=3"
    assert client.get(f"{URL}?fuel=diesel%2Cpetrol&limit=3").status_code == 200


def test_an_answer_is_kept_for_less_than_a_minute_and_asked_for_again_by_its_tag(
    client: Client, settings: Settings
) -> None:
    nine()
    first = client.get(RANGE_ROVERS, headers={"Origin": "https://news.example"})
    seconds = [int(number) for number in re.findall(r"=(\d+)", first["Cache-Control"])]
    assert first["Cache-Control"] == "public, max-age=20, stale-while-revalidate=30"
    assert sum(seconds) + settings.REPLICA_AGE_MAX_SECONDS < 60
    assert first["Access-Control-Allow-Origin"] == "*"
    assert not first.has_header("Set-Cookie")
    assert "origin" not in first.get("Vary", "").lower()
    again = client.get(RANGE_ROVERS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Listing.objects.filter(price=33_999).update(status=Status.SOLD, sold_at=timezone.now())
    changed = client.get(RANGE_ROVERS, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed.json()["adverts"][0]["price"]) == (200, 36_999)


def test_nothing_to_show_is_no_content(client: Client) -> None:
    make.model()
    answer = client.get(RANGE_ROVERS)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age=20" in answer["Cache-Control"]


def test_sold_expired_and_suspended_cars_are_not_shown(client: Client) -> None:
    sold, expired, suspended, shown = (make.live(price=price) for price in (1, 2, 3, 4))
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    over = timezone.now() - timedelta(seconds=1)
    Listing.objects.filter(pk=expired.pk).update(expires_at=over)
    type(suspended.dealer).objects.filter(pk=suspended.dealer_id).update(is_active=False)
    assert prices(client, "make=land-rover&model=range-rover") == [shown.price]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("mak=bmw", "mak"),
        ("make=landrover", "make"),
        ("price_max=cheap", "price_max"),
        ("limit=25", "limit"),
        ("cursor=x", "cursor"),
        ("fuel=steam", "fuel"),
    ],
)
def test_a_mistake_shows_no_car_and_is_named(client: Client, query: str, named: str) -> None:
    nine()
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [named]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_too_few_of_a_derivative_are_followed_by_others_of_the_model(client: Client) -> None:
    nine()
    answer = client.get(f"{URL}?limit=4&model=range-rover&text=supercharged").json()
    assert [each["price"] for each in answer["adverts"]] == [42_844, 33_999, 36_999, 37_649]
    assert answer["widened"] == [{"start": 1, "to": "model", "text": "Other Range Rover"}]
    assert [each["widened"] for each in answer["adverts"]] == [None, *["Other Range Rover"] * 3]
    assert answer["note"] == "1 like this just now, then what comes near."


def test_too_few_of_a_model_are_followed_by_the_make_then_by_similar_cars(client: Client) -> None:
    make.live(price=40_000, body_type=BodyType.SUV)
    make.live(price=90_000, model=make.model("Defender"), body_type=BodyType.SUV)
    audi, bmw = make.make("Audi"), make.make("BMW")
    make.live(price=44_000, model=make.model("Q7", audi), body_type=BodyType.SUV)
    make.live(price=36_000, model=make.model("X5", bmw), body_type=BodyType.SUV)
    make.live(price=38_000, model=make.model("M4", bmw), body_type=BodyType.COUPE)
    make.live(price=9_000, model=make.model("X1", bmw), body_type=BodyType.SUV)
    answer = client.get(f"{URL}?model=range-rover").json()
    assert [each["price"] for each in answer["adverts"]] == [40_000, 90_000, 36_000, 44_000]
    assert answer["widened"] == [
        {"start": 1, "to": "make", "text": "More from Land Rover"},
        {"start": 2, "to": "similar", "text": "Similar car, similar price"},
    ]


def test_a_model_without_any_live_advert_is_known_by_its_past_ones(client: Client) -> None:
    gone = make.live(price=40_000, body_type=BodyType.SUV)
    Listing.objects.filter(pk=gone.pk).update(status=Status.SOLD, sold_at=timezone.now())
    near = make.live(price=41_000, model=make.model("X5", make.make("BMW")), body_type=BodyType.SUV)
    answer = client.get(RANGE_ROVERS).json()
    assert [each["id"] for each in answer["adverts"]] == [near.pk]
    assert answer["note"] == "None like this just now: these come near."


def test_widening_keeps_every_other_filter(client: Client) -> None:
    make.live(price=30_000, fuel="diesel", body_type=BodyType.SUV)
    make.live(price=31_000, fuel="petrol", model=make.model("Defender"), body_type=BodyType.SUV)
    wanted = make.live(price=32_000, fuel="diesel", model=make.model("Discovery"))
    assert prices(client, "fuel=diesel&model=range-rover") == [30_000, wanted.price]
    assert prices(client, "fuel=diesel&model=range-rover&price_max=30000") == [30_000]


def test_the_whole_stock_is_cheapest_first_and_never_widened(client: Client) -> None:
    for price in (3, 1, 2):
        make.live(price=price)
    answer = client.get(URL).json()
    assert [each["price"] for each in answer["adverts"]] == [1, 2, 3]
    assert answer["widened"] == []


def test_a_front_end_of_one_s_own_gets_the_readers(client: Client, settings: Settings) -> None:
    settings.PUBLIC_LISTING_URL = "https://www.example.com/used/{id}/{slug}"
    row = make.live()
    slug = "land-rover-range-rover-30-tdv6-vogue-se-4dr-auto"
    assert adverts(client, "")[0]["url"] == f"https://www.example.com/used/{row.pk}/{slug}"


def test_a_full_block_takes_few_questions_to_the_database(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    nine()
    with django_assert_max_num_queries(7):
        assert client.get(RANGE_ROVERS).status_code == 200
