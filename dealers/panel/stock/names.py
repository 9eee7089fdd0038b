"""An advert whose make or model the catalogue lacks: what was meant, and taking it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.panel.context import require_context
from listings.adverts import edit_listing
from listings.catalogue import likely_models
from listings.choices import Confirmation
from listings.models import Listing, Model
from marketplace.errors import DomainError


def unknown_name(listing: Listing) -> dict[str, Any] | None:
    """Return the name of a make and model that staff have yet to confirm, and what is like it."""
    make, model = listing.make, listing.model
    if Confirmation.PENDING not in (make.confirmation, model.confirmation):
        return None
    likely = likely_models(make_name=make.name, model_name=model.name)
    return {"name": f"{make} {model}", "likely": likely}


def take_name_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Write the make and model that were meant."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    model_admin.editable(request, listing_id)
    typed = request.POST.get("model", "")
    confirmed = Model.objects.filter(confirmation=Confirmation.CONFIRMED).select_related("make")
    model = confirmed.filter(pk=typed).first() if typed.isdecimal() and len(typed) < 19 else None
    if model is None:
        raise Http404
    try:
        changes = {"make": model.make, "model": model}
        actor_id = require_context(request).user.pk
        row = edit_listing(listing_id=listing_id, changes=changes, actor_id=actor_id)
    except DomainError as refusal:
        model_admin.message_refusal(request, refusal)
    else:
        messages.success(request, f"{row.title}: the name is known, so it can be published.")
    return Redirect(reverse("dealer:listings_listing_change", args=[listing_id]))
