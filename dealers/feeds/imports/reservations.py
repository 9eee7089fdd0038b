"""Reservations that a file makes, and gives up when it does not say so any more."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils import timezone

from dealers.feeds.cells.availability import SaleState
from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from listings.adverts import Action, ListingState, transition_listings
from listings.choices import ReservationSide, Status
from listings.models.conditions import is_reserved

RESERVED_FOR = timedelta(days=365)
"""As good as until the file says otherwise: no clock ends what a feed has said."""


def reserve(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Reserve the live adverts of rows that say so; who has reserved one already keeps it."""
    ids = [row.listing_id for row in rows if row.state == SaleState.RESERVED and row.listing_id]
    if ids:
        until = timezone.now() + RESERVED_FOR
        refused = transition_listings(
            action=Action.RESERVE, listing_ids=ids, by=context.by, until=until
        )
        _tell(rows, set(ids) - set(refused))


def follow(
    context: ImportContext, rows: Sequence[StagedRow], standings: Mapping[int, ListingState]
) -> None:
    """Reserve and release the adverts of known cars, as their rows say."""
    now = timezone.now()
    states = [(row, standings[row.listing_id or 0]) for row in rows]
    reserve(context, [row for row, standing in states if not is_reserved(standing, now)])
    free = {
        standing.listing_id
        for row, standing in states
        if row.state != SaleState.RESERVED
        and standing.status == Status.LIVE
        and standing.reserved_by == ReservationSide.FEED
        and is_reserved(standing, now)
    }
    if free:
        refused = transition_listings(action=Action.RELEASE, listing_ids=free, by=context.by)
        _tell(rows, free - set(refused))


def _tell(rows: Sequence[StagedRow], done: set[int]) -> None:
    for row in rows:
        if row.listing_id in done:
            row.fields = [*row.fields, "reserved_until"]
            row.outcome = Outcome.UPDATED if row.outcome == Outcome.UNCHANGED else row.outcome
