"""What one word or phrase of a derivative states."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto

from listings.choices import BodyType, Drivetrain, Transmission


class Mark(Enum):
    """A hint at the fuel; `listings.language.derivative.fuel` weighs them together."""

    PETROL = auto()
    DIESEL = auto()
    PERHAPS_PETROL = auto()  # "Turbo", "1.4T", "1.4i": petrol unless a diesel badge says otherwise
    ELECTRIC = auto()
    MOTOR = auto()  # power in kW: an electric car's where nothing else hints at the fuel
    HYBRID = auto()
    MILD_HYBRID = auto()
    PLUG_IN = auto()
    PLUG_IN_OR_ELECTRIC = auto()  # e-tron, E-Tense, iV: plug-in when there is an engine too
    HYBRID_WITH_ENGINE = auto()  # E-Tech: a hybrid when there is an engine too
    UNCLEAR_HYBRID = auto()  # e-Boxer, Hybrid4: sold as mild, full or plug-in hybrid
    LPG = auto()
    HYDROGEN = auto()


class Slot(Enum):
    """The part of a written derivative that a word belongs to; VALUE is written from its field."""

    ENGINE = auto()
    TRIM = auto()
    BODY = auto()
    GEARBOX = auto()
    DRIVE = auto()
    VALUE = auto()


@dataclass(frozen=True, slots=True)
class Facts:
    """`name` is the canonical spelling; the other fields are None where nothing is stated."""

    name: str
    slot: Slot
    marks: tuple[Mark, ...] = ()
    is_fuel_word: bool = False
    takes_power: bool = field(default=False)  # a bare number after it is PS: "TDI 150"
    litres: Decimal | None = None
    cc: int | None = None
    kwh: Decimal | None = None
    ps: int | None = None
    bhp: int | None = None
    kw: int | None = None
    doors: int | None = None  # "5dr"
    spelled_doors: int | None = None  # "5 Door", which can be part of a model's name
    seats: int | None = None
    euro: int | None = None
    stop_start: bool | None = None
    transmission: Transmission | None = None
    drivetrain: Drivetrain | None = None
    body: BodyType | None = None
