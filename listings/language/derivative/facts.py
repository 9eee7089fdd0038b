"""What one word or phrase of a derivative states."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum, auto
from typing import Any


class Mark(IntEnum):
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
    """`name` is the canonical spelling; `says` has the values by the fields of a reading.

    Among them "spelled_doors" are those of "5 Door", which can be part of a model's name.
    """

    name: str
    slot: Slot
    marks: tuple[Mark, ...] = ()
    is_fuel_word: bool = False
    takes_power: bool = False  # a bare number after it is PS: "TDI 150"
    says: Mapping[str, Any] = field(default_factory=dict)

    def saying(self, **more: object) -> "Facts":
        return replace(self, says={**self.says, **more})

    @property
    def has_litres(self) -> bool:
        return "engine_litres" in self.says
