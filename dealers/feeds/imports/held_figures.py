"""Figures of a file that may be slips: the advert keeps its own until a person has looked.

A file says nothing twice on purpose, so nothing in it lets a figure through: a person writes it in
the advert. Both prices and mileages are weighed, as columns are shifted and cells misread.
"""

from collections.abc import Sequence

from dealers.feeds.imports.batch import StagedRow
from listings.pricing import ModelPrices, hold_doubtful, priced_cars


def hold_figures(rows: Sequence[StagedRow], prices: ModelPrices) -> None:
    """Take doubtful prices and mileages out of rows, and tell of each.

    Such a row is not remembered as seen, so that the next file is asked the same again. A figure
    that a person wrote is locked anyway.
    """
    found = priced_cars([row.listing_id for row in rows if row.listing_id])
    staged = {row.number: row for row in rows if row.staged}
    known = {
        number: found[row.listing_id] for number, row in staged.items() if row.listing_id in found
    }
    held = hold_doubtful(
        {number: row.staged.values for number, row in staged.items() if row.staged},
        known,
        ("price", "mileage"),
        {number: car.locked for number, car in known.items()},
        prices,
    )
    for number, doubts in held.items():
        row = staged[number]
        row.raw_hash = b""
        for name, doubt in doubts.items():
            is_new = number not in known or getattr(known[number], name) is None
            kept = f"goes without a {name}" if is_new else f"keeps its {name}"
            message = f"{doubt} The advert {kept}; write it there if it is right."
            row.warn(f"{name}_doubtful", message, name)
