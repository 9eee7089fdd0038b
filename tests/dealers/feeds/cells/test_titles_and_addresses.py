"""A title fills what its row lacks, and an address is no value of a car."""

from datetime import date

import pytest

from dealers.feeds.cells import StagedCar, read_car
from dealers.feeds.columns import suggest
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel

CATALOGUE = Catalogue(
    (
        CatalogueMake("volkswagen", ("Volkswagen", "VW"), (CatalogueModel("golf", ("Golf",)),)),
        CatalogueMake(
            "land-rover",
            ("Land Rover",),
            (CatalogueModel("range-rover-evoque", ("Range Rover Evoque",)),),
        ),
    )
)
PAGE = "https://yard.example/used-cars/automatic-diesel-hatchback-golf-2017-5dr/"


def read(**cells: str) -> StagedCar:
    return read_car(cells, today=date(2026, 11, 28), catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("title", "make", "model", "derivative"),
    [
        ("Volkswagen Golf 1.5 TSI Life 5dr", "Volkswagen", "Golf", "1.5 TSI Life 5dr"),
        ("2019 VW Golf 1.5 TSI Life 5dr", "Volkswagen", "Golf", "1.5 TSI Life 5dr"),
        ("Used 2016 (66) Zetor Crystal 2.0 TDI 5dr", "ZETOR", "crystal", "2.0 TDI 5dr"),
        ("Golf - 1.5 TSI Life 5dr", "Volkswagen", "Golf", "1.5 TSI Life 5dr"),
        ("Zetor Crystal, 2016, 2.0 TDI 5dr", "Zetor", "Crystal", "2.0 TDI 5dr"),
        ("LandRover RangeRover Evoque 2.0 TD4 SE 5dr", "Land Rover", "Range Rover Evoque",
         "2.0 TD4 SE 5dr"),
        ("Seat Leon 1.5 TSI FR 5dr", "Volkswagen", "Golf", None),
        ("Volkswagen Golf", "Volkswagen", "Golf", None),
    ],
)  # fmt: skip
def test_a_title_beside_make_and_model_gives_the_derivative(
    title: str, make: str, model: str, derivative: str | None
) -> None:
    car = read(title=title, make=make, model=model)
    assert (car.make, car.model, car.values.get("derivative")) == (make, model, derivative)
    if derivative:
        assert car.values["doors"] == 5
        assert car.values["engine_cc"] in (1_500, 2_000)


def test_a_derivative_of_its_own_stands_and_a_trim_gives_way_to_the_title() -> None:
    cells = {"title": "VW Golf 1.5 TSI Life 5dr", "make": "VW", "model": "Golf"}
    assert read(**cells, derivative="2.0 TDI").values["derivative"] == "2.0 TDI"
    assert read(**cells, trim="Life").values["derivative"] == "1.5 TSI Life 5dr"
    assert read(make="VW", model="Golf", trim="Life").values["derivative"] == "Life"


@pytest.mark.parametrize(
    ("derivative", "left"),
    [
        ("Land Rover Discovery Sport 2.0 TD4 SE 5dr", "2.0 TD4 SE 5dr"),
        ("LAND ROVER DISCOVERY-SPORT - 2.0 TD4 SE", "2.0 TD4 SE"),
        ("Discovery Sport 2.0 TD4 SE", "Discovery Sport 2.0 TD4 SE"),
        ("Land Rover Discovery Sport! 2.0 TD4 SE", "2.0 TD4 SE"),
        ("Land Rover Discovery Sport!", "Land Rover Discovery Sport!"),
        ("Land Rover Defender 90", "Land Rover Defender 90"),
        ("Land Rover Discovery Sport", "Land Rover Discovery Sport"),
        ("2.0 Land Rover Discovery Sport", "2.0 Land Rover Discovery Sport"),
    ],
)
def test_a_derivative_does_not_repeat_its_rows_make_and_model(derivative: str, left: str) -> None:
    for column in ("derivative", "trim"):
        car = read(**{column: derivative}, make="Land Rover", model="Discovery Sport")
        assert car.values["derivative"] == left


@pytest.mark.parametrize(
    "name", ["transmission", "fuel", "body_type", "year", "doors", "derivative", "model", "colour"]
)
def test_no_value_comes_from_an_address(name: str) -> None:
    car = read(**{"make": "VW", "model": "Golf", "mileage": "9000", "vrm": "", name: PAGE})
    assert {**car.values, "model": car.model if name == "model" else ""}.get(name) in (None, "")
    assert ("unreadable_address", name) in [(each.code, each.field) for each in car.warnings]


def test_a_name_of_schema_org_is_a_value() -> None:
    assert read(drivetrain="https://schema.org/FourWheelDrive").values["drivetrain"] == "four_wheel"
    assert read(availability="http://schema.org/OutOfStock").availability == "off_sale"


def test_addresses_of_pages_are_guessed_for_nothing() -> None:
    samples = [{"A": f"{PAGE}{n}/", "B": f"https://yard.example/media/{n}.jpg"} for n in range(6)]
    suggestion = suggest(["A", "B"], samples)
    assert {name: source.headers for name, source in suggestion.fields.items()} == {
        "photos": ("B",)
    }


def test_a_column_of_pictures_without_an_address_is_none() -> None:
    assert "photos" not in suggest(["Images"], [{"Images": str(n)} for n in range(6)]).fields
