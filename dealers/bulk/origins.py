"""What can be undone as one, by its origin: a bulk run, a feed's run, or a single change set."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from dealers.models import BulkRow, BulkRun
from listings.adverts import Reversal, plan_undo
from listings.models import ChangeSet, ListingEvent

UNDONE_WITHIN = timedelta(days=1)
FEED_RUN_UNDONE_WITHIN = timedelta(days=7)
FEED_RUN = "feed_run:"
BULK_RUN = BulkRun.ORIGIN
_CHANGE_SET = "change_set:"


class LastChange(NamedTuple):
    origin: str
    kind: ListingEvent.Kind
    what: str


class UndoPreview(NamedTuple):
    """How many adverts undoing is about, and what it would write to the first of them."""

    total: int
    adverts: dict[int, Reversal]


def change_sets_of(origin: str) -> list[int]:
    """Return the change sets of an origin, or the one that it names itself."""
    return list(_sets(origin).values_list("pk", flat=True))


def undo_ends_at(origin: str) -> datetime | None:
    """Return until when an origin can be undone; None where it is too late, or nothing was done."""
    within = FEED_RUN_UNDONE_WITHIN if origin.startswith(FEED_RUN) else UNDONE_WITHIN
    last = _sets(origin).order_by("-pk").values_list("created_at", flat=True).first()
    if last is None or last + within < timezone.now():
        return None
    return last + within


def preview_undo(dealer_id: int, origin: str, *, limit: int) -> UndoPreview:
    """Return what undoing would write to the dealer's adverts, to the first of them one by one."""
    sets = change_sets_of(origin)
    events = ListingEvent.objects.for_dealer(dealer_id).filter(change_set__in=sets)
    ids = events.order_by("listing").values_list("listing", flat=True).distinct()
    planned = plan_undo(change_set_ids=sets, listing_ids=list(ids[:limit]))
    return UndoPreview(ids.count(), planned)


def last_change_of(listing_id: int) -> LastChange | None:
    """Return the last change of an advert, if a person made it and it stands alone."""
    events = ListingEvent.objects.filter(listing=listing_id).select_related("change_set")
    last = events.exclude(kind__in=_BESIDE).order_by("-id").first()
    if last is None or last.change_set is None or last.change_set.origin or not last.actor_id:
        return None
    origin = f"{_CHANGE_SET}{last.change_set_id}"
    return LastChange(origin, ListingEvent.Kind(last.kind), last.get_kind_display())


def undo_of(dealer_id: int, origin: str) -> BulkRun | None:
    """Return the run that took back what has an origin, if there is one."""
    mine = BulkRun.objects.for_dealer(dealer_id).filter(act=BulkRun.Act.UNDO, terms__origin=origin)
    return mine.order_by("pk").first()


def undoable_runs(dealer_id: int) -> list[BulkRun]:
    """Return the dealer's runs of the last day that did something and can be undone, newest first.

    One query.
    """
    since = timezone.now() - UNDONE_WITHIN
    mine = BulkRun.objects.for_dealer(dealer_id).filter(created_at__gt=since)
    done = BulkRow.objects.filter(run=OuterRef("pk"), is_done=True)
    recent = list(mine.filter(Exists(done)).select_related("actor").order_by("-pk"))
    undone = {(run.terms or {}).get("origin") for run in recent if run.act == BulkRun.Act.UNDO}
    return [run for run in recent if run.origin not in undone]


def _sets(origin: str) -> QuerySet[ChangeSet]:
    if origin.startswith(_CHANGE_SET):
        return ChangeSet.objects.filter(pk=int(origin.removeprefix(_CHANGE_SET)))
    return ChangeSet.objects.filter(origin=origin)


_BESIDE = (ListingEvent.Kind.PLANNED, ListingEvent.Kind.UNPLANNED)
