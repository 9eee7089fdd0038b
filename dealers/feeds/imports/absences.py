"""Cars that a full file lacks: noted the first time, off sale with the next, or after a day."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from dealers.models import FeedCar, FeedRow, FeedRun, StockFeed
from listings.adverts import WriteContext, lock_listings, withdraw_listings
from listings.choices import Source, Status

ABSENT_MAX = timedelta(hours=24)
BATCH_SIZE = 1_000


def withdraw_absent(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Note or withdraw; where a person approved the run, what it lacks goes at once."""
    due = [row for row in rows if context.is_approved or (row.car and row.car.absent_since)]
    withdrawn = take_off(car_ids=[row.car_id or 0 for row in due], by=context.by)
    due_numbers = {row.number for row in due}
    first = [row for row in rows if row.number not in due_numbers]
    FeedCar.objects.filter(pk__in=[row.car_id for row in first]).update(absent_since=timezone.now())
    live = lock_listings(listing_ids=[row.listing_id for row in first if row.listing_id])
    for row in due:
        is_withdrawn = row.listing_id in withdrawn
        row.outcome = Outcome.WITHDRAWN if is_withdrawn else Outcome.UNCHANGED
    for row in first:
        standing = live.get(row.listing_id or 0)
        row.outcome = Outcome.UNCHANGED
        if standing and standing.status == Status.LIVE:
            message = "The file lacks the car: withdrawn if the next one does, or after a day."
            row.outcome = Outcome.HELD
            row.reasons = [{"code": "absent", "field": "", "message": message, "value": ""}]


def take_off(
    *, car_ids: Sequence[int], by: WriteContext, absent_until: datetime | None = None
) -> frozenset[int]:
    """Withdraw the live adverts of cars that are gone, unless another feed has them.

    With `absent_until`, cars that a file has brought back since are left alone. Returns the adverts
    that were withdrawn. Adverts are locked before cars, as wherever both are written.
    """
    cars = FeedCar.objects.filter(pk__in=car_ids, gone_at=None)
    standings = lock_listings(listing_ids=set(cars.values_list("listing_id", flat=True)))
    if absent_until is not None:
        cars = cars.filter(absent_since__lte=absent_until)
    listing_ids = set(cars.values_list("listing_id", flat=True))
    elsewhere = FeedCar.objects.filter(listing__in=listing_ids, gone_at=None, absent_since=None)
    elsewhere = elsewhere.exclude(pk__in=car_ids)
    listing_ids -= set(elsewhere.values_list("listing_id", flat=True))
    _read_again(elsewhere)
    cars.update(gone_at=timezone.now())
    gone = [row for pk, row in standings.items() if pk in listing_ids]
    return withdraw_listings(states=gone, by=by)


def _read_again(cars: QuerySet[FeedCar]) -> None:
    """Have the feeds that still know these cars say anew what they are: theirs are the values now.

    Nothing is remembered of their rows, nor of what the server said of the files that had them.
    """
    feeds = StockFeed.objects.filter(pk__in=list(cars.values_list("feed_id", flat=True).distinct()))
    feeds.update(etag="", last_modified="")
    cars.update(raw_hash=None, price=None)


def withdraw_lapsed(*, limit: int = BATCH_SIZE) -> int:
    """Withdraw what has been absent for a day, `limit` cars at a time; return how many adverts.

    The file that lacked them passed the safety check, so there is none here.
    """
    total, last_id = 0, 0
    while ids := _lapsed(last_id, limit):
        total += _withdraw(ids)
        last_id = ids[-1]
    return total


def _lapsed(after_id: int, limit: int) -> list[int]:
    lapsed = FeedCar.objects.filter(
        pk__gt=after_id,
        gone_at=None,
        absent_since__lte=_latest(),
        feed__paused_at=None,
        feed__mode=StockFeed.Mode.FULL,
    )
    return list(lapsed.order_by("pk").values_list("pk", flat=True)[:limit])


def _withdraw(ids: list[int]) -> int:
    """Withdraw cars for the newest file of their feed, which lacked them; undoing it is theirs."""
    applied = FeedRun.objects.filter(feed=OuterRef("feed"), state=FeedRun.State.DONE, dry_run=False)
    newest = Subquery(applied.order_by("-pk").values("pk")[:1])
    by_run: dict[int | None, list[int]] = {}
    for pk, run_id in FeedCar.objects.filter(pk__in=ids).values_list("pk", newest):
        by_run.setdefault(run_id, []).append(pk)
    return sum(_withdraw_for(run_id, car_ids) for run_id, car_ids in by_run.items())


@transaction.atomic
def _withdraw_for(run_id: int | None, car_ids: list[int]) -> int:
    by = WriteContext(
        source=Source.FEED,
        reason="absent from its feed for a day",
        origin=f"feed_run:{run_id}" if run_id else "",
    )
    withdrawn = take_off(car_ids=car_ids, by=by, absent_until=_latest())
    if run_id and withdrawn:
        _tell(run_id, withdrawn)
    return len(withdrawn)


def _tell(run_id: int, listing_ids: Collection[int]) -> None:
    """Have the report say what has become of the cars that it said the file lacks."""
    held = FeedRow.objects.filter(run=run_id, line=None, outcome=Outcome.HELD)
    told = held.filter(listing__in=listing_ids).update(outcome=Outcome.WITHDRAWN, reasons=[])
    FeedRun.objects.filter(pk=run_id).update(
        held_count=F("held_count") - told, withdrawn_count=F("withdrawn_count") + told
    )


def _latest() -> datetime:
    return timezone.now() - ABSENT_MAX
