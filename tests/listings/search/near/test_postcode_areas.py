"""The postcode areas that ship with the project."""

import csv
import re
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from listings.search.distance import miles_between
from listings.search.places import Point, Precision
from listings.search.places.areas import AREAS
from listings.search.places.named_places import named, place_words

TABLE = Path("../shared/data/uk_outcodes.csv")


def test_there_are_124_areas() -> None:
    assert len(AREAS) == 124
    assert AREAS["LS"].name == "Leeds"


def test_every_area_is_also_a_place_by_its_name() -> None:
    assert {area.name for area in AREAS.values() if named(place_words(area.name)) is None} == set()


@pytest.mark.skipif(not TABLE.exists(), reason="needs the shared table of outcodes")
def test_every_centre_is_near_the_mean_of_its_outcodes() -> None:
    outcodes = defaultdict(list)
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            area = re.sub("[0-9].*", "", row["postcode"])
            outcodes[area].append((float(row["latitude"]), float(row["longitude"])))
    assert set(outcodes) == set(AREAS)
    far = {}
    for code, known in AREAS.items():
        centre = Point(code, known.latitude, known.longitude, Precision.AREA)
        latitudes, longitudes = zip(*outcodes[code], strict=True)
        miles = miles_between(centre, mean(latitudes), mean(longitudes))
        if miles is None or miles > 15:
            far[code] = miles
    assert far == {}
