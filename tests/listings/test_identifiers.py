"""Registration marks and VINs, in every shape that people write them."""

import pytest

from listings.identifiers import (
    InvalidVin,
    InvalidVrm,
    normalise_vin,
    normalise_vrm,
    registration_years,
    vin_check_digit_is_valid,
)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("ab15 cde", "AB15CDE"),
        (" AB15-CDE ", "AB15CDE"),
        ("A1 BCD", "A1BCD"),
        ("a123 bcd", "A123BCD"),
        ("ABC 123D", "ABC123D"),
        ("Q123 ABC", "Q123ABC"),
        ("A1", "A1"),
        ("1 A", "1A"),
        ("1234 AB", "1234AB"),
        ("ABC 123", "ABC123"),
        ("AIZ 1234", "AIZ1234"),
    ],
)
def test_a_mark_of_every_shape_is_normalised(text: str, mark: str) -> None:
    assert normalise_vrm(text) == mark


@pytest.mark.parametrize(
    "text", ["", "A", "12", "ABC", "AB1CDE", "AB15CDEF", "AB15 CD3", "ABCD12", "ÄB15CDE", "A12345"]
)
def test_what_has_no_shape_of_a_mark_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InvalidVrm) as refusal:
        normalise_vrm(text)
    assert refusal.value.code == "invalid_vrm"
    assert refusal.value.fields == {"vrm": ["This is not the shape of a UK registration mark."]}


@pytest.mark.parametrize(
    ("mark", "years"),
    [
        ("AB15CDE", [2015]),
        ("AB65CDE", [2015, 2016]),
        ("AB51CDE", [2001, 2002]),
        ("AB02CDE", [2002]),
        ("AB01CDE", None),
        ("A123BCD", [1983, 1984]),
        ("J1BCD", [1991, 1992]),
        ("R123BCD", [1997, 1998]),
        ("T123BCD", [1999]),
        ("Y123BCD", [2001]),
        ("ABC123A", [1963]),
        ("ABC123E", [1967]),
        ("ABC123F", [1967, 1968]),
        ("ABC123Y", [1982, 1983]),
        ("Q123ABC", None),
        ("AIZ1234", None),
        ("1A", None),
    ],
)
def test_a_mark_tells_the_years_it_was_issued_in(mark: str, years: list[int] | None) -> None:
    found = registration_years(mark)
    assert (None if found is None else list(found)) == years


def test_a_vin_is_normalised() -> None:
    assert normalise_vin(" 1m8gdm9axkp0-42788 ") == "1M8GDM9AXKP042788"


@pytest.mark.parametrize(
    "text", ["", "1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "1M8GDM9AXKPO42788", "IM8GDM9AXKP042788"]
)
def test_what_has_no_shape_of_a_vin_is_refused(text: str) -> None:
    with pytest.raises(InvalidVin) as refusal:
        normalise_vin(text)
    assert refusal.value.code == "invalid_vin"


def test_the_check_digit_of_a_vin_is_recognised() -> None:
    assert vin_check_digit_is_valid("1M8GDM9AXKP042788")
    assert vin_check_digit_is_valid("1" * 17)
    assert not vin_check_digit_is_valid("1M8GDM9A1KP042788")
