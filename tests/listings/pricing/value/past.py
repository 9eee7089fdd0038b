"""Adverts that stood for sale in the past, put there by services and then made older."""

from datetime import datetime, timedelta

from django.utils import timezone

from dealers.models import Branch
from listings.adverts import lifecycle
from listings.choices import Source
from listings.models import Listing, ListingEvent, Model, Sale
from tests import make


def listed(place: Branch, model: Model, days_ago: float, **fields: object) -> Listing:
    """Return an advert that was published so many days ago."""
    row = make.draft(branch=place, model=model, **fields)
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    at = timezone.now() - timedelta(days=days_ago)
    _happened(row, at)
    Listing.objects.filter(pk=row.pk).update(published_at=at)
    row.price_changes.update(changed_at=at)
    return row


def sold(row: Listing, days_ago: float, source: Source | None = None) -> None:
    lifecycle.sell(listing_id=row.pk, actor_id=None, source=source)
    at = timezone.now() - timedelta(days=days_ago)
    _happened(row, at)
    Listing.objects.filter(pk=row.pk).update(sold_at=at)


def told(row: Listing, buyer: str, sold_days_ago: float) -> None:
    """Say how a sold car was sold, and on which day."""
    row.refresh_from_db()
    assert row.sold_at is not None
    day = (timezone.now() - timedelta(days=sold_days_ago)).date()
    Sale.objects.create(listing=row, sold_at=row.sold_at, sold_on=day, buyer=buyer)


def withdrawn(row: Listing, days_ago: float) -> None:
    lifecycle.withdraw(listing_id=row.pk, actor_id=None)
    _happened(row, timezone.now() - timedelta(days=days_ago))


def back(row: Listing, days_ago: float) -> None:
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    _happened(row, timezone.now() - timedelta(days=days_ago))


def _happened(row: Listing, at: datetime) -> None:
    newest = ListingEvent.objects.filter(listing=row).order_by("-id").first()
    assert newest is not None
    ListingEvent.objects.filter(pk=newest.pk).update(happened_at=at)
