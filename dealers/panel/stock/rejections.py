"""Adverts that the marketplace's staff have rejected, and why."""

from typing import Any

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, When

from listings.choices import Status
from listings.models import Listing, ListingEvent
from listings.models.conditions import in_status

_EVENTS = ListingEvent.objects.filter(kind=ListingEvent.Kind.REJECTED).order_by("-id")


def rejection_of(listing: Listing) -> ListingEvent | None:
    """Return the rejection that an advert is under: when, and with what reason."""
    if listing.status != Status.REJECTED:
        return None
    return _EVENTS.filter(listing=listing.pk).first()


def with_rejection(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return these adverts with `rejected_because`; None where they are not rejected."""
    last = _EVENTS.filter(listing=OuterRef("pk")).values("reason")[:1]
    found: QuerySet[Any] = rows.annotate(
        rejected_because=Case(
            When(in_status(Status.REJECTED), then=Subquery(last)), output_field=CharField()
        )
    )
    return found
