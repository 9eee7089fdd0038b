"""What one row says, as the stage keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from dealers.feeds.cells import EMPTY, REQUIRED, CarRead, RowFinding
from dealers.feeds.imports.import_config import ImportConfig
from listings.catalogue import Finder

KEY_FIELDS = ("stock_ref", "vrm", "vin")
CLEARABLE = EMPTY.keys() - {*KEY_FIELDS, *REQUIRED}
_PREFIXES = {"stock_ref": "id", "vrm": "vrm", "vin": "vin"}


@dataclass
class Said:
    """What a row says of a car.

    `values` map fields of `Listing` to what `as_json` can write. `make` and `model` are names;
    their ids are among the values where the catalogue knows them. `photos` is None where the row
    leaves them as they are. `missing` names what a new car must have and this row does not say.
    """

    values: dict[str, Any]
    make: str = ""
    model: str = ""
    photos: list[str] | None = None
    availability: str | None = None
    missing: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        return orjson.dumps(self, default=float).decode()

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> "Said":
        return cls(**members)


def said(car: CarRead, config: ImportConfig, finder: Finder) -> tuple[Said, list[RowFinding]]:
    """Return what a row says, in the feed's way with blank cells, and what is odd about that."""
    values = dict(car.fields)
    make, model = str(values.pop("make", "") or ""), str(values.pop("model", "") or "")
    if config.clears_blanks:
        values |= {name: EMPTY[name] for name in car.blank if name in CLEARABLE}
    if make and model and (found := finder.find(make, model)):
        values["make"], values["model"] = found
    warnings = []
    if car.branch_ref and (branch_id := config.branch_of(car.branch_ref)):
        values["branch"] = branch_id
    elif car.branch_ref:
        message = "No branch is called this: a new car stands at the feed's own."
        warnings.append(RowFinding("unknown_branch", "branch", message, car.branch_ref))
    is_cleared = config.clears_blanks and "photos" in car.blank
    photos = car.photo_urls if car.photo_urls or is_cleared else None
    row = Said(values, make, model, photos, car.availability, list(car.missing))
    return row, warnings


def key_of(fields: Mapping[str, object]) -> str:
    """Return what the car is known by: its id, registration mark or VIN, the first that is said."""
    stated = next((name for name in KEY_FIELDS if fields.get(name)), None)
    return f"{_PREFIXES[stated]}:{fields[stated]}" if stated else ""
