"""How far apart two places are, to the same whole metre wherever it is computed.

Places are points of a unit sphere, and the chord, the straight line through the Earth, stands for
the distance: it grows with the way over the surface. The database computes the coordinates on the
sphere; from there on only operations are used that IEEE 754 rounds in one way (+ - * sqrt floor),
so that SQL and NumPy agree to the last bit, and orders and cursors hold whole numbers.
"""

import math
from typing import Any

from django.db.models import F, FloatField, IntegerField, Value
from django.db.models.functions import Abs, Cast, Cos, Floor, Radians, Sin, Sqrt

from listings.search.places import Point
from listings.search.places.sphere import EARTH_RADIUS, MILE, miles, vector

VECTOR_SQL = (
    "cos(radians(latitude)) * cos(radians(longitude))",
    "cos(radians(latitude)) * sin(radians(longitude))",
    "sin(radians(latitude))",
)
"""A place on the unit sphere; `chord_to` writes the same for the ORM."""


def chord_to(near: Point, path: str = "") -> Any:
    """Return an expression: metres to the place whose coordinates are below `path`."""
    north, east = Radians(F(f"{path}latitude")), Radians(F(f"{path}longitude"))
    x, y, z = (_float(value) for value in vector(near.latitude, near.longitude))
    cosine = Cos(north) * Cos(east) * x + Cos(north) * Sin(east) * y + Sin(north) * z
    metres = Sqrt(Abs(_float(2.0) - _float(2.0) * cosine)) * _float(EARTH_RADIUS)
    return Cast(Floor(metres), IntegerField())


def chord_of(miles: int) -> int:
    """Return the whole metres of chord that lie within so many miles over the surface."""
    return math.floor(2 * EARTH_RADIUS * math.sin(miles * MILE / (2 * EARTH_RADIUS)))


def miles_between(near: Point, latitude: float | None, longitude: float | None) -> float | None:
    """Return the distance over the surface (haversine), in miles to one decimal, if it is known."""
    if latitude is None or longitude is None:
        return None
    return round(miles(vector(near.latitude, near.longitude), vector(latitude, longitude)), 1)


def _float(value: float) -> Any:
    return Cast(Value(value), FloatField())
