"""A derivative completes an advert's fields and overrules none."""

from decimal import Decimal

import pytest

from listings.choices import Drivetrain, EuroStandard, Fuel, Transmission
from listings.language.derivative import Contradiction, fill, read

READING = read("2.0 TDI 150 SE quattro S Tronic Euro 6 5dr")


def test_missing_fields_are_added() -> None:
    filled = fill({"fuel": None, "doors": "", "mileage": 12}, READING)
    assert filled.added == {
        "fuel": Fuel.DIESEL,
        "transmission": Transmission.AUTOMATIC,
        "doors": 5,
        "drivetrain": Drivetrain.FOUR_WHEEL,
        "engine_cc": 2000,
        "power_bhp": 148,
        "euro_standard": EuroStandard.EURO_6,
    }
    assert filled.contradictions == ()


def test_a_stated_field_stands_and_the_contradiction_is_reported() -> None:
    filled = fill({"fuel": "petrol", "doors": 3}, READING)
    assert "fuel" not in filled.added
    assert "doors" not in filled.added
    assert filled.contradictions == (
        Contradiction("fuel", "petrol", Fuel.DIESEL),
        Contradiction("doors", 3, 5),
    )


def test_an_exact_capacity_is_added_where_the_text_has_it() -> None:
    assert fill({}, read("2148cc C220 CDI")).added["engine_cc"] == 2148


@pytest.mark.parametrize(
    ("text", "field", "stated", "agrees"),
    [
        ("2.0", "engine_cc", 1995, True),
        ("1.2", "engine_cc", 1149, True),
        ("2.0", "engine_cc", 1598, False),
        ("150ps", "power_bhp", 148, True),
        ("150ps", "power_bhp", 150, True),
        ("150ps", "power_bhp", 115, False),
        ("58kWh", "battery_kwh", Decimal("62.0"), True),
        ("58kWh", "battery_kwh", "77", False),
        ("58kWh", "battery_kwh", "large", False),
        ("Euro 6", "euro_standard", 6, True),
        ("Auto", "transmission", "automatic", True),
    ],
)
def test_agreement(text: str, field: str, stated: object, agrees: bool) -> None:
    assert (fill({field: stated}, read(text)).contradictions == ()) is agrees
