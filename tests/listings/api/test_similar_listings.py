"""A buyer looks for alternatives to an advert."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from listings.choices import BodyType, Fuel, Status, Transmission
from listings.models import CarLink, Listing, Photo
from listings.search.similar import Car, SimilarityReason, distance, reasons, similar
from tests import make


def ask(client: Client, row: Listing, **parameters: Any) -> Any:
    response = client.get(f"/api/v1/listings/{row.pk}/similar/", parameters)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def ids(client: Client, row: Listing, **parameters: Any) -> list[int]:
    return [each["id"] for each in ask(client, row, **parameters)]


@pytest.mark.django_db
def test_an_alternative_is_a_card_with_reasons(client: Client) -> None:
    row = make.live(power_bhp=258, body_type=BodyType.SUV)
    other = make.live(
        price=32_499, mileage=60_253, year=2016, power_bhp=258, body_type=BodyType.SUV
    )
    [found] = ask(client, row)
    reasons_ = found.pop("reasons")
    assert found == client.get("/api/v1/listings/?price_max=33000").json()["results"][0]
    assert found["id"] == other.pk
    assert reasons_ == [
        {"code": "same_model", "value": None},
        {"code": "same_body_type", "value": None},
        {"code": "same_fuel", "value": None},
        {"code": "same_transmission", "value": None},
        {"code": "cheaper_by", "value": 1_500},
        {"code": "newer_by_years", "value": 1},
        {"code": "fewer_miles_by", "value": 12_000},
        {"code": "same_power", "value": None},
    ]


@pytest.mark.django_db
def test_the_model_comes_first_then_the_make_then_the_body(client: Client) -> None:
    suv, sport = {"body_type": BodyType.SUV}, make.model("Range Rover Sport")
    audi = make.model("Q7", make.make("Audi"))
    row = make.live(**suv)
    of_body, of_make = make.live(model=audi, **suv), make.live(model=sport, **suv)
    make.live(model=audi, body_type=BodyType.SALOON)
    make.live(model=sport, body_type=BodyType.SALOON)
    of_model = make.live(**suv)
    assert ids(client, row) == [of_model.pk, of_make.pk, of_body.pk]
    assert ids(client, row, limit=1) == [of_model.pk]
    codes = [[reason["code"] for reason in each["reasons"][:2]] for each in ask(client, row)]
    assert codes == [
        ["same_model", "same_body_type"],
        ["same_make", "same_body_type"],
        ["same_body_type", "same_fuel"],
    ]


@pytest.mark.django_db
def test_a_model_that_is_far_off_gives_way_to_a_near_neighbour(client: Client) -> None:
    row = make.live(body_type=BodyType.SUV)
    far = make.live(body_type=BodyType.SUV, year=2003, mileage=150_000, price=4_000)
    near = make.live(body_type=BodyType.SUV, model=make.model("Discovery"))
    assert ids(client, row) == [near.pk, far.pk]


@pytest.mark.django_db
def test_without_a_body_type_the_make_is_what_is_left(client: Client) -> None:
    row = make.live()
    of_make = make.live(model=make.model("Discovery"))
    make.live(model=make.model("Q7", make.make("Audi")))
    assert ids(client, row) == [of_make.pk]


@pytest.mark.django_db
def test_an_advert_priced_on_application_has_alternatives(client: Client) -> None:
    row = make.live(price=None)
    cheap, dear, unpriced = (make.live(price=price) for price in (1_000, 90_000, None))
    assert ids(client, row) == [unpriced.pk, cheap.pk, dear.pk]


@pytest.mark.django_db
def test_equally_near_ones_come_by_id(client: Client) -> None:
    row = make.live()
    others = [make.live(branch=row.branch).pk for _ in range(4)]
    assert ids(client, row) == others
    assert ids(client, row, limit=2) == others[:2]


@pytest.mark.django_db
def test_one_car_at_two_dealers_comes_once(client: Client) -> None:
    row = make.live(vrm="AB12CDE")
    make.live(vrm="AB12CDE")
    other = make.live(vrm="XY12ABC", price=34_000)
    make.live(vrm="XY12ABC", price=35_000)
    assert ids(client, row) == [other.pk]


@pytest.mark.django_db
def test_adverts_linked_by_anything_are_one_car(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row, same, other, twin = (make.live(price=34_000 + number) for number in range(4))
    assert ids(client, row) == [same.pk, other.pk, twin.pk]
    for linked, car in ((row, row), (same, row), (other, other), (twin, other)):
        CarLink.objects.create(listing=linked, car=car.pk)
    with django_assert_num_queries(5):  # as many as without links
        assert ids(client, row) == [other.pk]
    CarLink.objects.all().delete()
    with django_assert_num_queries(5):
        assert ids(client, row) == [same.pk, other.pk, twin.pk]


@pytest.mark.django_db
def test_what_buyers_cannot_see_has_no_alternatives(client: Client) -> None:
    now = timezone.now()
    make.live()
    hidden = [
        make.draft(),
        make.draft(status=Status.SOLD, sold_at=now),
        make.live(expires_at=now - timedelta(seconds=1)),
        make.live(branch=make.branch(make.dealer(is_active=False))),
    ]
    for address in (*(row.pk for row in hidden), 999_999_999, 2**63):
        response = client.get(f"/api/v1/listings/{address}/similar/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "name"), [({"limit": 0}, "limit"), ({"limit": 25}, "limit"), ({"q": "a"}, "q")]
)
def test_what_is_not_understood_is_refused(
    client: Client, query: dict[str, Any], name: str
) -> None:
    response = client.get(f"/api/v1/listings/{make.live().pk}/similar/", query)
    assert (response.status_code, list(response.json()["fields"])) == (400, [name])


@pytest.mark.django_db
def test_alternatives_cost_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = make.live(body_type=BodyType.SUV)
    for number in range(9):
        other = make.live(price=30_000 + number, body_type=BodyType.SUV)
        Photo.objects.create(listing=other, image="a.jpg", position=0, width=1, height=1)
    with django_assert_num_queries(4):  # the advert, its model's, cards and ratings
        assert len(ask(client, row)) == 6
    with django_assert_num_queries(5):  # and other models'
        assert len(ask(client, row, limit=20)) == 9


@pytest.mark.django_db
def test_alternatives_are_public_near_and_never_the_advert_itself() -> None:
    random_ = random.Random(4)  # noqa: S311 - stock, not secrets
    models = [make.model(name) for name in ("Range Rover", "Discovery")]
    models.append(make.model("Q7", make.make("Audi")))
    branches = [make.branch(), make.branch(make.dealer(is_active=False))]
    now = timezone.now()
    for _ in range(120):
        make.live(
            model=random_.choice(models),
            branch=random_.choice(branches),
            body_type=random_.choice([None, BodyType.SUV, BodyType.ESTATE]),
            price=random_.choice([None, *range(10_000, 20_000, 1_000)]),
            year=random_.randrange(2012, 2020),
            mileage=random_.randrange(0, 90_000, 5_000),
            power_bhp=random_.choice([None, 150, 250]),
            expires_at=now + timedelta(days=random_.choice([-1, 9])),
        )
    public = {row.pk: row for row in Listing.objects.public()}
    for row in public.values():
        found = similar(row, limit=8)
        assert similar(row, limit=8) == found
        assert similar(row, limit=3) == found[:3]
        assert row.pk not in {each.id for each in found}
        assert [(each.distance, each.id) for each in found] == sorted(
            (distance(Car.of(row), Car.of(public[each.id])), each.id) for each in found
        )


@st.composite
def cars(draw: st.DrawFn, id_: int) -> Car:
    return Car(
        id=id_,
        vrm=None,
        make_id=draw(st.integers(1, 2)),
        model_id=draw(st.integers(1, 2)),
        body_type=draw(st.sampled_from([None, "suv", "estate"])),
        price=draw(st.none() | st.integers(1, 50_000)),
        year=draw(st.integers(2000, 2026)),
        mileage=draw(st.integers(0, 200_000)),
        power_bhp=draw(st.none() | st.integers(60, 400)),
        fuel=draw(st.sampled_from([None, *Fuel.values[:2]])),
        transmission=draw(st.sampled_from([None, *Transmission.values])),
    )


MIRRORED = {
    "cheaper_by": "dearer_by",
    "newer_by_years": "older_by_years",
    "fewer_miles_by": "more_miles_by",
    "less_power_by_bhp": "more_power_by_bhp",
}
MIRROR = MIRRORED | {other: code for code, other in MIRRORED.items()}
COLUMN = {
    "cheaper_by": "price",
    "newer_by_years": "year",
    "fewer_miles_by": "mileage",
    "less_power_by_bhp": "power_bhp",
}


@given(cars(1), cars(2))
def test_reasons_are_true_of_the_pair(car: Car, other: Car) -> None:
    said = list(reasons(car, other))
    back = [SimilarityReason(MIRROR.get(code, code), value) for code, value in reasons(other, car)]
    assert said == back
    for code, value in said:
        if code in MIRROR:
            column = COLUMN.get(code) or COLUMN[MIRROR[code]]
            apart = getattr(other, column) - getattr(car, column)
            is_less = code.startswith(("cheaper", "older", "fewer", "less"))
            assert value is not None
            assert apart == (-value if is_less else value) != 0
        else:
            named = {"same_model": "model_id", "same_make": "make_id", "same_power": "power_bhp"}
            name = named.get(code, code.removeprefix("same_"))
            assert getattr(car, name) == getattr(other, name) is not None
            assert value is None


@given(cars(1), cars(2))
def test_nothing_is_nearer_than_the_same_car(car: Car, other: Car) -> None:
    same = car._replace(id=2, power_bhp=car.power_bhp or 100)
    assert distance(car._replace(power_bhp=same.power_bhp), same) == 0
    assert distance(car, other) >= 0
