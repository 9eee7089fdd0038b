"""Titles read with the catalogue that ships."""

import pytest

from listings.catalogue import known_names, load_seed
from listings.language.derivative import read_title

pytestmark = pytest.mark.django_db


def test_titles_find_their_make_and_model_in_the_shipped_catalogue() -> None:
    load_seed()
    catalogue = known_names()
    for title, make, model, derivative in (
        (
            "Land Rover Range Rover 3.0 Tdv6 Vogue Se 4dr Auto",
            "land-rover",
            "range-rover",
            "3.0 Tdv6 Vogue Se 4dr Auto",
        ),
        ("Range Rover 4.4 Sdv8 Autobiography", "land-rover", "range-rover", None),
        ("Range Rover Evoque 2.0 TD4 SE", "land-rover", "range-rover-evoque", "2.0 TD4 SE"),
        ("VW Golf 1.6 TDI SE 5dr", "volkswagen", "golf", "1.6 TDI SE 5dr"),
        ("Merc E-Class E220d AMG Line", "mercedes-benz", "e-class", "E220d AMG Line"),
        ("Mazda2 1.5 SE-L 5dr", "mazda", "2", None),
        ("Fiat 500 1.2 Lounge 3dr", "fiat", "500", "1.2 Lounge 3dr"),
        ("BMW 118d M Sport 5dr", "bmw", "1-series", "118d M Sport 5dr"),
        ("2016 BMW 520 2.0 SE Auto", "bmw", "5-series", None),
        ("Mercedes C 220 d AMG Line", "mercedes-benz", "c-class", "C 220 d AMG Line"),
        ("BMW M Sport 330e Touring", "bmw", "3-series", None),
        ("Lexus NX300h F Sport", "lexus", "nx", None),
        ("BMW M Sport 150 bhp", "bmw", None, None),
        ("BMW 118d not 320d", "bmw", "1-series", None),
    ):
        read = read_title(title, catalogue)
        assert (title, read.make, read.model) == (title, make, model)
        assert derivative in (None, read.derivative)
