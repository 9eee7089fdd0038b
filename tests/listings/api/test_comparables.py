"""A buyer sees what an advert's value rests on: what each comparable asks, moved to this car."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings.choices import Fuel, NoRating, PriceRating, Status, Transmission
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db


def ask(client: Client, row: Listing, **parameters: Any) -> Any:
    response = client.get(f"/api/v1/listings/{row.pk}/comparables/", parameters)
    assert response.status_code == 200, response.content
    return response.json()


def valued(price: int = 10_000, residual: float = 0.0, **fields: Any) -> Listing:
    row = make.live(price=price, **fields)
    make.value(row, 10_000, label=PriceRating.GOOD, residual=residual, correction=0.0)
    return row


def test_what_a_comparable_asks_is_moved_to_the_car(client: Client) -> None:
    car = make.live(year=2018, mileage=40_000, price=10_400, fuel=Fuel.PETROL)
    make.value(car, 10_200, label=PriceRating.GOOD, residual=0.04, correction=0.02)
    other = valued(
        11_500, residual=0.05, year=2019, mileage=32_000, fuel=Fuel.PETROL, derivative="1.2 Pop"
    )
    answer = ask(client, car)
    assert (answer["value"], answer["reason"], answer["contributions"]) == (10_200, None, None)
    fitted_at = datetime.fromisoformat(answer["fitted_at"])
    assert fitted_at == car.market_value.fit.fitted_at
    [found] = answer["results"]
    expected = math.log(10_200) - 0.02
    beside = {name: found.pop(name) for name in ("asked", "adjusted", "distance")}
    assert beside == {
        "asked": 11_500,
        "adjusted": round(math.exp(expected + 0.05)),
        "distance": "1 year newer, 8,000 fewer miles",
    }
    cards = client.get("/api/v1/listings/").json()["results"]
    assert found == next(card for card in cards if card["id"] == other.pk)


def test_the_nearest_come_first_and_no_more_than_asked_for(client: Client) -> None:
    car = valued(year=2018, mileage=40_000)
    far = valued(year=2016, mileage=60_000)
    near = valued(year=2018, mileage=41_000)
    valued(year=2010, mileage=40_000)  # too far off
    manual = valued(year=2018, mileage=40_000, transmission=Transmission.MANUAL)
    expected = [near.pk, manual.pk, far.pk]
    assert [each["id"] for each in ask(client, car)["results"]] == expected
    assert [each["id"] for each in ask(client, car, limit=2)["results"]] == expected[:2]
    assert client.get(f"/api/v1/listings/{car.pk}/comparables/?limit=13").status_code == 400


def test_what_is_not_known_is_no_difference_to_tell_of(client: Client) -> None:
    car = valued(fuel=None, transmission=None, derivative="", engine_cc=None)
    same = valued(fuel=None, transmission=None, derivative="", engine_cc=None)
    known = valued(fuel=Fuel.PETROL, engine_cc=1_998)
    found = ask(client, car)["results"]
    assert {each["id"] for each in found} == {same.pk, known.pk}
    assert {each["distance"] for each in found} == {"Same year and mileage"}
    [other, _] = ask(client, known)["results"]
    assert other["distance"] == "Same year and mileage"
    told = valued(fuel=Fuel.PETROL, engine_cc=1_498, transmission=Transmission.MANUAL)
    said = {each["id"]: each["distance"] for each in ask(client, known)["results"]}
    assert said[told.pk] == "Manual, 1.5 litres"


def test_one_car_at_two_dealers_has_one_vote_and_the_car_itself_none(client: Client) -> None:
    car = valued(mileage=40_000, vrm="AB12CDE")
    valued(mileage=40_100, vrm="AB12CDE")
    first = valued(mileage=40_200, vrm="CD34EFG")
    valued(mileage=40_300, vrm="CD34EFG")
    by_vin = valued(mileage=40_400, vin="SALGA2EF1FA123456")
    valued(mileage=40_500, vin="SALGA2EF1FA123456")
    found = ask(client, car)["results"]
    assert [each["id"] for each in found] == [first.pk, by_vin.pk]
    assert "AB12CDE" not in str(found)


def test_only_what_buyers_see_and_what_is_valued_as_it_is_counts(client: Client) -> None:
    car = valued()
    valued(status=Status.DRAFT)
    valued(expires_at=timezone.now() - timedelta(hours=1))
    valued(dealer=make.dealer(is_active=False))
    valued(dealer=make.dealer(is_sandbox=True))
    valued(model=make.model("Discovery"))
    make.live(price=10_000)
    stale = valued()
    Listing.objects.filter(pk=stale.pk).update(price=9_000)
    slip = valued(price=100)
    assert slip.price == 100
    assert ask(client, car)["results"] == []


@pytest.mark.parametrize(
    ("amount", "reason", "told"),
    [
        (None, NoRating.FEW_COMPARABLES, "few_comparables"),
        (10_000, NoRating.CHECK_PRICE, "not_rated"),
    ],
)
def test_without_a_value_the_reason_is_told(
    client: Client, amount: int | None, reason: str, told: str
) -> None:
    car = make.live(price=9_999)
    make.value(car, amount, reason=reason)
    valued()
    assert ask(client, car) == {
        "value": None,
        "reason": told,
        "contributions": None,
        "fitted_at": None,
        "results": [],
    }


def test_after_a_change_of_price_there_is_no_value(client: Client) -> None:
    car = valued()
    valued()
    assert len(ask(client, car)["results"]) == 1
    Listing.objects.filter(pk=car.pk).update(price=9_500)
    assert ask(client, car) == {
        "value": None,
        "reason": "not_valued",
        "contributions": None,
        "fitted_at": None,
        "results": [],
    }


def test_a_value_without_a_label_has_comparables(client: Client) -> None:
    car = make.live(price=9_999)
    make.value(car, 10_000, reason=NoRating.WIDE_INTERVAL)
    valued()
    assert len(ask(client, car)["results"]) == 1


def test_what_is_not_public_is_not_found(client: Client) -> None:
    draft = make.draft()
    sold = make.live(status=Status.SOLD, sold_at=timezone.now())
    for pk in (draft.pk, sold.pk, 987_654):
        assert client.get(f"/api/v1/listings/{pk}/comparables/").status_code == 404


def test_it_costs_the_same_however_many_there_are(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    car = valued()
    for _ in range(14):
        valued()
    ask(client, car)  # which learns what market there is
    with django_assert_num_queries(6):
        assert len(ask(client, car)["results"]) == 12
