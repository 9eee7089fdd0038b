"""Counts and averages beside a page of results."""

from typing import Any

import pytest
from django.test import Client

from listings.api.facets import counted
from listings.choices import Equipment
from listings.search.engine import SearchResult
from listings.search.facets import FACETS, FacetBucket
from tests import make

pytestmark = pytest.mark.django_db


def ask(client: Client, query: str) -> Any:
    response = client.get(f"/api/v1/listings/?{query}")
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture(autouse=True)
def _stock() -> None:
    golf = make.model("Golf", make.make("Volkswagen"))
    make.live(price=5_000, fuel="petrol", mileage=12_000)
    make.live(price=5_999, fuel="diesel", mileage=60_000)
    make.live(price=30_000, fuel="diesel", mileage=200_000, model=golf)
    make.live(price=None, fuel=None, mileage=0, model=golf)
    make.draft(price=5_500, fuel="petrol")


def test_nothing_is_counted_unless_asked_for(client: Client) -> None:
    page = ask(client, "")
    assert (page["facets"], page["histograms"], page["stats"]) == (None, None, None)


def test_a_chosen_value_does_not_hide_its_siblings(client: Client) -> None:
    page = ask(client, "fuel=diesel&facets=fuel,make&count=exact")
    assert page["count"] == 2
    assert page["facets"] == {
        "fuel": [
            {"value": "diesel", "label": "Diesel", "count": 2},
            {"value": "petrol", "label": "Petrol", "count": 1},
            {"value": "none", "label": "Not stated", "count": 1},
        ],
        "make": [
            {"value": "land-rover", "label": "Land Rover", "count": 1},
            {"value": "volkswagen", "label": "Volkswagen", "count": 1},
        ],
    }


def test_a_chosen_value_that_no_advert_has_stays(client: Client) -> None:
    """Whoever has chosen it can see it, and take it back."""
    make.model("Polo", make.make("Volkswagen"))
    make.branch(make.dealer("Harbour Cars"))
    page = ask(
        client,
        "make=volkswagen&model=polo&dealer=harbour-cars&fuel=electric,diesel&doors=7"
        "&equipment=towbar&price_rating=great&price_max=20000&facets=all",
    )
    shown = {
        name: {each["value"]: each["count"] for each in values}
        for name, values in page["facets"].items()
    }
    for name, value in {
        "make": "volkswagen",
        "model": "polo",
        "dealer": "harbour-cars",
        "fuel": "electric",
        "doors": "7",
        "equipment": "towbar",
        "price_rating": "great",
    }.items():
        assert shown[name].pop(value) == 0, name
    assert shown["fuel"].pop("diesel") == 0
    assert not any(shown.values())
    assert ask(client, "make=volkswagen&model=polo&facets=model")["facets"]["model"] == [
        {"value": "golf", "label": "Golf", "count": 2},
        {"value": "polo", "label": "Polo", "count": 0},
    ]


def test_what_is_not_stated_is_a_bucket_that_can_be_chosen(client: Client) -> None:
    fiesta = make.model("Fiesta", make.make("Ford"))
    cars = [(None, None), ("petrol", None), ("petrol", 5), ("diesel", None), (None, 3)]
    for fuel, doors in cars:
        make.live(model=fiesta, fuel=fuel, doors=doors)
    query = "make=ford&fuel=none&fuel=petrol&doors=none&ordering=newest&count=exact"
    page = ask(client, f"{query}&facets=fuel,doors,price_rating")
    found = [(each["fuel"], each["doors"]) for each in page["results"]]
    assert found == [("petrol", None), (None, None)]
    assert page["count"] == 2
    assert page["facets"] == {
        "fuel": [
            {"value": "diesel", "label": "Diesel", "count": 1},
            {"value": "petrol", "label": "Petrol", "count": 1},
            {"value": "none", "label": "Not stated", "count": 1},
        ],
        "doors": [
            {"value": "3", "label": "3", "count": 1},
            {"value": "5", "label": "5", "count": 1},
            {"value": "none", "label": "Not stated", "count": 2},
        ],
        "price_rating": [{"value": "none", "label": "Not rated", "count": 2}],
    }


