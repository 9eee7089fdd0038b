"""What a row says of a car: its cells, by our fields, as the values of an advert."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Self

from dealers.feeds.cells import availability, choices, dates, identity, numbers, prices, texts
from dealers.feeds.cells.availability import SaleState
from dealers.feeds.cells.cell import (
    BLANK,
    UNITS,
    UNSAID,
    VALUE_CHARACTERS_MAX,
    Read,
    RowFinding,
    bounded,
    read_address,
)
from dealers.feeds.cells.checks import RowChecks
from dealers.feeds.cells.own_cells import read_own
from dealers.feeds.cells.photos import PHOTOS_MAX, read_photos
from dealers.feeds.cells.titles import add_from_title, without_names
from listings.choices import VatScheme
from listings.language.derivative import Catalogue

REQUIRED = ("make", "model", "year", "mileage")
KEY_FIELDS = ("stock_ref", "vrm", "vin")


def _value(reader: Callable[[str], Read]) -> Callable[[str], Read]:
    """Return a reader that remembers what it has read, and to which an address is no value."""
    return lru_cache(maxsize=32_768)(_no_address(reader))


def _no_address(reader: Callable[[str], Read]) -> Callable[[str], Read]:
    def read(text: str) -> Read:
        if "//" in text or text.startswith("www."):
            return read_address(text, reader)
        return reader(text)

    return read


_READERS: Mapping[str, Callable[[str], Read]] = {
    "stock_ref": texts.read_stock_ref,
    "vrm": _no_address(identity.read_vrm),
    "vin": _no_address(identity.read_vin),
    "advert": _no_address(identity.read_advert),
    "make": _value(texts.read_make),
    "model": _value(texts.read_model),
    "derivative": _no_address(texts.read_derivative),
    "trim": _no_address(texts.read_derivative),
    "title": _no_address(texts.read_derivative),
    "year": _value(dates.read_year),
    "mileage": _value(numbers.read_mileage),
    "price": _value(prices.read_price),
    "admin_fee": _value(prices.read_fee),
    "vat_scheme": _value(choices.read_vat),
    "fuel": _value(choices.read_fuel),
    "transmission": _value(choices.read_transmission),
    "doors": _value(numbers.read_doors),
    "seats": _value(numbers.read_seats),
    "body_type": _value(choices.read_body),
    "colour": _value(choices.read_colour),
    "drivetrain": _value(choices.read_drivetrain),
    "engine_cc": _value(numbers.read_engine),
    "power_bhp": _value(numbers.read_power),
    "co2_g_km": _value(numbers.read_co2),
    "mpg": _value(numbers.read_mpg),
    "battery_kwh": _value(numbers.read_battery),
    "electric_range_miles": _value(numbers.read_electric_range),
    "euro_standard": _value(choices.read_euro),
    "owners": _value(numbers.read_owners),
    "service_history": _value(choices.read_service_history),
    "mot_expires_on": _value(dates.read_date),
    "first_registered_on": _value(dates.read_date),
    "write_off": _value(choices.read_write_off),
    "description": texts.read_description,
    "features": texts.read_features,
    "availability": lru_cache(maxsize=32_768)(availability.read_availability),
    "reserved_until": _no_address(dates.read_end),
}
_BESIDE = frozenset({"advert", "trim", "title", "availability", "reserved_until"})
"""Read like fields, but no fields of an advert."""

FIELDS = (*_READERS, *UNITS.values(), "photos", "branch")
"""What a column can be mapped to."""

EMPTY: Mapping[str, object] = {
    **dict.fromkeys(name for name in _READERS if name not in _BESIDE),
    "derivative": "",
    "description": "",
    "features": [],
}
"""What a field is cleared to."""

_NOT_REPEATED = frozenset({"vrm", "vin", "description"})
_PREFIXES = {"stock_ref": "id", "vrm": "vrm", "vin": "vin"}
_KEPT = (
    "values",
    "advert",
    "make",
    "model",
    "photos",
    "availability",
    "reserved_until",
    "unknown_words",
    "inferred",
    "missing",
)


@dataclass(slots=True)
class StagedCar:
    """What one row says of a car, and what is wrong with it; an error rejects the row.

    `values` map fields of `Listing` to what the row states; `advert` is the number that our own
    export gives; `make` and `model` are names, whose ids are among the values once the catalogue
    knows them. `photos` is None where the row leaves them
    as they are, `availability` is a `SaleState` or None, and `unknown_words` what made it unknown;
    `reserved_until` is a moment on London's clock, as ISO 8601 has it.
    `inferred` are the values that no cell states: the derivative, the mark or another text does.
    `blank` are columns whose cell says nothing, `missing` what a new car must have and the row
    leaves open.
    """

    values: dict[str, Any] = field(default_factory=dict)
    advert: int | None = None
    make: str = ""
    model: str = ""
    photos: list[str] | None = None
    availability: str | None = None
    reserved_until: str | None = None
    unknown_words: list[str] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    branch_ref: str | None = None
    warnings: list[RowFinding] = field(default_factory=list)
    errors: list[RowFinding] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the car is known by: its id, registration mark or VIN, the first that is said.

        What has none of them is known by the number of its advert, if the row has one.
        """
        stated = next((name for name in KEY_FIELDS if self.values.get(name)), None)
        if stated is None:
            return f"advert:{self.advert}" if self.advert else ""
        return f"{_PREFIXES[stated]}:{self.values[stated]}"

    def to_json(self) -> dict[str, Any]:
        """Return what the stage keeps until the run is over."""
        return {name: getattr(self, name) for name in _KEPT}

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Self:
        return cls(**members)


