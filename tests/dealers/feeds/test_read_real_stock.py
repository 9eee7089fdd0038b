"""99,000 real cars, as their files are, dirty in places."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from dealers.feeds.cells import StagedCar, read_car
from dealers.feeds.columns import ColumnMapper, suggest
from dealers.feeds.files import preview, read_rows

STOCK = Path(__file__).parents[3].parent / "shared" / "data" / "uk_used_cars"
MAKES = {
    "audi": "Audi",
    "bmw": "BMW",
    "ford": "Ford",
    "hyundi": "Hyundai",
    "merc": "Mercedes-Benz",
    "skoda": "Skoda",
    "toyota": "Toyota",
    "vauxhall": "Vauxhall",
    "vw": "Volkswagen",
}


@pytest.mark.slow
@pytest.mark.skipif(not STOCK.exists(), reason="the real stock is not on this machine")
def test_real_stock_is_read_but_for_the_car_from_the_future() -> None:
    counts: Counter[str] = Counter()
    for path in sorted(STOCK.glob("*.csv")):
        for car in _cars(path):
            counts["rows"] += 1
            counts["missing"] += bool(car.missing)
            counts["warned"] += bool(car.warnings)
            counts.update(f"{each.code} {each.value}" for each in car.errors)
    assert counts.pop("warned") < counts["rows"] * 0.03
    assert counts == {"rows": 99187, "missing": 0, "impossible_year 2060": 1}


def _cars(path: Path) -> list[StagedCar]:
    with path.open("rb") as stream:
        beginning = preview(stream)
        suggestion = suggest(beginning.headers, [row.cells for row in beginning.rows])
        mapper = ColumnMapper(suggestion.mapping({"make": MAKES[path.stem]}))
        return [
            read_car(mapper.apply(row.cells)[0], today=date(2026, 3, 1))
            for row in read_rows(stream)
        ]
