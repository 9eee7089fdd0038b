"""Adverts near a place, through the API."""

from typing import Any

import pytest
from django.test import Client

from listings.models import Outcode
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"
LEEDS, YORK, LONDON = (53.7965, -1.5478), (53.9590, -1.0815), (51.5074, -0.1278)


def ask(client: Client, query: str) -> Any:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def refusal(client: Client, query: str) -> Any:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400, answer.content
    return answer.json()["fields"]


def distances(page: Any) -> list[tuple[int, float | None]]:
    return [(row["price"], row["distance_miles"]) for row in page["results"]]


@pytest.fixture
def _stock() -> None:
    Outcode.objects.create(code="LS1", latitude=LEEDS[0], longitude=LEEDS[1], town="Leeds")
    dealer = make.dealer("Northern Cars")
    for price, place in ((4_000, LONDON), (3_000, YORK), (1_000, LEEDS), (2_000, LEEDS)):
        branch = make.branch(dealer, latitude=place[0], longitude=place[1])
        make.live(branch=branch, price=price, fuel="petrol" if place == YORK else "diesel")
    make.live(branch=make.branch(dealer), price=5_000)


@pytest.mark.usefixtures("_stock")
def test_adverts_come_nearest_first(client: Client) -> None:
    page = ask(client, "near=LS1+4AP&ordering=distance,price")
    assert distances(page) == [
        (1_000, 0.0),
        (2_000, 0.0),
        (3_000, 22.1),
        (4_000, 169.0),
        (5_000, None),
    ]
    assert page["near"] == {
        "text": "LS1",
        "latitude": LEEDS[0],
        "longitude": LEEDS[1],
        "precision": "outcode",
    }
    page = ask(client, "near=LS1&ordering=-distance,-price")
    assert [price for price, _ in distances(page)] == [4_000, 3_000, 2_000, 1_000, 5_000]


@pytest.mark.usefixtures("_stock")
def test_a_radius_narrows_results_count_facets_and_averages(client: Client) -> None:
    page = ask(
        client, "near=LS1&within_miles=23&ordering=price&count=exact&facets=fuel&stats=price"
    )
    assert distances(page) == [(1_000, 0.0), (2_000, 0.0), (3_000, 22.1)]
    assert page["count"] == 3
    assert [(each["value"], each["count"]) for each in page["facets"]["fuel"]] == [
        ("diesel", 2),
        ("petrol", 1),
    ]
    assert page["stats"]["price"]["max"] == 3_000
    assert ask(client, "near=LS1&within_miles=22&count=exact")["count"] == 2


@pytest.mark.usefixtures("_stock")
def test_pages_by_distance_neither_repeat_nor_skip(client: Client) -> None:
    query = "near=53.8,-1.55&ordering=distance,-price&page_size=2"
    page, prices = ask(client, query), []
    while True:
        prices += [row["price"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert prices == [2_000, 1_000, 3_000, 4_000, 5_000]
    back = client.get(page["previous"]).json()
    assert [row["price"] for row in back["results"]] == [3_000, 4_000]


@pytest.mark.usefixtures("_stock")
def test_a_cursor_belongs_to_its_place(client: Client) -> None:
    query = "near=LS1&ordering=distance&page_size=1"
    cursor = ask(client, query)["next_cursor"]
    assert len(ask(client, f"near=ls1%204ap&ordering=distance&cursor={cursor}")["results"]) == 4
    answer = client.get(f"{URL}?near=M3&ordering=distance&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "stale_cursor")


def test_without_a_place_no_distance_is_told(client: Client) -> None:
    make.live()
    page = ask(client, "")
    assert page["near"] is None
    assert page["results"][0]["distance_miles"] is None


def test_an_outcode_that_is_not_loaded_is_its_areas_centre(client: Client) -> None:
    assert ask(client, "near=LS99")["near"] == {
        "text": "LS99",
        "latitude": 53.83,
        "longitude": -1.55,
        "precision": "area",
    }
    assert ask(client, "near=ls")["near"]["text"] == "LS"


@pytest.mark.usefixtures("_stock")
@pytest.mark.parametrize(
    ("name", "text", "precision", "nearest"),
    [
        ("London", "London", "region", 4_000),
        ("kent", "Kent", "county", 4_000),
        ("leeds", "Leeds", "town", 2_000),
        ("north yorks", "North Yorkshire", "county", 3_000),
        ("Salford", "Salford", "district", 2_000),
        ("scotland", "Scotland", "nation", 3_000),
    ],
)
def test_a_place_is_named_as_people_name_it(
    client: Client, name: str, text: str, precision: str, nearest: int
) -> None:
    page = ask(client, f"near={name}&ordering=distance,-price")
    assert (page["near"]["text"], page["near"]["precision"]) == (text, precision)
    assert page["results"][0]["price"] == nearest
    assert len(page["results"]) == 5


def test_a_part_of_a_district_is_found_by_the_district(client: Client) -> None:
    Outcode.objects.create(code="W1", latitude=51.5145, longitude=-0.1422)
    near = ask(client, "near=W1A+0AX")["near"]
    assert (near["text"], near["latitude"], near["precision"]) == ("W1A", 51.5145, "outcode")


def test_coordinates_are_rounded_so_that_equal_questions_are_equal(client: Client) -> None:
    assert ask(client, "near=53.79651,-1.54782")["near"] == {
        "text": "53.7965,-1.5478",
        "latitude": 53.7965,
        "longitude": -1.5478,
        "precision": "point",
    }


def test_a_full_postcode_is_nowhere_in_the_answer(client: Client) -> None:
    make.live(branch=make.branch(postcode="M3 4LZ"))
    make.live(branch=make.branch(postcode="M3 4LZ"))
    answer = client.get(f"{URL}?near=LS1+4AP&page_size=1")
    page = answer.json()
    assert "near=LS1+4AP" in page.pop("next")  # the caller's own address, and a cursor
    assert page["near"]["text"] == "LS1"
    assert "4AP" not in str(page)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("near=QQ1", "near"),
        ("near=LS1+4CP", "near"),
        ("near=Atlantis", "near"),
        ("near=91,0", "near"),
        ("near=0,-181", "near"),
        ("near=NaN,0", "near"),
        ("near=1e2,0", "near"),
        ("near=inf,inf", "near"),
        ("near=%00", "near"),
        ("near=" + "1" * 10_000, "near"),
        ("near=LS1&near=M3", "near"),
        ("within_miles=10", "within_miles"),
        ("within_miles=0&near=LS1", "within_miles"),
        ("within_miles=1001&near=LS1", "within_miles"),
        ("within_miles=NaN&near=LS1", "within_miles"),
        ("ordering=distance", "ordering"),
        ("ordering=price,-distance", "ordering"),
    ],
)
def test_what_makes_no_place_is_refused_by_name(client: Client, query: str, name: str) -> None:
    assert list(refusal(client, query)) == [name]


def test_a_refusal_says_what_is_missing(client: Client) -> None:
    assert refusal(client, "ordering=distance") == {
        "ordering": ["Ordering by distance needs the parameter near."]
    }
    assert refusal(client, "within_miles=5") == {
        "within_miles": ["Miles from where? This needs the parameter near."]
    }
    assert refusal(client, "near=QQ1+1AA") == {"near": ["There is no postcode area QQ."]}
    assert refusal(client, "near=Brigton")["near"][0].endswith("Did you mean Brighton?")
