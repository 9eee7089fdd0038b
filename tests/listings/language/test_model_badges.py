"""Badges that are sold as a model, and what only looks like one."""

import pytest

from listings.language.model_badges import model_of_badge


@pytest.mark.parametrize(
    ("badge", "make", "model"),
    [
        ("116d", "bmw", "1series"),
        ("m240i", "bmw", "2series"),
        ("745le", "bmw", "7series"),
        ("b180", "mercedes-benz", "bclass"),
        ("e350d", "mercedes-benz", "eclass"),
        ("cla45", "mercedes-benz", "cla"),
        ("ml320", "mercedes-benz", "mclass"),
        ("eqa250", "mercedes-benz", "eqa"),
        ("nx300h", "lexus", "nx"),
    ],
)
def test_a_badge_means_a_model(badge: str, make: str, model: str) -> None:
    found = model_of_badge(badge)
    assert found is not None
    assert (found.make, found.model, found.is_certain) == (make, model, True)


def test_three_digits_are_a_badge_only_beside_the_make() -> None:
    found = model_of_badge("525")
    assert found is not None
    assert (found.make, found.model, found.is_certain) == ("bmw", "5series", False)


@pytest.mark.parametrize("word", ["r53", "e46", "s60", "v40", "350z", "150ps", "gti", "500", "a4"])
def test_other_codes_mean_no_model(word: str) -> None:
    assert model_of_badge(word) is None
