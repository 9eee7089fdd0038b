"""A refusal names what was meant: the parameter, the value, the make that a model is of."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from listings.models import MakeAlias, ModelAlias
from tests import make
from tests.dealers.stock_api.caller import caller

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"


def refusal(client: Client, path: str = URL, **query: str) -> dict[str, list[str]]:
    answer = client.get(f"{path}?{urlencode(query)}")
    assert answer.status_code == 400, answer.content
    fields: dict[str, list[str]] = answer.json()["fields"]
    return fields


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sort", "ordering"),
        ("orderBy", "ordering"),
        ("page", "cursor"),
        ("per_page", "page_size"),
        ("limit", "page_size"),
        ("query", "q"),
        ("price_from", "price_min"),
        ("price_to", "price_max"),
        ("priceMax", "price_max"),
        ("max_price", "price_max"),
        ("minprice", "price_min"),
        ("price__lte", "price_max"),
        ("cost_under", "price_max"),
        ("price", "price_min or price_max"),
        ("mileage", "mileage_min or mileage_max"),
        ("miles_max", "mileage_max"),
        ("year_since", "year_min"),
        ("min-power", "power_bhp_min"),
        ("power_bhp_min_", "power_bhp_min"),
        ("milage_max", "mileage_max"),
        ("gearbox", "transmission"),
        ("color", "colour"),
        ("Fuel", "fuel"),
        ("fuel_type", "fuel"),
        ("brand", "make"),
        ("postcode", "near"),
        ("radius", "within_miles"),
        ("transmision", "transmission"),
    ],
)
def test_an_unknown_parameter_names_the_known(client: Client, name: str, meant: str) -> None:
    assert refusal(client, **{name: "1"}) == {
        name: [f"There is no such parameter. Did you mean {meant}?"]
    }


@pytest.mark.parametrize(
    ("path", "name", "meant"),
    [
        ("/api/v1/suggest/", "page_size", "limit"),
        ("/api/v1/suggest/", "query", "q"),
        ("/api/v1/changes/", "cursor", "after"),
        ("/api/v1/changes/", "limit", "page_size"),
        ("/api/v1/dealers/", "offset", "cursor"),
    ],
)
def test_other_lists_name_their_own(client: Client, path: str, name: str, meant: str) -> None:
    assert refusal(client, path, **{name: "1"})[name] == [
        f"There is no such parameter. Did you mean {meant}?"
    ]


def test_what_is_like_nothing_is_told_what_there_is(client: Client) -> None:
    assert refusal(client, "/api/v1/dealers/", zzz="1")["zzz"][0].startswith(
        "There is no such parameter. Known: cursor, "
    )


def test_the_stock_names_its_own_parameters() -> None:
    api = caller(make.dealer())
    fields = api.get("?state=live&sort=price&reference=A1").json()["fields"]
    assert fields == {
        "state": ["There is no such parameter. Did you mean status?"],
        "sort": ["There is no such parameter. Did you mean ordering?"],
        "reference": ["There is no such parameter. Did you mean stock_ref?"],
    }


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("fuel", "deisel", "diesel"),
        ("fuel", "Plug-in hybrid", "plug_in_hybrid"),
        ("transmission", "auto", "automatic"),
        ("body_type", "HATCH BACK", "hatchback"),
        ("colour", "gray", "grey"),
        ("ordering", "-prcie", "-price"),
        ("ordering", "price_asc", "price"),
        ("ordering", "Mileage-Desc", "-mileage"),
        ("facets", "fuels", "fuel"),
        ("count", "exactly", "exact"),
    ],
)
def test_an_unknown_value_names_the_nearest(
    client: Client, name: str, text: str, meant: str
) -> None:
    (message,) = refusal(client, **{name: text})[name]
    assert message.startswith(f"'{text}' is not one of ")
    assert message.endswith(f". Did you mean {meant}?")


def test_a_value_of_a_body_names_the_nearest() -> None:
    branch = make.branch()
    body = {"make": "Ford", "model": "Ka", "year": 2016, "mileage": 1, "fuel": "deisel"}
    fields = caller(branch.dealer).post("", body).json()["fields"]
    assert fields["fuel"][0].endswith(" Did you mean diesel?")


def test_a_model_of_another_make_is_told_whose_it_is(client: Client) -> None:
    make.model("Focus", make.make("Ford"))
    make.make("BMW")
    make.make("Audi")
    assert refusal(client, make="bmw", model="Focus") == {
        "model": ["Focus is a model of Ford, not of BMW."]
    }
    assert refusal(client, make="bmw,audi", model="focus") == {
        "model": ["Focus is a model of Ford, not of Audi or BMW."]
    }


def test_a_model_that_several_makes_have_names_them_all(client: Client) -> None:
    for name in ("Seat", "Cupra"):
        make.model("Ateca", make.make(name))
    make.make("Kia")
    assert refusal(client, make="kia", model="ateca") == {
        "model": ["Ateca is a model of Cupra and Seat, not of Kia."]
    }


def test_another_name_of_a_make_or_model_leads_to_its_slug(client: Client) -> None:
    golf = make.model("Golf", make.make("Volkswagen"))
    MakeAlias.objects.create(make=golf.make, name="VW")
    ModelAlias.objects.create(model=golf, name="Golf Mk 7")
    assert refusal(client, make="VW", model="golf-mk-7") == {
        "make": ["There is no make 'vw'. Did you mean 'volkswagen'?"],
        "model": ["There is no model 'golf-mk-7'. Did you mean 'golf'?"],
    }


def test_a_name_with_spaces_is_told_what_a_slug_is(client: Client) -> None:
    assert refusal(client, make="Land Rover") == {
        "make": ["'Land Rover' is no slug, such as land-rover."]
    }


def test_of_many_unknown_parameters_only_the_first_are_looked_for(client: Client) -> None:
    query = {f"transmision_{number}": "1" for number in range(400)}
    fields = refusal(client, **query)
    assert len(fields) == 400
    meant = [name for name, texts in fields.items() if "Did you mean" in texts[0]]
    assert meant == [f"transmision_{number}" for number in range(10)]
    assert fields["transmision_399"] == ["There is no such parameter."]
