"""Taking back what was just done: a run, or the last change of one advert."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.bulk import (
    begin_undo,
    last_change_of,
    take_step,
    undo_ends_at,
    undo_of,
)
from dealers.models import BulkRun
from dealers.panel.context import DealerContext, require_context
from dealers.panel.just_done import OFFERED
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from listings.models import Listing
from marketplace.errors import DomainError


def undo_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Take back a run, whoever of the dealer began it, and show what became of each advert."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current = require_context(request)
    if not current.may(Permission.EDIT_STOCK):
        raise Http404
    origin = request.POST.get("origin", "")
    number = origin.removeprefix(BulkRun.ORIGIN)
    runs = scoped(BulkRun.objects.exclude(terms=None), current)
    run = runs.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if run is None or run.origin != origin:
        raise Http404
    try:
        begun = _undo(current, origin, run.get_act_display())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return Redirect(reverse("dealer:listings_listing_changelist"))
    return Redirect(reverse("dealer:listings_listing_run", args=[begun.pk]))


def undo_last_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Take back the last change of one advert, if it is still the one that the page showed.

    A form goes back to the advert; a script is told the price: `price` and `said`, or `message`.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current = require_context(request)
    is_own = model_admin.get_queryset(request).filter(pk=listing_id).exists()
    if not is_own or not current.may(Permission.EDIT_STOCK):
        raise Http404
    is_done, said = _undo_last(current, listing_id, request.POST.get("origin", ""))
    if request.headers.get("Accept") == "application/json":
        price = Listing.objects.values_list("price", flat=True).get(pk=listing_id)
        return JsonResponse({"price": price, "said": said} if is_done else {"message": said})
    messages.add_message(request, messages.SUCCESS if is_done else messages.ERROR, said)
    return Redirect(reverse("dealer:listings_listing_change", args=[listing_id]))


def offered_until(run: BulkRun) -> datetime | None:
    """Return until when a run can be undone; None where it cannot."""
    if run.terms is None or undo_of(run.dealer_id, run.origin) is not None:
        return None
    return undo_ends_at(run.origin)


def offered_change(listing_id: int) -> dict[str, str] | None:
    """Return the origin and the name of an advert's last change, where it can be undone."""
    last = last_change_of(listing_id)
    if last is None or last.kind not in OFFERED or undo_ends_at(last.origin) is None:
        return None
    return {"origin": last.origin, "what": last.what}


def _undo_last(current: DealerContext, listing_id: int, origin: str) -> tuple[bool, str]:
    last = last_change_of(listing_id)
    if last is None or last.origin != origin:
        return False, "Somebody has changed the advert since: nothing was undone."
    try:
        run = _undo(current, last.origin, last.what)
    except DomainError as refusal:
        return False, refusal.message
    is_done, said = run.rows.values_list("is_done", "said").get()
    return bool(is_done), f"Undone: {last.what.lower()}. {said}" if is_done else said


def _undo(current: DealerContext, origin: str, what: str) -> BulkRun:
    run = begin_undo(dealer_id=current.dealer.pk, actor=current.actor, origin=origin, what=what)
    take_step(run_id=run.pk, actor=current.actor)
    return run
