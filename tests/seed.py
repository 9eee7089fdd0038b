"""The nine adverts of the page this project started from."""

from listings.models import Listing
from tests import make

CARS = (
    ("3.0 Tdv6 Vogue Se 4dr Auto", 2015, 33_999, 72_253, "diesel"),
    ("4.4 Sdv8 Vogue Se 4dr Auto", 2015, 36_999, 50_708, "diesel"),
    ("4.4 Sdv8 Vogue Se 4dr Auto", 2015, 37_649, 57_000, "diesel"),
    ("4.4 Sdv8 Autobiography 4dr Auto", 2016, 42_000, 62_565, "diesel"),
    ("3.0 Tdv6 Vogue 4dr Auto", 2016, 42_500, 40_801, "diesel"),
    ("5.0 V8 Supercharged Autobiography 4dr Auto [ss]", 2015, 42_844, 67_537, "petrol"),
    ("4.4 Sdv8 Autobiography 4dr Auto", 2015, 43_499, 31_671, "diesel"),
    ("4.4 Sdv8 Vogue Se 4dr Auto", 2017, 44_000, 47_046, "diesel"),
    ("3.0 Tdv6 Autobiography 4dr Auto", 2017, 46_250, 59_230, "diesel"),
)


def nine() -> list[Listing]:
    """Publish the nine, in an order that is not that of their prices."""
    place = make.branch()
    return [
        make.live(
            branch=place, derivative=derivative, year=year, price=price, mileage=mileage, fuel=fuel
        )
        for derivative, year, price, mileage, fuel in reversed(CARS)
    ]
