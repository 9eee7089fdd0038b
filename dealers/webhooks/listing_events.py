"""What is new of adverts, to each audience by what it may know of them.

What an advert was last said to be stands in `WebhookListing`: events are the difference. To mirrors
an advert is created when buyers see it, and removed when they do not any more; the marketplace's
own systems are told what its dealer is, and whose it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from dealers.models import WebhookAudience, WebhookEventType, WebhookListing
from dealers.webhooks.addresses import absolute, api_url
from dealers.webhooks.queue import Event
from dealers.webhooks.subscribers import Subscribers, listened_to
from listings.models import Listing

Type = WebhookEventType
Change = tuple[Type, dict[str, Any]]


def of_listings(ids: Sequence[int]) -> list[Event]:
    """Return what is new of adverts, read under a lock of what was said, and note it as said."""
    subscribers = Subscribers.now()
    known = {
        row.pk: row
        for row in WebhookListing.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    public = Exists(Listing.objects.public().filter(pk=OuterRef("pk")))
    found = Listing.objects.filter(listened_to("dealer"), pk__in=ids, published_at__isnull=False)
    listings = {row.pk: row for row in found.annotate(is_public=public).select_related("dealer")}
    events: list[Event] = []
    for id_ in dict.fromkeys(ids):
        events += _events(id_, listings.get(id_), known.get(id_), subscribers)
    _note(listings, known)
    return events


def _note(listings: Mapping[int, Any], known: Mapping[int, WebhookListing]) -> None:
    WebhookListing.objects.filter(pk__in=set(known) - set(listings)).delete()
    rows = [
        WebhookListing(
            listing_id=row.pk,
            dealer_id=row.dealer_id,
            status=row.status,
            price=row.price,
            revision=row.revision,
            is_public=row.is_public,
        )
        for row in listings.values()
    ]
    WebhookListing.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["listing_id"],
        update_fields=["dealer", "status", "price", "revision", "is_public"],
    )


def _events(
    id_: int, listing: Any, said: WebhookListing | None, subscribers: Subscribers
) -> Iterator[Event]:
    """Yield what each audience is told of an advert; None is one that is gone, or not known."""
    dealer_id = said.dealer_id if listing is None and said else listing and listing.dealer_id
    subject, changes = f"listing:{id_}", list(_changes(listing, said))
    if dealer_id in subscribers.dealer_ids:
        for kind, more in changes:
            data = _dealers(listing) if listing else {"id": id_}
            yield Event(dealer_id, kind, subject, {**data, **more})
    if subscribers.has_staff:
        for kind, more in changes:
            data = _staffs(listing) if listing else {"id": id_}
            yield Event(None, kind, subject, {**data, **more}, WebhookAudience.STAFF)
    if subscribers.has_mirror:
        for kind, more in _public_changes(listing, said):
            data = {"id": id_} if kind == Type.LISTING_REMOVED else _mirrors(listing)
            yield Event(None, kind, subject, {**data, **more}, WebhookAudience.MIRROR)


def _changes(listing: Any, said: WebhookListing | None) -> Iterator[Change]:
    if listing is None:
        if said is not None:
            yield Type.LISTING_REMOVED, {}
    elif said is None:
        yield Type.LISTING_CREATED, {}
    elif said.revision != listing.revision:
        if said.price != listing.price:
            yield Type.LISTING_PRICE_CHANGED, {"previous_price": said.price}
        if said.status != listing.status:
            yield Type.LISTING_STATUS_CHANGED, {"previous_status": said.status}
        if (said.price, said.status) == (listing.price, listing.status):
            yield Type.LISTING_UPDATED, {}


def _public_changes(listing: Any, said: WebhookListing | None) -> Iterator[Change]:
    """Yield what buyers see change, and nothing of an advert that they neither saw nor see."""
    was_public = said is not None and said.is_public
    is_public = listing is not None and listing.is_public
    if is_public and not was_public:
        yield Type.LISTING_CREATED, {}
    elif was_public and not is_public:
        yield Type.LISTING_REMOVED, {}
    elif said is not None and is_public and said.revision != listing.revision:
        if said.price != listing.price:
            yield Type.LISTING_PRICE_CHANGED, {"previous_price": said.price}
        else:
            yield Type.LISTING_UPDATED, {}


def _dealers(listing: Listing) -> dict[str, Any]:
    return {
        "id": listing.pk,
        "stock_ref": listing.stock_ref,
        "status": listing.status,
        "price": listing.price,
        "url": api_url(f"stock/{listing.pk}/"),
    }


def _staffs(listing: Listing) -> dict[str, Any]:
    page = absolute(reverse("admin:listings_listing_change", args=[listing.pk]))
    return {**_dealers(listing), "dealer": listing.dealer.slug, "url": page}


def _mirrors(listing: Listing) -> dict[str, Any]:
    """Return what the public API says too, and where it does."""
    return {
        "id": listing.pk,
        "price": listing.price,
        "url": api_url(f"listings/{listing.pk}/"),
    }
