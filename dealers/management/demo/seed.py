"""The adverts that the demo names: nine real ones, cheapest first, and one that soon expires.

Source: the block "Used cars for sale" of a news page of March 2022. Marks, dealers and everything
the block does not show are left out or invented.
"""

from typing import NamedTuple

from listings.choices import BodyType, Colour, Drivetrain, Fuel, Transmission

MAKE, MODEL = "Land Rover", "Range Rover"


class SeedAdvert(NamedTuple):
    derivative: str
    year: int
    price: int
    mileage: int
    engine_cc: int
    fuel: Fuel = Fuel.DIESEL


SEED_ADVERTS = (
    SeedAdvert("3.0 Tdv6 Vogue Se 4dr Auto", 2015, 33_999, 72_253, 2993),
    SeedAdvert("4.4 Sdv8 Vogue Se 4dr Auto", 2015, 36_999, 50_708, 4367),
    SeedAdvert("4.4 Sdv8 Vogue Se 4dr Auto", 2015, 37_649, 57_000, 4367),
    SeedAdvert("4.4 Sdv8 Autobiography 4dr Auto", 2016, 42_000, 62_565, 4367),
    SeedAdvert("3.0 Tdv6 Vogue 4dr Auto", 2016, 42_500, 40_801, 2993),
    SeedAdvert(
        "5.0 V8 Supercharged Autobiography 4dr Auto [ss]", 2015, 42_844, 67_537, 4999, Fuel.PETROL
    ),
    SeedAdvert("4.4 Sdv8 Autobiography 4dr Auto", 2015, 43_499, 31_671, 4367),
    SeedAdvert("4.4 Sdv8 Vogue Se 4dr Auto", 2017, 44_000, 47_046, 4367),
    SeedAdvert("3.0 Tdv6 Autobiography 4dr Auto", 2017, 46_250, 59_230, 2993),
)

SEED_BODY = {
    "transmission": Transmission.AUTOMATIC,
    "doors": 4,
    "seats": 5,
    "body_type": BodyType.SUV,
    "drivetrain": Drivetrain.FOUR_WHEEL,
    "description": "Drives superbly. Viewing by appointment, please.",
}

EXPIRING_MODEL = ("Ford", "Fiesta")
EXPIRING_CAR = {
    "derivative": "1.0 EcoBoost Zetec 5dr (this advert expires as you watch)",
    "year": 2017,
    "price": 7_995,
    "mileage": 41_280,
    "fuel": Fuel.PETROL,
    "transmission": Transmission.MANUAL,
    "doors": 5,
    "seats": 5,
    "body_type": BodyType.HATCHBACK,
    "drivetrain": Drivetrain.FRONT_WHEEL,
    "colour": Colour.BLUE,
    "engine_cc": 999,
    "power_bhp": 100,
    "euro_standard": 6,
    "description": "Its time runs out two minutes after each start of the demo.",
}
