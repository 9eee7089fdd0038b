"""From a place as `read` returns it to its point on the map."""

import enum
import re
from typing import NamedTuple

from listings.models import Outcode
from listings.search.places.areas import AREAS
from listings.search.places.named_places import NAMED_PLACES, RADIUS_MILES
from listings.search.places.parser import read


class Precision(enum.StrEnum):
    """What a point is the centre of; a postcode area's is good to some 15 miles."""

    POINT = "point"
    OUTCODE = "outcode"
    AREA = "area"
    TOWN = "town"
    DISTRICT = "district"
    COUNTY = "county"
    REGION = "region"
    NATION = "nation"


class Point(NamedTuple):
    """A place with its coordinates in degrees (WGS 84)."""

    text: str
    latitude: float
    longitude: float
    precision: Precision


def locate(text: str) -> Point:
    """Return where a place is; an outcode that is not loaded is at its area's centre.

    Raises `ValueError` for what `read` refuses.
    """
    place = read(text)
    if known := NAMED_PLACES.get(place):
        return Point(place, known.latitude, known.longitude, Precision(known.kind))
    if "," in place:
        latitude, longitude = map(float, place.split(","))
        return Point(place, latitude, longitude, Precision.POINT)
    area = re.sub("[0-9].*", "", place)
    if place != area and (found := _outcode(place)):
        return Point(place, found.latitude, found.longitude, Precision.OUTCODE)
    return Point(place, AREAS[area].latitude, AREAS[area].longitude, Precision.AREA)


def radius_of(place: str) -> int:
    """Return how many miles around a place, as `read` returns it, a buyer means by "near"."""
    known = NAMED_PLACES.get(place)
    return known.radius if known else RADIUS_MILES


def _outcode(code: str) -> Outcode | None:
    """Return an outcode's row, or that of the district it is a part of: W1 for W1A."""
    codes = {code, code.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    return Outcode.objects.filter(code__in=codes).order_by("-code").first()
