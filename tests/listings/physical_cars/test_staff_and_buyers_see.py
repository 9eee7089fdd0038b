"""Staff see all adverts of a car; buyers see who else has it where the marketplace shows it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from listings import periodic
from listings.models import Listing
from tests import make
from tests.listings.physical_cars.adverts import photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cars() -> list[Listing]:
    """Return one car at three dealers, of whom one is suspended, and another car."""
    names = [make.dealer(name) for name in ("Hill Cars", "Dale Cars")]
    gone = make.dealer("Gone Cars", is_active=False)
    rows = [
        make.live(dealer=dealer, vrm="KX19ABC", price=price)
        for dealer, price in zip((*names, gone), (9_000, 8_500, 7_000), strict=True)
    ]
    rows.append(make.live(dealer=make.dealer("Other Cars"), vrm="KX19ABD"))
    periodic.link_cars()
    return rows


def detail(client: Client, row: Listing) -> dict[str, Any]:
    answer = client.get(f"/api/v1/listings/{row.pk}/")
    assert answer.status_code == 200
    assert "KX19" not in answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def page(client: Client, row: Listing) -> str:
    return client.get(f"/cars/{row.pk}/", follow=True).content.decode()


def test_buyers_are_told_of_nobody_unless_it_is_switched_on(
    client: Client, cars: list[Listing], settings: Settings
) -> None:
    assert detail(client, cars[0])["also_listed_by"] is None
    assert "also listed by" not in page(client, cars[0])
    settings.ALSO_LISTED_BY = True
    assert detail(client, cars[0])["also_listed_by"] == [
        {
            "id": cars[1].pk,
            "url": f"http://testserver/api/v1/listings/{cars[1].pk}/",
            "dealer": {"name": "Dale Cars", "slug": "dale-cars"},
            "price": 8_500,
        }
    ]
    assert detail(client, cars[3])["also_listed_by"] == []
    shown = page(client, cars[0])
    assert "This car is also listed by" in shown
    assert f"/cars/{cars[1].pk}/" in shown
    assert "£8,500" in shown
    assert "Gone Cars" not in shown
    assert "KX19" not in shown
    assert "also listed by" not in page(client, cars[3])


def test_search_shows_every_advert_of_a_car(client: Client, cars: list[Listing]) -> None:
    found = client.get("/api/v1/listings/?count=exact").json()
    assert found["count"] == 3


def test_staff_see_all_adverts_of_a_car_on_each_and_in_a_list(cars: list[Listing]) -> None:
    office = Client()
    office.force_login(make.staff())
    advert = office.get(f"/admin/listings/listing/{cars[0].pk}/change/").content.decode()
    for other in cars[1:3]:
        assert f"/admin/listings/listing/{other.pk}/change/" in advert
    assert f"/admin/listings/listing/{cars[3].pk}/change/" not in advert
    listed = office.get("/admin/listings/carlink/").content.decode()
    assert all(f"#{row.pk}" in listed for row in cars[:3])
    assert f"#{cars[3].pk}" not in listed
    live = office.get("/admin/listings/carlink/?whose=several").content.decode()
    assert [f"#{row.pk}" in live for row in cars[:3]] == [True, True, False]
    one = office.get("/admin/listings/carlink/?whose=one").content.decode()
    assert not any(f"#{row.pk}" in one for row in cars)
    assert (
        "Hill Cars" in office.get(f"/admin/listings/carlink/{cars[1].pk}/change/").content.decode()
    )


def test_a_car_linked_by_its_photo_is_told_like_any_other(
    client: Client, settings: Settings
) -> None:
    settings.ALSO_LISTED_BY = True
    rows = [make.live(colour="blue", price=9_000), make.live(colour="blue", price=None)]
    for row in rows:
        photo(row, "aa")
    periodic.link_cars()
    (other,) = detail(client, rows[0])["also_listed_by"]
    assert (other["id"], other["price"]) == (rows[1].pk, None)
