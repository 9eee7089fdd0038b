"""Places in the United Kingdom and around it: from what a buyer writes to a point on the map."""

from listings.search.places.locating import Point, Precision, locate
from listings.search.places.reading import TEXT_MAX, read

__all__ = ["TEXT_MAX", "Point", "Precision", "locate", "read"]
