"""Readings of the labelled corpus meet the rates that the marketplace asks for."""

import pytest

from tests.listings.language.derivative.corpus import FIELDS, labelled, score

WRONG_MAX = 0.01
RATES = {
    "doors": 0.99,
    "engine_litres": 0.98,
    "transmission": 0.97,
    "fuel": 0.95,
    "battery_kwh": 0.98,
    "drivetrain": 0.97,
    "euro_standard": 0.97,
    "stop_start": 0.97,
    "seats": 0.95,
    "body_type": 0.95,
    "power_ps": 0.95,
}


def test_the_corpus_is_large_and_broad() -> None:
    rows = labelled()
    assert len(rows) >= 500
    assert len({row.make for row in rows}) >= 50
    assert len({row.derivative for row in rows}) >= 500


@pytest.mark.parametrize(("name", "rate"), RATES.items())
def test_a_stated_field_is_read_right(name: str, rate: float) -> None:
    assert score(labelled()).rate(name) >= rate


def test_hardly_any_value_is_wrong() -> None:
    result = score(labelled())
    read = sum(result.right[name] for name in FIELDS) + len(result.wrong)
    assert len(result.wrong) / read <= WRONG_MAX, result.wrong
