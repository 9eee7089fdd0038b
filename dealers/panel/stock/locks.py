"""Giving a field that somebody wrote by hand back to the feeds."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.panel.context import require_context
from dealers.panel.feeds.labels import label_of
from listings.adverts import unlock_fields
from marketplace.errors import DomainError


def unlock_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Give one field back to the feeds."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    listing = model_admin.editable(request, listing_id)
    name = request.POST.get("field", "")
    if name in listing.locked_fields:
        try:
            actor_id = require_context(request).user.pk
            unlock_fields(listing_id=listing_id, fields=[name], actor_id=actor_id)
        except DomainError as refusal:
            model_admin.message_refusal(request, refusal)
        else:
            text = f"{label_of(name)} is unlocked: the feed writes it when it next has the car."
            messages.success(request, text)
    return Redirect(reverse("dealer:listings_listing_change", args=[listing_id]))
