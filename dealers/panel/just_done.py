"""What somebody of the dealer did a moment ago, with a button that takes it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dealers.bulk import last_change_of, undo_ends_at, undo_of, undoable_runs
from dealers.bulk.origins import FEED_RUN
from dealers.models import BulkRun, FeedRun
from dealers.panel.context import DealerContext, find_context
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from listings.models import Listing, ListingEvent

SHOWN = 3
FILES_SHOWN_FOR = timedelta(days=1)
_SESSION_KEY = "changed_advert"
_Kind = ListingEvent.Kind
OFFERED = frozenset({_Kind.SOLD, _Kind.WITHDRAWN, _Kind.PUBLISHED, _Kind.RELEASED, _Kind.EDITED})
"""The changes of a single advert that are offered to be undone."""


@dataclass(frozen=True)
class UndoOffer:
    """Something that can be undone: by a post of its `origin`, or after a look at `url`."""

    what: str
    by: str
    at: datetime | None
    url: str
    origin: str = ""


def remember_change(request: HttpRequest, listing_id: int) -> None:
    """Keep which advert this person changed last, so that it can be undone from Home."""
    request.session[_SESSION_KEY] = listing_id


def undo_lines(request: HttpRequest) -> list[UndoOffer]:
    """Return what this person can undo, the newest first, and the last file that was applied."""
    current = find_context(request)
    if current is None or not current.may(Permission.EDIT_STOCK):
        return []
    undo = reverse("dealer:listings_listing_undo")
    runs = [
        UndoOffer(_named(run), str(run.actor), run.created_at, undo, run.origin)
        for run in undoable_runs(current.dealer.pk)[:SHOWN]
    ]
    return [*_own_change(request, current), *runs, *_file(current)]


def _named(run: BulkRun) -> str:
    what = (run.terms or {}).get("what")
    return f"{run.get_act_display()} of {what.lower()}" if what else run.get_act_display()


def _own_change(request: HttpRequest, current: DealerContext) -> list[UndoOffer]:
    pk = request.session.get(_SESSION_KEY)
    advert = scoped(Listing.objects.all(), current).filter(pk=pk).first() if pk else None
    last = last_change_of(advert.pk) if advert else None
    if advert is None or last is None or last.kind not in OFFERED:
        return []
    if undo_ends_at(last.origin) is None:
        return []
    url = reverse("dealer:listings_listing_undo_last", args=[advert.pk])
    return [UndoOffer(f"{last.what}: {advert.title}", "", None, url, last.origin)]


def _file(current: DealerContext) -> list[UndoOffer]:
    """Return the newest applied file of the last day that changed something, if it stands."""
    if not current.may(Permission.EDIT_FEEDS):
        return []
    done = FeedRun.objects.filter(
        state=FeedRun.State.DONE,
        dry_run=False,
        finished_at__gt=timezone.now() - FILES_SHOWN_FOR,
    )
    changed = F("created_count") + F("updated_count") + F("withdrawn_count") + F("revived_count")
    counted = done.annotate(changed=changed).filter(changed__gt=0).select_related("feed", "actor")
    run = scoped(counted, current).order_by("-pk").first()
    origin = f"{FEED_RUN}{run.pk}" if run else ""
    if run is None or undo_of(current.dealer.pk, origin) or undo_ends_at(origin) is None:
        return []
    url = reverse("dealer:dealers_feedrun_undo", args=[run.pk])
    by = str(run.actor) if run.actor else "by itself"
    return [UndoOffer(f"The file {run.file_name or run.feed.name}", by, run.finished_at, url)]
