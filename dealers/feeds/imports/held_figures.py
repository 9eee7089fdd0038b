"""Figures of a file that may be slips: the advert keeps its own until a person has looked."""

from collections.abc import Mapping, Sequence
from typing import Any

from dealers.feeds.imports.batch import StagedRow
from listings.models import Listing
from listings.pricing import price_doubt

MILEAGE_TIMES, MILES_APART = 10, 10_000
"""A digit too many or too few; a car of a few miles may do ten times as many."""


def hold_doubtful_figures(rows: Sequence[StagedRow]) -> None:
    """Take doubtful prices and mileages out of rows, and tell of each.

    Such a row is not remembered as seen, so that the next file is asked the same again. A figure
    that a person wrote is locked anyway.
    """
    ids = [row.listing_id for row in rows if row.listing_id]
    stock = Listing.objects.filter(pk__in=ids)
    found = {each["pk"]: each for each in stock.values("pk", "locked_fields", *_DOUBTS)}
    for row in rows:
        known: Mapping[str, Any] = found.get(row.listing_id or 0, {"locked_fields": []})
        for name, doubt_of in _DOUBTS.items():
            new = row.staged.values.get(name) if row.staged else None
            if row.staged is None or not isinstance(new, int) or name in known["locked_fields"]:
                continue
            old = known.get(name)
            if (doubt := doubt_of(old, new)) is None:
                continue
            del row.staged.values[name]
            row.raw_hash = b""
            kept = f"goes without a {name}" if old is None else f"keeps its {name}"
            row.warn(
                f"{name}_doubtful",
                f"{doubt} The advert {kept}; write it there if it is right.",
                name,
            )


def _mileage_doubt(old: int | None, new: int) -> str | None:
    """Return what is odd about a mileage for an advert that has another one so far."""
    if old is None:
        return None
    least, most = sorted((old, new))
    if most < MILEAGE_TIMES * least or not least or most - least <= MILES_APART:
        return None
    return f"{new:,} miles instead of {old:,}: is a digit {'missing' if new < old else 'too many'}?"


_DOUBTS = {"price": price_doubt, "mileage": _mileage_doubt}