def test_a_car_that_is_not_rated_is_found_as_such(client: Client) -> None:
    rated, written = make.live(price=6_500), make.live(price=7_500)
    for row in (rated, written):
        make.value(row, 7_000, label="good")
    written.mileage += 1
    written.save(update_fields=["mileage"])
    page = ask(client, "price_rating=none&price_min=6000&price_max=9000&facets=price_rating")
    assert [each["id"] for each in page["results"]] == [written.pk]
    assert page["facets"]["price_rating"] == [
        {"value": "good", "label": "Good price", "count": 1},
        {"value": "none", "label": "Not rated", "count": 1},
    ]
    both = ask(client, "price_rating=none,good&price_min=6000&price_max=9000")["results"]
    assert {each["id"] for each in both} == {rated.pk, written.pk}


def test_a_chosen_value_that_is_not_stated_stays(client: Client) -> None:
    page = ask(client, "fuel=none&doors=none&year_max=1990&facets=fuel,doors")
    assert page["facets"] == {
        "fuel": [{"value": "none", "label": "Not stated", "count": 0}],
        "doors": [{"value": "none", "label": "Not stated", "count": 0}],
    }


def test_values_come_by_their_labels_whatever_the_capitals(client: Client) -> None:
    for name in ("MINI", "Mazda"):
        make.live(model=make.model("Any", make.make(name)))
    labels = [each["label"] for each in ask(client, "facets=make")["facets"]["make"]]
    assert labels == ["Land Rover", "Mazda", "MINI", "Volkswagen"]


def test_models_are_counted_where_a_make_is_chosen(client: Client) -> None:
    assert ask(client, "facets=model")["facets"] == {"model": []}
    page = ask(client, "make=volkswagen&facets=model")
    assert page["facets"]["model"] == [{"value": "golf", "label": "Golf", "count": 2}]


def test_price_and_mileage_come_as_bands(client: Client) -> None:
    page = ask(client, "price_max=10000&facets=price,mileage")
    assert page["histograms"] == {
        "price": [
            {"min": 5_000, "max": 5_999, "count": 2},
            {"min": 30_000, "max": 34_999, "count": 1},
        ],
        "mileage": [
            {"min": 10_000, "max": 19_999, "count": 1},
            {"min": 60_000, "max": 69_999, "count": 1},
        ],
    }


def test_the_last_band_has_no_upper_end(client: Client) -> None:
    bands = ask(client, "facets=mileage")["histograms"]["mileage"]
    assert bands[-1] == {"min": 150_000, "max": None, "count": 1}


def test_stats_leave_out_what_has_no_value(client: Client) -> None:
    assert ask(client, "stats=price")["stats"] == {
        "price": {"count": 3, "min": 5_000, "max": 30_000, "mean": 13_666.33, "median": 5_999.0}
    }


def test_all_facets_at_once(client: Client) -> None:
    page = ask(client, "facets=all")
    assert sorted(page["histograms"]) == ["mileage", "price"]
    assert set(page["facets"]) | {"price", "mileage"} == set(FACETS)


def test_an_unknown_facet_is_refused(client: Client) -> None:
    response = client.get("/api/v1/listings/?facets=fuell")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["facets"]


def test_each_thing_a_car_has_is_counted_among_those_that_have_all_that_is_asked(
    client: Client,
) -> None:
    for values in (["leather", "towbar"], ["leather", "isofix"], ["isofix"], []):
        make.live(equipment=Equipment.bits(values))
    page = ask(client, "equipment=leather&facets=equipment&count=exact")
    assert page["count"] == 2
    assert page["facets"]["equipment"] == [
        {"value": "isofix", "label": "Isofix", "count": 1},
        {"value": "leather", "label": "Leather seats", "count": 2},
        {"value": "towbar", "label": "Towbar", "count": 1},
    ]


def test_a_value_that_has_no_name_any_more_is_left_out() -> None:
    dealer = make.live().dealer
    found = {"dealer": (FacetBucket(dealer.pk, 2), FacetBucket(2**31 - 1, 1))}
    shown = counted(SearchResult((), has_more=False, facets=found))
    assert shown["facets"]["dealer"] == [{"value": dealer.slug, "label": dealer.name, "count": 2}]
