"""Prices that may be slips: left out of a write, and told, unless the body confirms them.

Only prices are held here: a mileage comes from the dealer's own system as a number, and is the
latest there is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dealers.api.stock.warnings import Oddity
from listings.pricing import ModelPrices, PricedCar, hold_doubtful


def hold_prices(
    rows: Mapping[int, dict[str, Any]],
    bodies: Mapping[int, Mapping[str, Any]],
    known: Mapping[int, PricedCar],
    prices: ModelPrices,
) -> dict[int, dict[str, str]]:
    """Take doubtful prices out of rows; `known` are the adverts so far, by their ids."""
    sure = {key for key in rows if bodies[key].get("price_confirmed", False)}
    return hold_doubtful(rows, known, ("price",), dict.fromkeys(sure, ("price",)), prices)


def told(held: Mapping[str, str]) -> Iterator[Oddity]:
    """Yield the warnings about what was left out of one row."""
    for name, doubt in held.items():
        message = f"{doubt} It is not written: send {name}_confirmed with it."
        yield Oddity(f"{name}_doubtful", name, message)
