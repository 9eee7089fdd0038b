"""What people wrote into an advert by hand, which feeds leave alone until it is given back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.models import StockFeed
from dealers.panel.desk import seated
from dealers.panel.feeds.words import label_of
from listings.choices import Source
from listings.editing import unlock_fields
from listings.models import Listing, ListingEvent
from marketplace.errors import DomainError


@dataclass(frozen=True)
class Lock:
    """A field that feeds leave alone; who wrote it last, and when, where the log still says."""

    field: str
    label: str
    who: str
    at: datetime | None


def locks_of(listing: Listing) -> list[Lock]:
    """Return the locked fields of an advert; none where the dealer has no feed."""
    names = listing.locked_fields
    if not names or not StockFeed.objects.filter(dealer=listing.dealer_id).exists():
        return []
    written = ListingEvent.objects.filter(
        listing=listing.pk, source=Source.PERSON, changes__has_any_keys=names
    )
    last: dict[str, ListingEvent] = {}
    for event in written.select_related("actor").order_by("-id"):
        for name in event.changes or ():
            last.setdefault(name, event)
    return [_lock(name, last.get(name)) for name in names]


def unlock_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Give one field back to the feeds."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    listing = model_admin.get_queryset(request).filter(pk=listing_id).first()
    if listing is None or not model_admin.has_change_permission(request):
        raise Http404
    name = request.POST.get("field", "")
    if name in listing.locked_fields:
        try:
            actor_id = seated(request).user.pk
            unlock_fields(listing_id=listing_id, fields=[name], actor_id=actor_id)
        except DomainError as refusal:
            model_admin.message_refusal(request, refusal)
        else:
            text = f"{label_of(name)} is unlocked: the feed writes it when it next has the car."
            messages.success(request, text)
    return Redirect(reverse("dealer:listings_listing_change", args=[listing_id]))


def _lock(name: str, event: ListingEvent | None) -> Lock:
    who = str(event.actor) if event and event.actor else "By hand"
    return Lock(name, label_of(name), who, event.happened_at if event else None)
