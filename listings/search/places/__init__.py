"""Places in the United Kingdom and around it: from what a buyer writes to a point on the map."""

from listings.search.places.parser import TEXT_MAX, read
from listings.search.places.points import Point, Precision, locate, radius_of

__all__ = ["TEXT_MAX", "Point", "Precision", "locate", "radius_of", "read"]
