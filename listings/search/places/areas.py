"""The 124 postcode areas with their approximate centres, good to some 15 miles."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Area(NamedTuple):
    """A postcode area, named after its post town."""

    name: str
    latitude: float
    longitude: float


def _areas() -> Mapping[str, Area]:
    path = Path(__file__).with_name("areas.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["area"]: Area(row["name"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        }


AREAS = _areas()
