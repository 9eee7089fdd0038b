"""Numbers, with whatever groups, decimals and units they are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.language.lexicon import Speaker
from listings.language.quantities import read_quantities


def read(text: str) -> list[tuple[str, str | None]]:
    return [
        (format(each.value.normalize(), "f"), each.unit and each.unit.name)
        for each in read_quantities(text, Speaker.FEED).quantities
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8,450", [("8450", None)]),
        ("8 450", [("8450", None)]),
        ("8\u202f450 miles", [("8450", "miles")]),
        ("8.450", [("8450", None)]),
        ("8.450,50", [("8450.5", None)]),
        ("8'450", [("8450", None)]),
        ("1 250 000", [("1250000", None)]),
        ("3.6e4", [("36000", None)]),
        ("£ 11,250", [("11250", "pounds")]),
        ("GBP 11250.00", [("11250", "pounds")]),
        ("€9000", [("9000", "euros")]),
        ("62.5k miles", [("62500", "miles")]),
        ("30kmiles", [("30000", "miles")]),
        ("12 grand", [("12000", None)]),
        ("a grand", [("1000", None)]),
        ("thirty two thousand pounds", [("32000", "pounds")]),
        ("three doors", [("3", "doors")]),
        ("4+3", [("7", None)]),
        ("5 seater", [("5", "seats")]),
        ("184PS / 135 kW", [("184", "ps"), ("135", "kw")]),
        ("52.3 mpg (5.4l/100km)", [("52.3", "mpg"), ("5.4", "l_per_100_km")]),
        ("6 cyl 2.9 litre", [("6", "cylinders"), ("2.9", "litres")]),
        ("24v", [("24", "valves")]),
        ("139 g/km", [("139", "g_per_km")]),
        ("15%", [("15", "percent")]),
        ("8,000-9,000", [("8000", None), ("9000", None)]),
        ("530d", []),
        ("V8", []),
        ("", []),
    ],
)
def test_every_quantity_of_a_text(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("190PS", "bhp", "187.4"),
        ("100 kW", "bhp", "134.1"),
        ("100 km", "miles", "62.1"),
        ("1.5 litres", "cc", "1500.0"),
        ("6.0 l/100km", "mpg", "47.1"),
        ("50 mpg", "l_per_100_km", "5.6"),
        ("2 years", "months", "24.0"),
        ("5 doors", "seats", None),
        ("5", "doors", None),
    ],
)
def test_a_quantity_in_another_unit(text: str, unit: str, value: str | None) -> None:
    (quantity,) = read_quantities(text, Speaker.FEED).quantities
    measured = quantity.measured_in(unit)
    assert (measured and str(round(measured, 1))) == value


def test_what_is_no_quantity_is_told() -> None:
    reading = read_quantities("about 8,450 miles, warranted", Speaker.FEED, beside={"about"})
    assert reading.rest == ("warranted",)
    (quantity,) = reading.quantities
    assert (quantity.start, quantity.end, quantity.digits) == (6, 17, "8,450")


def test_three_digits_behind_a_dot_can_be_decimals() -> None:
    (dotted,) = read_quantities("14.250", Speaker.FEED).quantities
    (commas,) = read_quantities("14,250", Speaker.FEED).quantities
    assert (dotted.value, dotted.other) == (Decimal(14_250), Decimal("14.250"))
    assert commas.other is None


@given(st.text(max_size=200) | st.text("12 .,-k\u00a3+e/mples", max_size=200))
def test_any_text_is_read(text: str) -> None:
    for quantity in read_quantities(text, Speaker.BUYER).quantities:
        assert 0 <= quantity.start < quantity.end <= len(text)
