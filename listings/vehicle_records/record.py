"""What the official registers say of one car, in the words and units of an advert."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class MotReading:
    """What the odometer showed at an MOT test: whole miles."""

    tested_on: date
    mileage: int
    is_pass: bool


@dataclass(frozen=True, slots=True)
class VehicleRecord:
    """One car; what no register says is empty.

    `make` and `model` are as the registers spell them. `fuels` are the values of `Fuel` that the
    registered fuel may stand for: more than one where it does not decide. `readings` are newest
    first. The registration mark is not part of it.
    """

    make: str = ""
    model: str = ""
    colour: str = ""
    fuels: tuple[str, ...] = ()
    fuel_name: str = ""
    year_made: int | None = None
    year_registered: int | None = None
    first_registered_on: date | None = None
    engine_cc: int | None = None
    co2_g_km: int | None = None
    euro_standard: int | None = None
    tax_status: str = ""
    tax_due_on: date | None = None
    mot_status: str = ""
    mot_expires_on: date | None = None
    readings: tuple[MotReading, ...] = ()

    @property
    def fuel(self) -> str:
        """The advert's fuel, where the registered one leaves no choice."""
        return self.fuels[0] if len(self.fuels) == 1 else ""

    @property
    def years(self) -> range | None:
        """From the year in which the car was made to the one in which it was registered."""
        known = [each for each in (self.year_made, self.year_registered) if each is not None]
        return range(min(known), max(known) + 1) if known else None

    @property
    def year(self) -> int | None:
        return self.year_made if self.year_registered is None else self.year_registered

    @property
    def last_reading(self) -> MotReading | None:
        return self.readings[0] if self.readings else None

    def completed_by(self, other: Self) -> Self:
        """Return this record, its empty fields taken from another."""
        mine = {each.name: getattr(self, each.name) for each in fields(self)}
        added = {
            name: getattr(other, name) for name, value in mine.items() if value in (None, "", ())
        }
        return replace(self, **added)

    def as_json(self) -> dict[str, Any]:
        """Return plain values; what is empty is left out."""
        told = {name: _plain(value) for name, value in asdict(self).items()}
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Return the record that `as_json` told."""
        read: dict[str, Any] = {**told, "fuels": tuple(told.get("fuels", ()))}
        for name in ("first_registered_on", "tax_due_on", "mot_expires_on"):
            if name in read:
                read[name] = date.fromisoformat(read[name])
        read["readings"] = tuple(
            MotReading(date.fromisoformat(each["tested_on"]), each["mileage"], each["is_pass"])
            for each in told.get("readings", ())
        )
        return cls(**read)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value
