"""Adverts whose prices stand out from what such cars ask: what the panel and its mail point at."""

from datetime import datetime, timedelta

from django.db.models import Case, F, FloatField, IntegerField, Q, QuerySet, When
from django.db.models.functions import Cast

from listings.choices import NoRating, PriceRating, Status
from listings.models import conditions
from listings.models.value import is_valued

OLD_DAYS, NEW_DAYS = 60, 14

_HOLDS = is_valued()


def with_market_values(rows: QuerySet) -> QuerySet:
    """Give adverts `worth`, `rating`, `no_rating` (why not) and `asking_percent`, where they hold.

    `is_valued` says that an advert was valued, be it before its last change.
    """
    asking = Cast(F("price"), FloatField()) * 100 / F("market_value__value")
    valued: QuerySet = rows.annotate(
        worth=Case(When(_HOLDS, then=F("market_value__value")), output_field=IntegerField()),
        rating=Case(When(_HOLDS, then=F("market_value__label"))),
        no_rating=Case(When(_HOLDS, then=F("market_value__reason"))),
        asking_percent=Case(When(_HOLDS, then=asking), output_field=FloatField()),
        is_valued=Q(market_value__isnull=False),
    )
    return valued


def dear_and_old(now: datetime) -> Q:
    """Return the condition of rows with market values that ask more and have been live for long."""
    since = now - timedelta(days=OLD_DAYS)
    return conditions.LIVE & Q(rating=PriceRating.HIGHER, published_at__lte=since)


def cheap_and_new(now: datetime) -> Q:
    """Return the condition of those that ask far less and have only come."""
    since = now - timedelta(days=NEW_DAYS)
    return conditions.LIVE & Q(rating=PriceRating.LOWER, published_at__gt=since)


def far_from_value(now: datetime) -> Q:
    """Return the condition of those whose price looks like a slip, on sale or to come."""
    return conditions.in_status(Status.LIVE, Status.DRAFT) & Q(no_rating=NoRating.CHECK_PRICE)
