"""The towns, districts, counties, regions and nations that ship with the project."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from listings.search.distance import miles_between
from listings.search.places import TEXT_MAX, Point, Precision, radius_of, read
from listings.search.places.named_places import BY_WORDS, NAMED_PLACES, place_words

TABLE = Path("../shared/data/uk_outcodes.csv")
Spots = dict[str, list[tuple[float, float]]]

# What the table calls a place, where that is not its name; several where it is cut up.
REGIONS = {
    "London": ["London"],
    "North East": ["North East England"],
    "North West": ["North West England"],
    "Yorkshire": ["North Yorkshire", "Leeds", "Sheffield", "East Riding of Yorkshire"],
    "East Midlands": ["East Midlands"],
    "West Midlands": ["West Midlands"],
    "Midlands": ["East Midlands", "West Midlands"],
    "East of England": ["East of England"],
    "South East": ["South East England"],
    "South West": ["South West England"],
    "Scottish Highlands": ["Highland"],
    "Berkshire": ["Reading", "West Berkshire", "Wokingham", "Windsor and Maidenhead"],
    "Cheshire": ["Cheshire East", "Cheshire West and Chester", "Warrington"],
    "Greater Manchester": ["Greater Manchester", "Bolton", "Oldham", "Stockport", "Wigan"],
    "Merseyside": ["Liverpool", "Sefton", "Knowsley", "St Helens", "Wirral"],
    "Guernsey": [],  # the table adds Alderney, 20 miles away
    "Perthshire": ["Perth and Kinross"],
    "South Yorkshire": ["Sheffield", "Barnsley", "Rotherham", "Doncaster"],
    "Sussex": ["East Sussex", "West Sussex", "Brighton and Hove"],
    "Tyne and Wear": ["Newcastle Upon Tyne", "Gateshead", "Sunderland", "North Tyneside"],
    "West Yorkshire": ["Leeds", "Bradford", "Wakefield", "Kirklees", "Calderdale"],
}
SHARE_MIN, ROOM = 0.95, 1.5
SMALL_MILES = 10  # a radius so small is never too wide


def test_a_name_and_what_it_is_written_as_are_one_place() -> None:
    assert len(NAMED_PLACES) > 2_000
    assert {name: read(name) for name in NAMED_PLACES} == {name: name for name in NAMED_PLACES}
    assert {place_words(name) for name in NAMED_PLACES} <= set(BY_WORDS)
    assert max(map(len, NAMED_PLACES)) <= TEXT_MAX


def test_a_place_lies_where_it_can() -> None:
    kinds = set(Precision) - {Precision.POINT, Precision.OUTCODE, Precision.AREA}
    assert {place.kind for place in NAMED_PLACES.values()} == {kind.value for kind in kinds}
    elsewhere = {
        place.name
        for place in NAMED_PLACES.values()
        if not (49 < place.latitude < 61 and -8.5 < place.longitude < 2 and 5 < place.radius < 300)
    }
    assert elsewhere == set()


def test_whatever_is_no_named_place_has_the_usual_radius() -> None:
    assert (radius_of("LS1"), radius_of("53.8000,-1.5500"), radius_of("Leeds")) == (25, 25, 25)
    assert (radius_of("Kent"), radius_of("London"), radius_of("Hackney")) == (35, 20, 10)


@pytest.mark.skipif(not TABLE.exists(), reason="needs the shared table of outcodes")
def test_the_radius_of_a_county_covers_it_and_little_more() -> None:
    spots, wrong, seen = _spots(), {}, 0
    for place in NAMED_PLACES.values():
        keys = [] if place.kind == "town" else REGIONS.get(place.name, [place.name])
        centre = Point(place.name, place.latitude, place.longitude, Precision(place.kind))
        far = sorted(miles_between(centre, *each) or 0.0 for key in keys for each in spots[key])
        if len(far) < 3:
            continue
        seen += 1
        inside = sum(each <= place.radius for each in far) / len(far)
        if inside < SHARE_MIN or place.radius > max(SMALL_MILES, ROOM * far[-1] + 5):
            wrong[place.name] = (place.radius, far[-1], inside)
    assert wrong == {}
    assert seen > 70


@pytest.mark.skipif(not TABLE.exists(), reason="needs the shared table of outcodes")
def test_no_town_is_far_from_every_outcode() -> None:
    spots = [each for places in _spots().values() for each in places]
    far = {
        place.name
        for place in NAMED_PLACES.values()
        if place.kind == "town"
        and not any(
            abs(place.latitude - latitude) < 0.2 and abs(place.longitude - longitude) < 0.35
            for latitude, longitude in spots
        )
    }
    assert far == set()


def _spots() -> Spots:
    """Return where the outcodes of each region are, under each of its names."""
    spots: Spots = defaultdict(list)
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for name in {row["region"], row["uk_region"]}:
                spots[name].append((float(row["latitude"]), float(row["longitude"])))
    return spots
