"""A buyer types the beginning of a name."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from listings.models import MakeAlias, ModelAlias
from tests import make

URL = "/api/v1/suggest/"


@pytest.fixture
def _stock(db: None) -> None:
    rover = make.make("Land Rover")
    volkswagen = make.make("Volkswagen")
    MakeAlias.objects.create(make=volkswagen, name="VW")
    MakeAlias.objects.create(make=rover, name="Range Rover")
    place = make.branch()
    for name, maker, derivatives in (
        ("Range Rover", rover, ("3.0 Tdv6 Vogue Se 4dr Auto", "4.4 SDV8 Vogue SE 4dr Auto")),
        ("Range Rover Sport", rover, ("3.0 SDV6 HSE 5dr Auto",)),
        ("Defender", rover, ("2.0 D240 S 110 5dr Auto",)),
        ("Ranger", make.make("Ford"), ("3.2 TDCi Wildtrak 4dr",)),
        ("Golf", volkswagen, ("2.0 TSI GTI 5dr DSG", "1.5 TSI Match 5dr", "2.0 TDI Match 5dr")),
    ):
        model = make.model(name, maker)
        for text in derivatives:
            make.live(branch=place, model=model, derivative=text)
    ModelAlias.objects.create(model=make.model("Golf", volkswagen), name="Rabbit")
    make.model("Polo", volkswagen)


def ask(client: Client, text: str, **parameters: Any) -> Any:
    response = client.get(URL, {"q": text, **parameters})
    assert response.status_code == 200, response.content
    return response.json()["results"]


def texts(client: Client, text: str) -> list[tuple[str, int]]:
    return [(each["text"], each["count"]) for each in ask(client, text)]


@pytest.mark.usefixtures("_stock")
def test_a_beginning_leads_to_models_by_how_many_there_are(client: Client) -> None:
    assert ask(client, "rang") == [
        {
            "kind": "model",
            "text": "Land Rover Range Rover",
            "parameters": {"make": "land-rover", "model": "range-rover"},
            "count": 2,
        },
        {
            "kind": "model",
            "text": "Ford Ranger",
            "parameters": {"make": "ford", "model": "ranger"},
            "count": 1,
        },
        {
            "kind": "model",
            "text": "Land Rover Range Rover Sport",
            "parameters": {"make": "land-rover", "model": "range-rover-sport"},
            "count": 1,
        },
    ]


@pytest.mark.usefixtures("_stock")
def test_a_make_comes_before_its_models(client: Client) -> None:
    assert texts(client, "land") == [
        ("Land Rover", 4),
        ("Land Rover Range Rover", 2),
        ("Land Rover Defender", 1),
        ("Land Rover Range Rover Sport", 1),
    ]
    assert ask(client, "land", limit=1)[0]["parameters"] == {"make": "land-rover"}


@pytest.mark.usefixtures("_stock")
@pytest.mark.parametrize(
    "text",
    [
        *("golf", "GOLF", "Gölf", "gol", "vw golf", "golf vw", "vwgolf", "rabbit"),
        *("glof", "gollf", "volkswgaen golf", "volkswagon golf"),
    ],
)
def test_a_model_is_found_however_it_is_called(client: Client, text: str) -> None:
    assert texts(client, text) == [("Volkswagen Golf", 3)]


@pytest.mark.usefixtures("_stock")
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("range rover", "Land Rover Range Rover"),
        ("rangerover", "Land Rover Range Rover"),
        ("rnage rover", "Land Rover Range Rover"),
        ("range rover sp", "Land Rover Range Rover Sport"),
        ("rover", "Land Rover"),
        ("ranger", "Ford Ranger"),
        ("vw", "Volkswagen"),
        ("voklswagen", "Volkswagen"),
    ],
)
def test_what_fits_best_comes_first(client: Client, text: str, first: str) -> None:
    assert ask(client, text)[0]["text"] == first


@pytest.mark.usefixtures("_stock")
@pytest.mark.parametrize("text", ["range rover vog", "rnage rover vogue"])
def test_the_beginning_of_a_derivative_follows_its_model(client: Client, text: str) -> None:
    assert ask(client, text) == [
        {
            "kind": "derivative",
            "text": "Land Rover Range Rover Vogue SE",
            "parameters": {"make": "land-rover", "model": "range-rover", "q": "Vogue SE"},
            "count": 2,
        }
    ]


@pytest.mark.usefixtures("_stock")
def test_the_model_leads_where_adverts_say_more_than_its_trim(client: Client) -> None:
    assert texts(client, "range rover se") == [
        ("Land Rover Range Rover", 2),
        ("Land Rover Range Rover Vogue SE", 2),
    ]


@pytest.mark.usefixtures("_stock")
def test_a_derivative_is_found_by_trim_and_badge(client: Client) -> None:
    assert texts(client, "golf gti") == [("Volkswagen Golf GTI", 1)]
    assert texts(client, "golf mat") == [("Volkswagen Golf Match", 2)]
    assert texts(client, "golf macth") == [("Volkswagen Golf Match", 2)]
    assert texts(client, "vw t") == [("Volkswagen Golf TSI", 2), ("Volkswagen Golf TDI", 1)]


@pytest.mark.usefixtures("_stock")
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("golf gtd", "Volkswagen Golf"),
        ("vw golf gtd estate", "Volkswagen Golf"),
        ("range rover autobiography", "Land Rover Range Rover"),
        ("ranger raptor", "Ford Ranger"),
        ("land rover td5", "Land Rover"),
    ],
)
def test_a_trim_that_nobody_sells_leads_to_its_model(client: Client, text: str, meant: str) -> None:
    assert ask(client, text)[0]["text"] == meant


@pytest.mark.django_db
def test_a_badge_leads_to_the_model_that_is_sold_by_it(client: Client) -> None:
    series = make.model("3 Series", make.make("BMW"))
    make.live(model=series, derivative="320d M Sport 4dr")
    make.model("C Class", make.make("Mercedes-Benz"))
    found = [("BMW 3 Series", 1), ("BMW 3 Series 320d", 1)]
    assert texts(client, "320d") == texts(client, "bmw 320d") == found
    assert texts(client, "bmw 318") == [("BMW 3 Series", 1)]
    assert texts(client, "320d m sp") == [("BMW 3 Series M Sport", 1)]
    assert texts(client, "c220") == texts(client, "mercedes benz c 220d") != []
    assert texts(client, "c220") == [("Mercedes-Benz C Class", 0)]


@pytest.mark.django_db
def test_a_slip_never_swaps_one_car_for_another_that_is_typed_right(client: Client) -> None:
    peugeot = make.make("Peugeot")
    make.live(model=make.model("3008", peugeot), derivative="1.2 PureTech GT 5dr")
    make.model("5008", peugeot)
    make.live(model=make.model("C Class", make.make("Mercedes-Benz")), derivative="AMG Line")
    make.model("A Class", make.make("Mercedes-Benz"))
    assert texts(client, "3008 gt") == [("Peugeot 3008 GT", 1)]
    assert texts(client, "5008 gt") == [("Peugeot 5008", 0)]
    assert texts(client, "a class amg line") == [("Mercedes-Benz A Class", 0)]


@pytest.mark.usefixtures("_stock")
def test_what_nobody_sells_is_suggested_only_where_nothing_else_fits(client: Client) -> None:
    assert texts(client, "vw p") == [("Volkswagen Polo", 0)]
    assert ("Volkswagen Polo", 0) not in texts(client, "volk")


@pytest.mark.usefixtures("_stock")
def test_a_whole_name_that_nobody_sells_comes_before_the_beginnings_of_others(
    client: Client,
) -> None:
    make.model("Range", make.make("Ford"))
    assert ("Ford Range", 0) not in texts(client, "ran")
    assert texts(client, "range")[0] == ("Ford Range", 0)


@pytest.mark.django_db
def test_hidden_adverts_do_not_count(client: Client) -> None:
    make.live()
    make.draft()
    make.live(branch=make.branch(make.dealer(is_active=False)), derivative="Hidden 5dr")
    make.live(model=make.model("Rnage", make.make(), confirmation="pending"))
    assert texts(client, "range") == [("Land Rover Range Rover", 1)]
    assert texts(client, "land rover")[0] == ("Land Rover", 2)
    assert texts(client, "range rover hidden") == [("Land Rover Range Rover", 1)]


@pytest.mark.usefixtures("_stock")
@pytest.mark.parametrize("text", ["xyzzy", " ", "!?", "日本", "a" * 60, "go lf x y z"])
def test_nonsense_finds_nothing(client: Client, text: str) -> None:
    assert ask(client, text) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "a" * 61}, "q"),
        ({"q": ["a", "b"]}, "q"),
        ({"q": "a", "limit": 0}, "limit"),
        ({"q": "a", "limit": 26}, "limit"),
        ({"q": "a", "make": "ford"}, "make"),
    ],
)
def test_what_is_not_understood_is_refused(
    client: Client, query: dict[str, Any], name: str
) -> None:
    response = client.get(URL, query)
    assert (response.status_code, list(response.json()["fields"])) == (400, [name])


@pytest.mark.usefixtures("_stock")
def test_an_answer_may_be_kept_for_half_a_minute(client: Client) -> None:
    response = client.get(URL, {"q": "golf"})
    assert response["Cache-Control"] == "public, max-age=30"
    again = client.get(URL, {"q": "golf"}, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.usefixtures("_stock")
def test_a_suggestion_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6):
        client.get(URL, {"q": "golf"})
    with django_assert_num_queries(0):
        client.get(URL, {"q": "rang"})


@pytest.mark.usefixtures("_stock")
def test_every_suggestion_is_a_search_with_as_many_results(client: Client) -> None:
    for text in ("r", "l", "v", "f", "range", "volkswagen"):
        for each in ask(client, text):
            page = client.get("/api/v1/listings/", {**each["parameters"], "count": "exact"})
            assert page.json()["count"] == each["count"]
