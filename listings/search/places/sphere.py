"""The Earth as a sphere, and places on it as unit vectors."""

import math
from typing import TypeAlias

EARTH_RADIUS = 6_371_008.8  # metres, the mean radius of WGS 84 (IUGG)
MILE = 1_609.344  # metres

Vector: TypeAlias = tuple[float, float, float]


def vector(latitude: float, longitude: float) -> Vector:
    """Return a place, in degrees, on the unit sphere."""
    north, east = math.radians(latitude), math.radians(longitude)
    return (math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north))


def miles(ours: Vector, theirs: Vector) -> float:
    """Return the distance over the surface (haversine)."""
    half = min(1.0, math.dist(ours, theirs) / 2)
    return 2 * EARTH_RADIUS * math.asin(half) / MILE
