"""Cars of every kind, as facts: what any door should make of them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from listings.catalogue.seed import read_seed

# What a model's own name says of the car: an "Astra Electric" is no diesel.
_FUELS = {
    "electric": "electric",
    "ev": "electric",
    "e-tron": "electric",
    "hybrid": "hybrid",
    "phev": "plug_in_hybrid",
    "diesel": "diesel",
}
_BODIES = {
    "convertible": "convertible",
    "cabriolet": "convertible",
    "cabrio": "convertible",
    "roadster": "convertible",
    "spider": "convertible",
    "spyder": "convertible",
    "coupe": "coupe",
    "gtc": "hatchback",
    "hatch": "hatchback",
    "estate": "estate",
    "tourer": "estate",
    "sportwagon": "estate",
    "van": "van",
    "cargo": "van",
}
_DOORS = {
    "hatchback": (3, 5),
    "saloon": (4,),
    "estate": (5,),
    "suv": (3, 5),
    "coupe": (2, 3),
    "convertible": (2,),
    "mpv": (5,),
    "pickup": (2, 4),
    "van": (4, 5),
    "minibus": (4, 5),
}
COLOURS = (
    *("beige", "black", "blue", "bronze", "brown", "buff", "cream", "gold", "green", "grey"),
    *("maroon", "multicolour", "orange", "pink", "purple", "red", "silver", "turquoise"),
    *("white", "yellow"),
)
FUELS = ("petrol", "diesel", "electric", "hybrid", "plug_in_hybrid", "lpg", "hydrogen")
_WITHOUT_ENGINE = ("electric", "hydrogen")
_WITH_BATTERY = ("electric", "plug_in_hybrid")
_HYBRID_CC_MIN = 1_051  # smaller ones that are called hybrids are mild ones


@dataclass(frozen=True)
class Car:
    """A car; `litres` and `battery_kwh` are None where it has no such thing."""

    make: str
    model: str
    year: int
    mileage: int
    price: int
    fuel: str
    transmission: str
    doors: int
    body_type: str
    colour: str
    power_bhp: int
    engine_cc: int | None
    battery_kwh: int | None

    @property
    def litres(self) -> str:
        return f"{(self.engine_cc or 0) / 1000:.1f}"


@cache
def models() -> tuple[tuple[str, str], ...]:
    """Return the makes and models that ship, by name."""
    return tuple((make.name, model) for make in read_seed() for model in make.models)


@st.composite
def cars(draw: st.DrawFn, except_for: Collection[tuple[str, str]] = ()) -> Car:
    """Draw a car that there could be, of any model but those named."""
    make, model = draw(st.sampled_from([each for each in models() if each not in except_for]))
    words = f"{make} {model}".lower().split()
    body = next((_BODIES[word] for word in words if word in _BODIES), None)
    body = body or draw(st.sampled_from(sorted(_DOORS)))
    fuel = next((_FUELS[word] for word in words if word in _FUELS), None)
    fuel = fuel or draw(st.sampled_from(FUELS))
    has_engine = fuel not in _WITHOUT_ENGINE
    return Car(
        make=make,
        model=model,
        year=draw(st.integers(2004, 2026)),
        mileage=draw(st.integers(1_001, 180_000)),
        price=draw(st.integers(700, 95_000)),
        fuel=fuel,
        transmission=draw(st.sampled_from(["manual", "automatic"])) if has_engine else "automatic",
        doors=draw(st.sampled_from(_DOORS[body])),
        body_type=body,
        colour=draw(st.sampled_from(COLOURS)),
        power_bhp=draw(st.integers(60, 650)),
        engine_cc=draw(_sizes(fuel)) if has_engine else None,
        battery_kwh=draw(st.integers(8, 110)) if fuel in _WITH_BATTERY else None,
    )


def _sizes(fuel: str) -> st.SearchStrategy[int]:
    return st.integers(_HYBRID_CC_MIN if fuel == "hybrid" else 800, 6_700)
