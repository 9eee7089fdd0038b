"""Taking back an applied run as a whole: the difference first, then the decision."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dealers.bulk import UndoPreview, begin_undo, preview_undo, take_step, undo_ends_at, undo_of
from dealers.bulk.origins import FEED_RUN
from dealers.models import FeedRun
from dealers.panel.base import reason_of
from dealers.panel.context import DealerContext, require_context
from dealers.panel.feeds.labels import label_of
from dealers.panel.scope import scoped
from dealers.panel.site import panel
from listings.adverts import STATE, Reversal
from listings.choices import Status
from listings.models import Listing
from marketplace.errors import DomainError
from marketplace.london_time import in_london

PREVIEWED = 1_000
LINES_SHOWN = 50


@dataclass(frozen=True)
class UndoLine:
    """An advert, what it would be again, and what somebody has written since."""

    listing: Listing
    changes: list[str]
    kept: list[str]


@dataclass(frozen=True)
class UndoCounts:
    """How many of the adverts that were looked at come back, go, or have fields as before."""

    back: int
    withdrawn: int
    fields: int
    kept: int


def undo_context(run: FeedRun, current: DealerContext) -> dict[str, Any]:
    """Return until when an applied run can be undone, and the run that has undone it."""
    if run.state != FeedRun.State.DONE or run.dry_run:
        return {}
    origin = f"{FEED_RUN}{run.pk}"
    undone = undo_of(current.dealer.pk, origin)
    return {
        "undone": undone,
        "is_own_undo": undone is not None and undone.actor_id == current.user.pk,
        "undo_until": None if undone else undo_ends_at(origin),
    }


def undo_run(request: HttpRequest, run: FeedRun) -> HttpResponse:
    """Show the difference on GET, undo on POST."""
    current = require_context(request)
    origin, page = f"{FEED_RUN}{run.pk}", reverse("dealer:dealers_feedrun_change", args=[run.pk])
    if request.method == "POST":
        return _begin(request, current, run, origin)
    if undo_context(run, current).get("undo_until") is None:
        messages.error(request, "This file can no longer be undone.")
        return Redirect(page)
    preview = preview_undo(current.dealer.pk, origin, limit=PREVIEWED)
    context = {
        **panel.each_context(request),
        "title": f"Undo {run.file_name or 'the file'}",
        "run": run,
        "count": preview.total,
        "previewed": len(preview.adverts),
        "counts": _counts(preview),
        "lines": _lines(preview, current),
        "page": page,
    }
    return TemplateResponse(request, "dealers/panel/feeds/undo.html", context)


def _begin(request: HttpRequest, current: DealerContext, run: FeedRun, origin: str) -> HttpResponse:
    what = f"the file {run.file_name}".strip() + f" of {in_london(run.received_at):%-d %b}"
    try:
        begun = begin_undo(
            dealer_id=current.dealer.pk, actor=current.actor, origin=origin, what=what[:120]
        )
        take_step(run_id=begun.pk, actor=current.actor)
    except DomainError as refusal:
        messages.error(request, reason_of(refusal))
        return Redirect(reverse("dealer:dealers_feedrun_change", args=[run.pk]))
    return Redirect(reverse("dealer:listings_listing_run", args=[begun.pk]))


def _counts(preview: UndoPreview) -> UndoCounts:
    found = list(preview.adverts.values())
    then = [each.state[STATE][1] for each in found if STATE in each.state]
    return UndoCounts(
        back=then.count(Status.LIVE),
        withdrawn=len(then) - then.count(Status.LIVE),
        fields=sum(1 for each in found if each.fields),
        kept=sum(1 for each in found if each.kept),
    )


def _lines(preview: UndoPreview, current: DealerContext) -> list[UndoLine]:
    differing = {pk: each for pk, each in preview.adverts.items() if each.names or each.kept}
    adverts = scoped(Listing.objects.all(), current).in_bulk(list(differing)[:LINES_SHOWN])
    return [
        UndoLine(adverts[pk], _changes(each), [label_of(name) for name in sorted(each.kept)])
        for pk, each in differing.items()
        if pk in adverts
    ]


def _changes(reversal: Reversal) -> list[str]:
    pairs = {**reversal.fields}
    if STATE in reversal.state:
        pairs[STATE] = reversal.state[STATE]
    return [
        f"{label_of(name)}: {_shown(name, now)} → {_shown(name, then)}"
        for name, (now, then) in pairs.items()
    ]


def _shown(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    if name == "price":
        return f"£{value:,}"
    if name == STATE:
        return str(Status(value).label).lower()
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
