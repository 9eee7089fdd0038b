"""A filter's values are taken in any letter case; answers and addresses stay lower-case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from listings.api.parameters import FILTERS
from listings.choices import BodyType, Colour, Drivetrain, Fuel, ServiceHistory, Transmission
from marketplace.api.parameters import ChoiceParameter, ListParameter
from tests import make
from tests.dealers.stock_api.caller import caller

pytestmark = pytest.mark.django_db
CASES: tuple[Callable[[str], str], ...] = (str.upper, str.title, str.swapcase)


def stock() -> Any:
    """Write one advert that the queries below find, and one that they do not."""
    make.live(
        fuel=Fuel.PETROL,
        transmission=Transmission.MANUAL,
        body_type=BodyType.COUPE,
        colour=Colour.RED,
        drivetrain=Drivetrain.REAR_WHEEL,
        service_history=ServiceHistory.NONE,
        model=make.model("Focus", make.make("Ford")),
        branch=make.branch(make.dealer("South")),
    )
    return make.live(
        fuel=Fuel.PLUG_IN_HYBRID,
        transmission=Transmission.AUTOMATIC,
        body_type=BodyType.SUV,
        colour=Colour.GREY,
        drivetrain=Drivetrain.FOUR_WHEEL,
        service_history=ServiceHistory.FULL_DEALER,
        branch=make.branch(make.dealer("Northern Cars")),
    )


QUERIES = (
    "fuel=plug_in_hybrid",
    "transmission=automatic",
    "body_type=suv",
    "colour=grey",
    "drivetrain=four_wheel",
    "service_history=full_dealer,partial",
    "make=land-rover",
    "make=land-rover&model=range-rover",
    "dealer=northern-cars",
    "reduced=false&colour=grey",
)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("query", QUERIES)
def test_the_search_and_the_stock_take_any_case(
    query: str, case: Callable[[str], str], client: Client
) -> None:
    wanted = stock()
    pairs = (each.split("=") for each in query.split("&"))
    written = "&".join(f"{name}={case(value)}" for name, value in pairs)
    public = client.get(f"/api/v1/listings/?{written}&ordering=Price&count=EXACT")
    assert [each["id"] for each in public.json()["results"]] == [wanted.pk]
    assert public.json()["count"] == 1
    own = caller(wanted.dealer).get(f"?{written}&status=LIVE").json()["results"]
    assert [each["id"] for each in own] == [wanted.pk]


def test_every_choice_of_the_search_is_offered_in_lower_case() -> None:
    choices = [
        field.item
        for field in FILTERS.values()
        if isinstance(field, ListParameter) and isinstance(field.item, ChoiceParameter)
    ]
    assert len(choices) >= 7
    for each in choices:
        assert [value.lower() for value in each.values] == list(each.values)


def test_answers_stay_lower_case(client: Client) -> None:
    stock()
    body = client.get("/api/v1/listings/?fuel=PETROL&facets=Fuel").json()
    assert body["results"][0]["fuel"] == "petrol"
    assert [each["value"] for each in body["facets"]["fuel"]] == ["petrol", "plug_in_hybrid"]


def test_a_cursor_goes_on_in_another_case(client: Client) -> None:
    first, second = make.live(price=1_000), make.live(price=2_000)
    page = client.get("/api/v1/listings/?fuel=DIESEL&ordering=PRICE&page_size=1").json()
    assert [each["id"] for each in page["results"]] == [first.pk]
    query = f"fuel=diesel&ordering=price&page_size=1&cursor={page['next_cursor']}"
    following = client.get(f"/api/v1/listings/?{query}").json()
    assert [each["id"] for each in following["results"]] == [second.pk]


def test_a_page_and_a_block_have_one_address_for_every_case(client: Client) -> None:
    stock()
    page = client.get("/cars/?make=Land-Rover&fuel=PLUG_in_hybrid")
    assert (page.status_code, page["Location"]) == (
        301,
        "/cars/?fuel=plug_in_hybrid&make=land-rover",
    )
    block = client.get("/api/v1/widget/?make=Land-Rover")
    assert (block.status_code, block["Location"]) == (301, "/api/v1/widget/?make=land-rover")
