"""Applying rows about cars that are new to the dealer's stock."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dealers.feeds.engine.batches import Outcome, Row
from dealers.feeds.engine.job import Job
from dealers.feeds.engine.refused import REFUSALS
from listings.derivative import Reading, fill, read
from listings.stocking import create_listings


def write(job: Job, rows: Sequence[Row]) -> None:
    """Write adverts for new cars, completed from their derivatives, on sale if the feed says so."""
    values = [_completed(job, row) for row in rows]
    created = create_listings(
        dealer_id=job.recipe.dealer_id, rows=values, live=job.recipe.publishes, by=job.by
    )
    for row, advert in zip(rows, created, strict=True):
        row.listing_id, row.outcome = advert.listing_id, Outcome.CREATED
        if advert.refusal:
            row.warn(advert.refusal, f"Left as a draft: {REFUSALS[advert.refusal]}")
        if advert.lost_stock_ref:
            message = "Another advert has this stock reference: the new one goes without."
            row.warn("duplicate_stock_ref", message, "stock_ref")


def _completed(job: Job, row: Row) -> dict[str, Any]:
    stated = dict(row.said.values) if row.said else {}
    filled = fill(stated, _read(str(stated.get("derivative") or "")))
    added = {name: _plain(value) for name, value in filled.added.items()}
    if filled.contradictions:
        for each in filled.contradictions:
            row.warn("contradiction", f"The derivative says {each.read}.", each.field)
    return {"branch": job.recipe.branch_id, **stated, **added}


@lru_cache(maxsize=20_000)
def _read(derivative: str) -> Reading:
    return read(derivative)


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | bool) else float(str(value))
