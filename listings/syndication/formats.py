"""The formats that stock is given out in, each a table of columns."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from listings.choices import BodyType, Drivetrain, Fuel, Transmission
from listings.syndication.cells import (
    COUNTRY,
    address,
    always,
    among,
    branch_address,
    choice,
    miles,
    photo,
    photos,
    pounds,
    reference,
    text,
)

Cell = Callable[[Any], object]
DESCRIPTION_MAX = 5_000


@dataclass(frozen=True)
class StockFormat:
    """A file's columns by header, in order; an advert without one of `required` is left out.

    `own` are columns that only a dealer's own file has. `lines` tells JSON Lines from CSV, which
    has no numbers and no lists.
    """

    name: str
    label: str
    columns: Mapping[str, Cell]
    required: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    lines: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.name}.{'jsonl' if self.lines else 'csv'}"

    @property
    def content_type(self) -> str:
        return "application/jsonl" if self.lines else "text/csv; charset=utf-8"


def _meta_address(row: Any) -> str:
    branch = row.branch
    parts = {
        "addr1": branch.address,
        "city": branch.town,
        "region": branch.town,
        "postal_code": branch.postcode,
        "country": COUNTRY,
    }
    return json.dumps(parts, ensure_ascii=False)


_GOOGLE: Mapping[str, Cell] = {
    "vin": text("vin"),
    "id": reference,
    "store_code": lambda row: row.branch.name,
    "dealership_name": lambda row: row.dealer.name,
    "dealership_address": branch_address,
    "tracking_phone_number": lambda row: row.branch.phone or row.dealer.phone,
    "link": address,
    "image_link": photo(0),
    "additional_image_link": lambda row: ",".join(photos(row)[1:]),
    "date_in_stock": lambda row: f"{row.published_at:%Y-%m-%d}",
    "price": pounds,
    "condition": always("used"),
    "make": lambda row: row.make.name,
    "model": lambda row: row.model.name,
    "trim": text("derivative"),
    "year": text("year"),
    "mileage": miles,
    "exterior_color": choice("colour"),
    "body_style": choice("body_type"),
    "fuel": choice("fuel"),
    "transmission": choice("transmission"),
    "drivetrain": choice("drivetrain"),
    "doors": text("doors"),
    "description": text("description"),
}
_META_BODIES = {
    BodyType.HATCHBACK: "HATCHBACK",
    BodyType.SALOON: "SALOON",
    BodyType.ESTATE: "ESTATE",
    BodyType.SUV: "SUV",
    BodyType.COUPE: "COUPE",
    BodyType.CONVERTIBLE: "CONVERTIBLE",
    BodyType.MPV: "MPV",
    BodyType.PICKUP: "PICKUP",
    BodyType.VAN: "VAN",
    BodyType.MINIBUS: "MINIBUS",
}
_META_FUELS = {
    Fuel.PETROL: "PETROL",
    Fuel.DIESEL: "DIESEL",
    Fuel.ELECTRIC: "ELECTRIC",
    Fuel.HYBRID: "HYBRID",
    Fuel.PLUG_IN_HYBRID: "PLUGIN_HYBRID",
}
_META_GEARS = {Transmission.MANUAL: "MANUAL", Transmission.AUTOMATIC: "AUTOMATIC"}
_META_WHEELS = {
    Drivetrain.FRONT_WHEEL: "FWD",
    Drivetrain.REAR_WHEEL: "RWD",
    Drivetrain.FOUR_WHEEL: "FOUR_WD",
}
_META: Mapping[str, Cell] = {
    "vehicle_id": reference,
    "title": text("title"),
    "description": lambda row: row.description[:DESCRIPTION_MAX],
    "url": address,
    "make": lambda row: row.make.name,
    "model": lambda row: row.model.name,
    "trim": text("derivative"),
    "year": text("year"),
    "mileage.value": text("mileage"),
    "mileage.unit": always("MI"),
    **{f"image[{number}].url": photo(number) for number in range(10)},
    "image[0].tag[0]": lambda row: "Exterior" if row.photos.all() else "",
    "transmission": among("transmission", _META_GEARS),
    "fuel_type": among("fuel", _META_FUELS, "OTHER"),
    "body_style": among("body_type", _META_BODIES, "OTHER"),
    "drivetrain": among("drivetrain", _META_WHEELS),
    "vin": text("vin"),
    "price": pounds,
    "address": _meta_address,
    "latitude": lambda row: "" if row.branch.latitude is None else row.branch.latitude,
    "longitude": lambda row: "" if row.branch.longitude is None else row.branch.longitude,
    "exterior_color": choice("colour"),
    "availability": always("AVAILABLE"),
    "date_first_on_lot": lambda row: f"{row.published_at:%Y-%m-%d}",
    "state_of_vehicle": always("USED"),
    "dealer_id": lambda row: row.branch.name,
    "dealer_name": lambda row: row.dealer.name,
    "dealer_phone": lambda row: row.branch.phone or row.dealer.phone,
}
_FACTS = (
    "year",
    "price",
    "admin_fee",
    "mileage",
    "fuel",
    "transmission",
    "doors",
    "seats",
    "body_type",
    "colour",
    "drivetrain",
    "engine_cc",
    "power_bhp",
    "co2_g_km",
    "mpg",
    "battery_kwh",
    "electric_range_miles",
    "euro_standard",
    "owners",
    "service_history",
    "mot_expires_on",
    "first_registered_on",
    "write_off",
    "vat_scheme",
    "description",
)


def _fact(name: str) -> Cell:
    return lambda row: getattr(row, name)


_STOCK: Mapping[str, Cell] = {
    "advert": lambda row: row.pk,
    "stock_ref": _fact("stock_ref"),
    "vrm": _fact("vrm"),
    "vin": _fact("vin"),
    "dealer": lambda row: row.dealer.name,
    "branch": lambda row: row.branch.name,
    "make": lambda row: row.make.name,
    "model": lambda row: row.model.name,
    "derivative": _fact("derivative"),
    **{name: _fact(name) for name in _FACTS},
    "features": _fact("features"),
    "photos": photos,
    "url": address,
    "published_at": _fact("published_at"),
}
_OWN = frozenset({"vrm", "vin"})

FORMATS: Final[Mapping[str, StockFormat]] = {
    each.name: each
    for each in (
        StockFormat(
            "google",
            "Google vehicle listings",
            _GOOGLE,
            required=(
                "vin",
                "store_code",
                "dealership_name",
                "dealership_address",
                "price",
                "condition",
                "make",
                "model",
                "year",
                "mileage",
            ),
        ),
        StockFormat(
            "meta",
            "Meta automotive catalogue",
            _META,
            required=(
                "vehicle_id",
                "vin",
                "make",
                "model",
                "year",
                "body_style",
                "description",
                "exterior_color",
                "image[0].url",
                "image[0].tag[0]",
                "mileage.value",
                "mileage.unit",
                "url",
                "title",
                "price",
                "state_of_vehicle",
                "address",
            ),
        ),
        StockFormat("stock", "All fields, as CSV", _STOCK, own=_OWN),
        StockFormat("stock-lines", "All fields, as JSON Lines", _STOCK, own=_OWN, lines=True),
    )
}
"""By name. Sources: Google, "Vehicle listings: feed specification"; Meta, "Automotive inventory
ads: catalogs and feeds", and the values that its catalogue of vehicles takes."""
