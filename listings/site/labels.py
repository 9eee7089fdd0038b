"""An advert's values in the words of a British reader."""

from collections.abc import Mapping
from typing import Any

from listings.choices import BodyType, Fuel, Transmission

ON_APPLICATION = "Price on application"


def pounds(price: int | None) -> str:
    return ON_APPLICATION if price is None else f"£{price:,}"


def facts(card: Mapping[str, Any]) -> list[str]:
    """Return what a card says beside title and price, in the block's order; unknown is left out."""
    doors, mileage = card["doors"], card["mileage"]
    return [
        str(card["year"]),
        f"{mileage:,} mile" if mileage == 1 else f"{mileage:,} miles",
        *([Fuel(card["fuel"]).label] if card["fuel"] else []),
        *([Transmission(card["transmission"]).label] if card["transmission"] else []),
        *([f"{doors} door" if doors == 1 else f"{doors} doors"] if doors else []),
    ]


def body_name(code: str) -> str:
    return str(BodyType(code).label)
