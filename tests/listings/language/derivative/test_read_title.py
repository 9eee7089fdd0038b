"""Make, model and derivative of an advert's title."""

import pytest

from listings.choices import Fuel
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel, read_title
from tests.listings.language.derivative.corpus import catalogue, labelled

CATALOGUE = Catalogue(
    (
        CatalogueMake(
            "land-rover",
            ("Land Rover", "Landrover"),
            (
                CatalogueModel("range-rover", ("Range Rover",)),
                CatalogueModel("range-rover-evoque", ("Range Rover Evoque", "Evoque")),
                CatalogueModel("range-rover-sport", ("Range Rover Sport",)),
            ),
        ),
        CatalogueMake(
            "mercedes-benz",
            ("Mercedes-Benz", "Mercedes", "Merc"),
            (CatalogueModel("c-class", ("C-Class", "C Class")),),
        ),
        CatalogueMake(
            "bmw",
            ("BMW",),
            (
                CatalogueModel("3-series", ("3 Series",)),
                CatalogueModel("x3", ("X3",)),
            ),
        ),
        CatalogueMake(
            "mazda",
            ("Mazda",),
            (CatalogueModel("2", ("2",)), CatalogueModel("mx-5", ("MX-5",))),
        ),
        CatalogueMake("fiat", ("Fiat",), (CatalogueModel("500", ("500",)),)),
        CatalogueMake(
            "ford",
            ("Ford",),
            (CatalogueModel("ka", ("KA",)), CatalogueModel("ka-plus", ("Ka+",))),
        ),
        CatalogueMake("smart", ("smart",), (CatalogueModel("1", ("#1",)),)),
        CatalogueMake("vw", ("Volkswagen", "VW"), (CatalogueModel("golf", ("Golf",)),)),
        CatalogueMake("citroen", ("Citroën",), (CatalogueModel("c4", ("C4",)),)),
    )
)


@pytest.mark.parametrize(
    ("title", "make", "model", "derivative"),
    [
        ("Land Rover Range Rover 3.0 Tdv6 Vogue Se 4dr Auto", "land-rover", "range-rover",
         "3.0 Tdv6 Vogue Se 4dr Auto"),
        ("LANDROVER Range Rover Evoque 2.0 TD4", "land-rover", "range-rover-evoque", "2.0 TD4"),
        ("Range Rover Sport 3.0 SDV6", "land-rover", "range-rover-sport", "3.0 SDV6"),
        ("2019 Merc C-Class C220d", "mercedes-benz", "c-class", "C220d"),
        ("Mercedes Benz C Class C63", "mercedes-benz", "c-class", "C63"),
        ("BMW 320d M Sport", "bmw", "3-series", "320d M Sport"),
        ("BMW 3-Series 318i", "bmw", "3-series", "318i"),
        ("BMW M2 3.0", "bmw", None, "M2 3.0"),
        ("Mazda2 1.5 Sport 5dr", "mazda", "2", "1.5 Sport 5dr"),
        ("Mazda 2.0 Sport 5dr", "mazda", None, "2.0 Sport 5dr"),
        ("Mazda MX5 2.0i", "mazda", "mx-5", "2.0i"),
        ("Fiat 500 1.2 Pop 3dr", "fiat", "500", "1.2 Pop 3dr"),
        ("Ford Ka 1.2 Edge 3dr", "ford", "ka", "1.2 Edge 3dr"),
        ("FORD KA+ 1.2 Zetec 5dr", "ford", "ka-plus", "1.2 Zetec 5dr"),
        ("Ford Ka + winter tyres", "ford", "ka", "winter tyres"),
        ("smart #1 Pro+ 49kWh", "smart", "1", "Pro+ 49kWh"),
        ("VW VOLKSWAGEN Golf 2.0 TDI", "vw", "golf", "2.0 TDI"),
        ("Citroen C4 1.2", "citroen", "c4", "1.2"),
        ("CITROËN C4 1.2", "citroen", "c4", "1.2"),
        ("Used (19) BMW X3 - xDrive20d", "bmw", "x3", "xDrive20d"),
        ("Fiat 500 1.2 Pop (69 bhp)", "fiat", "500", "1.2 Pop (69 bhp)"),
        ("(VW Golf 1.4 TSI)", "vw", "golf", "1.4 TSI"),
        ("Trabant 601 0.6", None, None, "Trabant 601 0.6"),
        ("", None, None, ""),
    ],
)  # fmt: skip
def test_title(title: str, make: str | None, model: str | None, derivative: str) -> None:
    found = read_title(title, CATALOGUE)
    assert (found.make, found.model, found.derivative) == (make, model, derivative)


def test_the_rest_of_the_title_is_read() -> None:
    assert read_title("BMW X3 xDrive20d 5dr", CATALOGUE).parsed.fuel == Fuel.DIESEL


def test_every_make_and_model_of_the_corpus_is_found_in_a_title() -> None:
    makes = catalogue()
    for row in labelled():
        found = read_title(f"{row.make} {row.model} {row.derivative}", makes)
        assert (found.make, found.model) == (row.make, row.model)