def read_car(
    cells: Mapping[str, str], *, today: date, catalogue: Catalogue | None = None
) -> StagedCar:
    """Read a row: what can be read is, what is odd is a warning, what is impossible an error.

    `cells` holds texts by `FIELDS`; what a title has and no column says is read from it, with the
    names of the `catalogue`. An address is no value of a car. A row with the number of an advert is
    of our own export: it says all that it knows, and its texts are as they are.
    """
    car = StagedCar()
    state = cells.get("availability", "")
    cells = bounded(cells, car.warnings, car.errors)
    is_own = identity.read_advert(cells.get("advert", "")).value is not UNSAID
    blank = _read_cells(car, cells, is_own=is_own)
    if "photos" in cells and _read_photos(car, cells["photos"]) is BLANK:
        blank.append("photos")
    _set_aside(car, cells)
    if not is_own:
        _read_names(car, catalogue)
    _set_state(car, state, cells.get("price", ""))
    checks = RowChecks(car.values, cells, today, car.warnings, car.errors)
    stated = set(car.values)
    if not is_own:
        checks.complete()
    car.inferred = sorted(car.values.keys() - stated)
    checks.check()
    car.blank = tuple(name for name in blank if name not in car.values and name not in _BESIDE)
    car.missing = tuple(name for name in REQUIRED if name not in car.values)
    car.make, car.model = (str(car.values.pop(name, "")) for name in ("make", "model"))
    return car


def _read_cells(car: StagedCar, cells: Mapping[str, str], *, is_own: bool) -> list[str]:
    """Read each cell on its own, and return the names of those that say nothing."""
    with_units = {
        name: f"{cells[name]} {cells[unit]}"
        for name, unit in UNITS.items()
        if cells.get(unit) and cells.get(name, "").strip()
    }
    values, blank = car.values, []
    for name, text in ({**cells, **with_units} if with_units else cells).items():
        reader = _READERS.get(name)
        if reader is None:
            continue
        value, code, _, _ = read = (read_own(name, text) if is_own else None) or reader(text)
        if value is not UNSAID:
            values[name] = value
        elif read is BLANK:
            blank.append(name)
        if code:
            _find(car, name, cells[name], read)
    return blank


def _find(car: StagedCar, name: str, text: str, read: Read) -> None:
    value = "" if name in _NOT_REPEATED else text[:VALUE_CHARACTERS_MAX]
    finding = RowFinding(read.code, name, read.message, value)
    (car.errors if read.is_error else car.warnings).append(finding)
    if read.code == "vat_added":
        car.values.setdefault("vat_scheme", VatScheme.QUALIFYING)


def _read_photos(car: StagedCar, text: str) -> Read:
    photos = read_photos(text)
    car.photos = photos.urls or None
    if photos.rejected:
        message = f"{photos.rejected} photos are not given by an address (https://…)."
        car.warnings.append(RowFinding("photo_without_address", "photos", message))
    if photos.surplus:
        message = f"Only the first {PHOTOS_MAX} photos are kept."
        car.warnings.append(RowFinding("too_many_photos", "photos", message))
    return BLANK if not (photos.urls or photos.rejected) else Read(photos.urls)


def _set_aside(car: StagedCar, cells: Mapping[str, str]) -> None:
    """Keep what is no field of an advert apart from those that are."""
    fields = car.values
    fields.pop("availability", None)
    car.branch_ref = cells.get("branch", "").strip() or None
    advert = fields.pop("advert", None)
    car.advert = advert if isinstance(advert, int) else None
    if (end := fields.pop("reserved_until", None)) is not None:
        car.reserved_until = end.isoformat()


def _read_names(car: StagedCar, catalogue: Catalogue | None) -> None:
    """Use a trim and a title for the fields that they stand for."""
    fields = car.values
    trim, title = fields.pop("trim", None), fields.pop("title", None)
    if title is not None:
        add_from_title(fields, str(title), catalogue)
    if trim is not None and "derivative" not in fields:
        fields["derivative"] = trim
    if "derivative" in fields:
        named = (str(fields.get(name, "")) for name in ("derivative", "make", "model"))
        fields["derivative"] = without_names(*named)


def _set_state(car: StagedCar, said: str, price: str) -> None:
    """Set where the car stands; the cell of a price may say that it is sold or reserved."""
    is_word = car.warnings and any(each.code == "unreadable_price" for each in car.warnings)
    if is_word and availability.state_of(price) in (SaleState.SOLD, SaleState.RESERVED):
        said = f"{said}\n{price}"
    if car.reserved_until:
        said = f"{said}\n{availability.ANSWERS[SaleState.RESERVED]}"
    car.availability = availability.state_of(said)
    if car.availability == SaleState.UNKNOWN:
        car.unknown_words = availability.unknown_words(said)
