"""Applying rows about cars that are new to the dealer's stock."""

from collections.abc import Sequence

from dealers.feeds.imports import reservations
from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from dealers.feeds.imports.held_figures import hold_figures
from dealers.feeds.imports.references import owners_of
from listings.adverts import change_listings, create_listings, lock_listings, obstacle


def write(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Write adverts for new cars, on sale if the feed publishes and the row does not forbid it."""
    hold_figures(rows, context.prices)
    _free_references(context, rows)
    drafts = [row for row in rows if row.is_not_for_sale]
    for row in drafts:
        row.stays_gone = True  # to be looked at again with every file
    _write(context, drafts, live=False)
    shown = [row for row in rows if not row.is_not_for_sale]
    _write(context, shown, live=context.config.publishes)
    reservations.reserve(context, shown)


def _free_references(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Have the cars that a feed gave these references before give them up."""
    owners = owners_of(context, rows)
    givers = [owner.listing_id for owner in owners.values() if owner.gives_up]
    if not givers:
        return
    locked = lock_listings(listing_ids=givers)
    still = {owner.listing_id for owner in owners_of(context, rows).values() if owner.gives_up}
    change_listings(values={pk: {"stock_ref": None} for pk in locked if pk in still}, by=context.by)


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
