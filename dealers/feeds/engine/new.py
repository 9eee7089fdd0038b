"""Applying rows about cars that are new to the dealer's stock."""

from collections.abc import Sequence

from dealers.feeds.engine.batches import Outcome, Row
from dealers.feeds.engine.job import Job
from listings.adverts import create_listings, obstacle


def write(job: Job, rows: Sequence[Row]) -> None:
    """Write adverts for new cars, on sale if the feed says so."""
    branch = job.recipe.branch_id
    values = [{"branch": branch, **(row.said.values if row.said else {})} for row in rows]
    created = create_listings(
        dealer_id=job.recipe.dealer_id, rows=values, live=job.recipe.publishes, by=job.by
    )
    for row, advert in zip(rows, created, strict=True):
        row.listing_id, row.outcome = advert.listing_id, Outcome.CREATED
        if advert.refusal:
            row.warn(advert.refusal, f"Left as a draft: {obstacle(advert.refusal, None).message}")
        if advert.lost_stock_ref:
            message = "Another advert has this stock reference: the new one goes without."
            row.warn("duplicate_stock_ref", message, "stock_ref")
