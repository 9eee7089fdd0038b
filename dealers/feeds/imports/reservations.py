"""Reservations that a file makes, and gives up when it does not say so any more."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from dealers.feeds.cells.availability import SaleState
from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from listings.adverts import Action, ListingState, transition_listings
from listings.choices import ReservationSide, Status
from listings.models.conditions import is_reserved

RESERVED_FOR = timedelta(days=365)
"""As good as until the file says otherwise: no clock ends what a file gives no end."""

SAME_END = timedelta(minutes=1)
"""Files tell an end to the minute."""


def reserve(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Reserve the live adverts of rows that say so; who has reserved one already keeps it."""
    now = timezone.now()
    ends: dict[datetime, set[int]] = {}
    for row in _reserving(rows, now):
        if row.listing_id:
            ends.setdefault(row.reserved_until or now + RESERVED_FOR, set()).add(row.listing_id)
    done: set[int] = set()
    for until, ids in ends.items():
        refused = transition_listings(
            action=Action.RESERVE, listing_ids=ids, by=context.by, until=until
        )
        done |= ids - set(refused)
    _tell(rows, done)
    for row in rows:
        if row.state == SaleState.RESERVED and _is_over(row, now):
            end = f"{row.reserved_until:%-d %B %Y, %H:%M}"  # on London's clock, as it was read
            message = f"The reservation ended on {end}: nothing is reserved."
            row.warn("reservation_over", message, "reserved_until")


def follow(
    context: ImportContext, rows: Sequence[StagedRow], standings: Mapping[int, ListingState]
) -> None:
    """Reserve and release the adverts of known cars, as their rows say."""
    now = timezone.now()
    reserving = {row.number for row in _reserving(rows, now)}
    ours, kept = set(), set()
    for row in rows:
        standing = standings[row.listing_id or 0]
        if not is_reserved(standing, now):
            continue
        is_ours = standing.reserved_by == ReservationSide.FEED and standing.status == Status.LIVE
        if is_ours and (row.number not in reserving or _has_moved(row, standing)):
            ours.add(standing.listing_id)
        else:
            kept.add(standing.listing_id)
    _release(context, rows, ours)
    reserve(context, [row for row in rows if row.listing_id not in kept])


def _release(context: ImportContext, rows: Sequence[StagedRow], ids: Collection[int]) -> None:
    if ids:
        refused = transition_listings(action=Action.RELEASE, listing_ids=ids, by=context.by)
        _tell(rows, set(ids) - set(refused))


def _reserving(rows: Iterable[StagedRow], now: datetime) -> list[StagedRow]:
    return [row for row in rows if row.state == SaleState.RESERVED and not _is_over(row, now)]


def _is_over(row: StagedRow, now: datetime) -> bool:
    return row.reserved_until is not None and row.reserved_until <= now


def _has_moved(row: StagedRow, standing: ListingState) -> bool:
    if row.reserved_until is None or standing.reserved_until is None:
        return False
    return abs(row.reserved_until - standing.reserved_until) >= SAME_END


def _tell(rows: Sequence[StagedRow], done: set[int]) -> None:
    for row in rows:
        if row.listing_id in done and "reserved_until" not in row.fields:
            row.fields = [*row.fields, "reserved_until"]
            row.outcome = Outcome.UPDATED if row.outcome == Outcome.UNCHANGED else row.outcome
