"""Applying rows about cars that are new to the dealer's stock."""

from collections.abc import Sequence

from dealers.feeds.imports import reservations
from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from dealers.feeds.imports.held_figures import hold_doubtful_figures
from listings.adverts import create_listings, obstacle


def write(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Write adverts for new cars, on sale if the feed publishes and the row does not forbid it."""
    hold_doubtful_figures(rows)
    drafts = [row for row in rows if row.is_not_for_sale]
    for row in drafts:
        row.stays_gone = True  # to be looked at again with every file
    _write(context, drafts, live=False)
    shown = [row for row in rows if not row.is_not_for_sale]
    _write(context, shown, live=context.config.publishes)
    reservations.reserve(context, shown)


def _write(context: ImportContext, rows: Sequence[StagedRow], *, live: bool) -> None:
    branch = context.config.branch_id
    values = [{"branch": branch, **(row.staged.values if row.staged else {})} for row in rows]
    created = create_listings(
        dealer_id=context.config.dealer_id,
        rows=values,
        live=live,
        by=context.by,
    )
    for row, advert in zip(rows, created, strict=True):
        row.listing_id, row.outcome = advert.listing_id, Outcome.CREATED
        if advert.refusal:
            row.warn(advert.refusal, f"Left as a draft: {obstacle(advert.refusal, None).message}")
        if advert.lost_stock_ref:
            message = "Another advert has this stock reference: the new one goes without."
            row.warn("duplicate_stock_ref", message, "stock_ref")
