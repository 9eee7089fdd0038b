"""The model ranges that the demo's invented cars come from; approximate, in the trade's words."""

from dataclasses import dataclass
from pathlib import Path

from listings.choices import BodyType, Drivetrain, Fuel

_FUELS = {
    "P": Fuel.PETROL,
    "D": Fuel.DIESEL,
    "H": Fuel.HYBRID,
    "PH": Fuel.PLUG_IN_HYBRID,
    "E": Fuel.ELECTRIC,
}
_DRIVES = {
    "F": Drivetrain.FRONT_WHEEL,
    "R": Drivetrain.REAR_WHEEL,
    "4": Drivetrain.FOUR_WHEEL,
}


@dataclass(frozen=True)
class Engine:
    """How a derivative writes the engine, and what stands behind it; 0 cc for electric cars."""

    text: str
    cc: int
    power_bhp: int
    fuel: Fuel
    gearboxes: str  # M, A or MA

    @classmethod
    def parse(cls, line: str) -> "Engine":
        text, cc, power_bhp, fuel, gearboxes = line.split("|")
        return cls(text, int(cc), int(power_bhp), _FUELS[fuel], gearboxes)


@dataclass(frozen=True)
class ModelRange:
    """Cars of one model that share a body; `price_new` in pounds."""

    make: str
    model: str
    body: BodyType
    doors: int
    seats: int
    price_new: int
    years: tuple[int, int]
    drivetrain: Drivetrain
    engines: tuple[Engine, ...]
    trims: tuple[str, ...]

    @classmethod
    def parse(cls, line: str) -> "ModelRange":
        name, shape, engines, trims = (part.strip() for part in line.split(";"))
        make, model = name.split("/")
        body, doors, seats, price_new, years, drive = shape.split()
        first, last = years.split("-")
        return cls(
            make,
            model,
            BodyType(body),
            int(doors),
            int(seats),
            int(price_new),
            (int(first), int(last)),
            _DRIVES[drive],
            tuple(Engine.parse(engine) for engine in engines.split(", ")),
            tuple(trims.split(", ")),
        )


def read_ranges() -> tuple[ModelRange, ...]:
    """Return the ranges of the file beside this module, in its order."""
    lines = Path(__file__).with_name("ranges.txt").read_text(encoding="utf-8").splitlines()
    return tuple(ModelRange.parse(line) for line in lines if not line.startswith("#"))
