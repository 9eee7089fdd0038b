"""Buyers search adverts."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings.choices import Equipment
from listings.models import Listing, Photo
from tests import make
from tests.seed import CARS, nine

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"
MEDIA = "http://testserver/media/photos"


def test_the_nine_cars_come_cheapest_first(client: Client) -> None:
    nine()
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    answer = client.get(URL, {"make": "land-rover", "model": "range-rover", "ordering": "price"})
    assert answer.status_code == 200, answer.content
    shown = [
        (card["derivative"], card["year"], card["price"], card["mileage"], card["fuel"])
        for card in answer.json()["results"]
    ]
    assert shown == list(CARS)
    assert {card["transmission"] for card in answer.json()["results"]} == {"automatic"}
    assert {card["doors"] for card in answer.json()["results"]} == {4}


def test_price_and_mileage_limits_leave_two_of_the_nine(client: Client) -> None:
    nine()
    answer = client.get(
        URL,
        {
            "make": "land-rover",
            "model": "range-rover",
            "ordering": "price",
            "price_max": "40000",
            "mileage_max": "60000",
        },
    )
    assert [card["price"] for card in answer.json()["results"]] == [36_999, 37_649]


def ids(client: Client, **query: Any) -> set[int]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return {card["id"] for card in answer.json()["results"]}


@pytest.mark.parametrize(
    ("fields", "matching", "other"),
    [
        ({"price": 20_000}, {"price_min": 20_000, "price_max": 20_000}, {"price_min": 20_001}),
        ({"price": None}, {}, {"price_min": 0}),
        ({"mileage": 0}, {"mileage_max": 0}, {"mileage_min": 1}),
        ({"year": 2020}, {"year_min": 2020, "year_max": 2020}, {"year_max": 2019}),
        ({"fuel": "diesel"}, {"fuel": "diesel"}, {"fuel": "petrol"}),
        ({"fuel": "hybrid"}, {"fuel": "diesel,hybrid"}, {"fuel": ["petrol", "electric"]}),
        ({"fuel": "hybrid"}, {"fuel": ["diesel", "hybrid"]}, {"fuel": "lpg,hydrogen"}),
        ({"transmission": "manual"}, {"transmission": "manual"}, {"transmission": "automatic"}),
        ({"doors": 5}, {"doors": "3,5"}, {"doors": 4}),
        ({"body_type": "suv"}, {"body_type": "suv"}, {"body_type": "van"}),
        ({"seats": 7}, {"seats": 7}, {"seats": 5}),
        ({"colour": "red"}, {"colour": "red"}, {"colour": "blue"}),
        ({"drivetrain": "four_wheel"}, {"drivetrain": "four_wheel"}, {"drivetrain": "rear_wheel"}),
        ({"engine_cc": 1998}, {"engine_cc_min": 1998}, {"engine_cc_max": 1997}),
        ({"power_bhp": 150}, {"power_bhp_max": 150}, {"power_bhp_min": 151}),
        (
            {"electric_range_miles": 250},
            {"electric_range_miles_min": 250},
            {"electric_range_miles_min": 251},
        ),
        ({"owners": 2}, {"owners_max": 2}, {"owners_max": 1}),
        (
            {"service_history": "full"},
            {"service_history": "full,full_dealer"},
            {"service_history": "none"},
        ),
        ({"fuel": "electric"}, {"ulez": "yes"}, {"ulez": "no,unknown"}),
        ({"euro_standard": 6}, {"euro_standard": "5,6"}, {"euro_standard": 4}),
        ({"euro_standard": None}, {}, {"euro_standard": "1,2,3,4,5,6,7"}),
        ({"write_off": "s"}, {"write_off": "none,s"}, {"write_off": "n"}),
        ({"write_off": None}, {"write_off": "none"}, {"write_off": "c,d,s,n"}),
        (
            {"equipment": Equipment.bits(["leather", "towbar"])},
            {"equipment": "towbar,leather"},
            {"equipment": "leather,isofix"},
        ),
        ({"equipment": None}, {}, {"equipment": "leather"}),
        (
            {"equipment": Equipment.bits(Equipment.values[:-1])},
            {"equipment": ",".join(Equipment.values[:-1])},
            {"equipment": Equipment.values[-1]},
        ),
    ],
)
def test_a_filter_keeps_what_matches_and_drops_the_rest(
    client: Client, fields: dict[str, object], matching: dict[str, object], other: dict[str, object]
) -> None:
    row = make.live(**fields)
    assert ids(client, **matching) == {row.pk}
    assert ids(client, **other) == set()


def test_a_model_is_looked_for_among_the_makes_asked_for(client: Client) -> None:
    mini = make.live(model=make.model("One", make.make("Mini")))
    bmw = make.live(model=make.model("One", make.make("BMW")))
    i3 = make.live(model=make.model("i3", make.make("BMW")))
    assert ids(client, model="one") == {mini.pk, bmw.pk}
    assert ids(client, make="bmw", model="one") == {bmw.pk}
    assert ids(client, make="bmw,mini", model="one,i3") == {mini.pk, bmw.pk, i3.pk}
    assert ids(client, make="bmw") == {bmw.pk, i3.pk}


def test_a_dealers_stock_is_found_by_its_slug(client: Client) -> None:
    row = make.live(dealer=make.dealer("Northern Cars"))
    make.live()
    assert ids(client, dealer="northern-cars") == {row.pk}


def test_reduced_adverts_are_those_that_cost_more_before(client: Client) -> None:
    published_at = timezone.now() - timedelta(days=2)
    cheaper, dearer, same, poa = (
        make.live(price=10_000, published_at=published_at) for _ in range(4)
    )
    Listing.objects.filter(pk=cheaper.pk).update(price=9_000)
    Listing.objects.filter(pk=dearer.pk).update(price=11_000)
    Listing.objects.filter(pk=poa.pk).update(price=None)
    assert ids(client, reduced="true") == {cheaper.pk}
    assert ids(client, reduced="false") == {dearer.pk, same.pk, poa.pk}


def test_adverts_added_lately_are_found_by_days(client: Client) -> None:
    now = timezone.now()
    fresh = make.live(published_at=now - timedelta(hours=23))
    make.live(published_at=now - timedelta(hours=25))
    assert ids(client, added_within_days=1) == {fresh.pk}


def test_a_card_shows_what_a_list_needs(client: Client) -> None:
    dealer = make.dealer("Northern Cars")
    row = make.live(branch=make.branch(dealer, town="Leeds"), colour="black", vrm="AB15CDE")
    Photo.objects.create(
        listing=row, image="photos/1-9.jpg", width=9, height=6, widths=[9], position=0
    )
    assert client.get(URL).json()["results"] == [
        {
            "id": row.pk,
            "url": f"http://testserver/api/v1/listings/{row.pk}/",
            "title": "Land Rover Range Rover 3.0 TDV6 Vogue SE 4dr Auto",
            "make": {"name": "Land Rover", "slug": "land-rover"},
            "model": {"name": "Range Rover", "slug": "range-rover"},
            "derivative": "3.0 TDV6 Vogue SE 4dr Auto",
            "year": 2015,
            "price": 33_999,
            "previous_price": None,
            "lowest_price_30_days": 33_999,
            "mileage": 72_253,
            "fuel": "diesel",
            "transmission": "automatic",
            "doors": 4,
            "body_type": None,
            "colour": "black",
            "photo": {
                "url": f"{MEDIA}/1-9.jpg",
                "width": 9,
                "height": 6,
                "sizes": [
                    {
                        "width": 9,
                        "height": 6,
                        "url": f"{MEDIA}/1-9.jpg",
                        "webp_url": f"{MEDIA}/1-9.webp",
                    }
                ],
            },
            "dealer": {"name": "Northern Cars", "slug": "northern-cars"},
            "town": "Leeds",
            "published_at": f"{row.published_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "reserved": False,
            "distance_miles": None,
            "price_rating": None,
        }
    ]


@pytest.mark.parametrize("stock", [3, 12])
def test_a_page_costs_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, stock: int
) -> None:
    for _ in range(stock):
        make.live()
    with django_assert_num_queries(3):  # the ids, the cards, their ratings
        client.get(URL, {"page_size": 10})
    with django_assert_num_queries(6):  # and a look-up of each kind of slug, and the count
        client.get(URL, {"make": "land-rover", "model": "range-rover", "count": "exact"})


def test_writing_is_not_offered(client: Client) -> None:
    for method in ("post", "put", "patch", "delete", "options"):
        answer = getattr(client, method)(URL)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer["Allow"] == "GET, HEAD"


def test_a_format_that_is_not_offered_is_refused(client: Client) -> None:
    answer = client.get(URL, headers={"Accept": "application/xml"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")
