"""Cells of every field as systems write them; what is not understood is left blank."""

from datetime import date
from pathlib import Path

import pytest

from dealers.feeds.cells import read_car

TODAY = date(2026, 3, 1)
CELLS = [
    line.split("|")
    for line in (Path(__file__).parent / "cells.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("name", "text", "value"), CELLS)
def test_a_value_is_read_right_or_not_at_all(name: str, text: str, value: str) -> None:
    written = text.replace("\\u202f", "\u202f").replace("\\u2009", "\u2009")
    car = read_car({name: written.replace("\\u00a0", "\u00a0")}, today=TODAY)
    read = car.values.get(name)
    assert str("-" if read is None else getattr(read, "value", read)) == value
