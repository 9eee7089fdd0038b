"""Prices that may be slips: left out of a write, and told, unless the body confirms them."""

from collections.abc import Iterator, Mapping
from typing import Any

from dealers.api.stock.warnings import Oddity
from listings.models import Listing
from listings.pricing import price_doubt

Fields = Mapping[str, Any]


def hold_doubtful(
    rows: Mapping[int, dict[str, Any]],
    bodies: Mapping[int, Fields],
    prices: Mapping[int, int | None],
) -> None:
    """Take doubtful prices out of rows; `prices` are those of the adverts so far, by their ids."""
    for key, row in rows.items():
        is_confirmed = bodies[key].get("price_confirmed", False)
        if not is_confirmed and price_doubt(prices.get(key), row.get("price")):
            del row["price"]


def held_price(listing: Listing, row: Fields, body: Fields) -> Iterator[Oddity]:
    """Yield the warning about a price that was left out of a row."""
    if body.get("price") is not None and "price" not in row:
        doubt = price_doubt(listing.price, body["price"])
        yield Oddity(
            "price_doubtful", "price", f"{doubt} It is not written: send price_confirmed with it."
        )
