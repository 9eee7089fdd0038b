"""A car that somebody describes, completed by what its derivative says."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from listings.language.derivative import fill, read
from listings.models import Model
from listings.pricing.value.described_cars import DescribedCar

TOLD = (
    *("derivative", "year", "first_registered_on", "mileage", "fuel", "transmission"),
    *("body_type", "drivetrain", "doors", "engine_cc", "power_bhp", "owners", "write_off"),
)
"""What an answer says was understood, beside make and model."""


@dataclass(frozen=True)
class UnderstoodCar:
    """A described car, its model, and which of its fields its derivative filled in."""

    car: DescribedCar
    model: Model
    filled: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """Return what was understood; never the registration mark."""
        return {
            "make": self.model.make,
            "model": self.model,
            **{name: getattr(self.car, name) for name in TOLD},
            "filled": self.filled,
        }


def understood_car(
    model: Model, stated: Mapping[str, Any], *, said: str | None = None
) -> UnderstoodCar:
    """Return a car of a model with its stated fields, and those that its derivative adds.

    `said` is a text to read in place of the derivative.
    """
    known = {name: value for name, value in stated.items() if value is not None}
    text = known.get("derivative", "") if said is None else said
    added = {name: _plain(each) for name, each in fill(known, read(text)).added.items()}
    filled = tuple(name for name in TOLD if name in added)
    fields = {**known, **{name: added[name] for name in filled}}
    return UnderstoodCar(
        DescribedCar(make_id=model.make_id, model_id=model.pk, **fields), model, filled
    )


def _plain(value: object) -> object:
    return int(value) if isinstance(value, Decimal) else value
