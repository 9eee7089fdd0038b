"""Adverts of one physical car are linked: by VIN, else by mark, else by photo and facts."""

from listings.physical_cars.links import follow_cars
from listings.physical_cars.partition import CarAdvert, same_cars

__all__ = ["CarAdvert", "follow_cars", "same_cars"]
