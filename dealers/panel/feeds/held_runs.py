"""A run that waits for a person: why, what it would take off sale, and the decision."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.feeds.held_runs import approve_run, drop_run
from dealers.feeds.imports.safety_check import SAFETY_HOLDS
from dealers.models import FeedCar, FeedRow, FeedRun
from dealers.panel.base import reason_of
from dealers.panel.context import DealerContext, require_context
from dealers.panel.feeds.columns import HOLDS
from dealers.panel.scope import scoped
from dealers.panel.team.confirmation import ConfirmPrompt, confirmation_page
from listings.models import Listing
from listings.models.listing import ListingQuerySet
from marketplace.errors import DomainError

LACKING_SHOWN = 20

_TAKES_OFF_SALE = (
    "Approve it if these cars really are gone: what the file lacks is taken off sale at once. "
    "Otherwise drop it and send the whole stock."
)
_FIRST = (
    "The feed has brought no car yet, so nothing can go off sale. "
    "Drop the file, see what it lacks, and send your stock."
)
_SHOWS = "Approve it to see the whole report. It is only tried: nothing is changed by it."
ADVICE: Mapping[str, str] = {
    "mapping": "Look over what its columns mean, once. The file is imported then.",
    "header": "Look over what its columns mean now. The file is imported then.",
    "unreadable": "It cannot be imported: drop it, and send a better one.",
    **dict.fromkeys(SAFETY_HOLDS, _TAKES_OFF_SALE),
}
"""What a person can do about a run that is held, by the reason's code."""


def held_back(run: FeedRun, current: DealerContext) -> dict[str, Any]:
    """Return the context of a held run: advice, and the adverts that approval takes off sale."""
    may_approve = run.hold_code in SAFETY_HOLDS
    context: dict[str, Any] = {
        "advice": _SHOWS if run.dry_run and may_approve else ADVICE.get(run.hold_code, ""),
        "needs_columns": run.hold_code in HOLDS,
        "may_approve": may_approve,
    }
    if run.state == FeedRun.State.HELD and may_approve:
        rows = _lacking(run, current)
        lacking = list(rows.order_by("title", "pk")[:LACKING_SHOWN])
        count = len(lacking) if len(lacking) < LACKING_SHOWN else rows.count()
        context |= {"lacking": lacking, "lacking_count": count}
        if not run.car_count and not FeedCar.objects.filter(feed=run.feed_id).exists():
            context |= {"advice": _FIRST, "may_approve": run.dry_run}
        context["lacking_more"] = count - len(lacking)
    return context


def approve(request: HttpRequest, run: FeedRun) -> HttpResponse:
    """Ask on GET, apply on POST; a run whose columns are unknown leads to its columns."""
    is_held = run.state == FeedRun.State.HELD
    if is_held and run.hold_code in HOLDS:
        return Redirect(reverse("dealer:dealers_stockfeed_columns", args=[run.feed_id]))
    if request.method == "POST" or not is_held:
        return _decide(request, run, approve_run, "The file is being applied.")
    count = _lacking(run, require_context(request)).count()
    adverts = f"{count:,} advert{'' if count == 1 else 's'}"
    loss = f"If you approve it, {adverts} that it lacks will be off sale at once."
    prompt = ConfirmPrompt(
        f"Approve {run.file_name or 'the file'}",
        (run.hold_reason, _SHOWS if run.dry_run else loss),
        "Approve",
        _page_of(run),
    )
    return confirmation_page(request, prompt)


def drop(request: HttpRequest, run: FeedRun) -> HttpResponse:
    """Ask on GET, throw the run away on POST."""
    if request.method == "POST" or run.state != FeedRun.State.HELD:
        return _decide(request, run, drop_run, "The file is dropped: nothing was changed.")
    prompt = ConfirmPrompt(
        f"Drop {run.file_name or 'the file'}",
        ("Nothing of the file is applied, now or later.", "Your adverts stay as they are."),
        "Drop",
        _page_of(run),
    )
    return confirmation_page(request, prompt)


def _lacking(run: FeedRun, current: DealerContext) -> ListingQuerySet:
    rows = FeedRow.objects.filter(run=run.pk, line=None)
    live = Listing.objects.live().filter(pk__in=rows.values("listing"))
    return scoped(live, current)


def _decide(
    request: HttpRequest, run: FeedRun, verb: Callable[..., FeedRun], done: str
) -> HttpResponse:
    try:
        verb(run_id=run.pk, actor=require_context(request).actor)
    except DomainError as refusal:
        messages.error(request, reason_of(refusal))
    else:
        messages.success(request, done)
    return Redirect(_page_of(run))


def _page_of(run: FeedRun) -> str:
    return reverse("dealer:dealers_feedrun_change", args=[run.pk])
