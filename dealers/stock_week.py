"""What became of a dealer's stock in a week, and five things to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from listings.choices import PriceRating, Status
from listings.completeness import gaps_of, with_completeness
from listings.models import Listing, PriceChange
from listings.models.conditions import LIVE
from listings.models.value import rated
from listings.pricing.value.outliers import (
    NEW_DAYS,
    OLD_DAYS,
    cheap_and_new,
    dear_and_old,
    far_from_value,
    with_market_values,
)

CARS_NAMED = 3
PLAN_DAYS = 30
_ABOVE = (PriceRating.FAIR, PriceRating.HIGHER)
_RATED = Q(rating__isnull=False)


@dataclass(frozen=True)
class NamedCar:
    """A car, what is to be said of it, and its page in the panel."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class StockSuggestion:
    """Something to do: why, for how many cars, and the first of them."""

    heading: str
    advice: str
    count: int
    cars: list[NamedCar]


def figures_of(dealer_id: int) -> dict[str, object]:
    """Return what the next mail compares with: live cars, their value, cars by label.

    `valued` are those whose value holds, `worth` and `asking` the sums of theirs in pounds.
    """
    rows = _valued(dealer_id)
    labels = dict(rows.filter(_RATED).values_list("rating").annotate(Count("pk")).order_by())
    sums = rows.filter(worth__isnull=False).aggregate(Count("pk"), Sum("worth"), Sum("price"))
    counted, worth, asking = (amount or 0 for amount in sums.values())
    amounts = {"valued": counted, "worth": worth, "asking": asking}
    return {"live": rows.count(), "labels": labels, **amounts}


def told_changes(
    dealer_id: int, since: datetime, before: Mapping[str, Any], now: Mapping[str, Any]
) -> list[str]:
    """Return what changed since a moment, a sentence each; what was so before is told beside it."""
    old_labels = before.get("labels", {})
    told = [_beside(f"{now['live']:,} live", before.get("live"))]
    if now["valued"]:
        worth = f"{now['valued']:,} with a value: £{now['worth']:,}, asked £{now['asking']:,}"
        old = before.get("worth")
        told.append(worth if old is None else f"{worth} (value a week ago £{old:,})")
    told += [
        _beside(f"{label.label}: {now['labels'].get(label.value, 0):,}", old_labels.get(label, 0))
        if before
        else f"{label.label}: {now['labels'].get(label.value, 0):,}"
        for label in PriceRating
        if now["labels"].get(label.value) or old_labels.get(label.value)
    ]
    return [*told, *_events(dealer_id, since)]


def suggestions_for(dealer_id: int) -> list[StockSuggestion]:
    """Return what is worth doing now, the most pressing first; at most five, one of each kind."""
    rows, now = _valued(dealer_id), timezone.now()
    kinds = (
        _slips(rows, now),
        _dear_and_old(rows, now),
        _cheap_and_new(rows, now),
        _unrated(rows),
        _for_a_plan(rows, now),
    )
    return [each for each in kinds if each.count]


def _beside(text: str, before: int | None) -> str:
    return text if before is None else f"{text} ({before:,} a week ago)"


def _events(dealer_id: int, since: datetime) -> list[str]:
    stock = Listing.objects.for_dealer(dealer_id)
    sold = stock.in_status(Status.SOLD).filter(sold_at__gte=since)
    sums = sold.aggregate(cars=Count("pk"), asked=Sum("price"))
    changes = PriceChange.objects.for_dealer(dealer_id).filter(
        changed_at__gte=since, old_price__isnull=False, new_price__isnull=False
    )
    found = changes.aggregate(
        fell=Count("pk", filter=Q(new_price__lt=F("old_price"))),
        rose=Count("pk", filter=Q(new_price__gt=F("old_price"))),
        by_plan=Count("pk", filter=Q(reason="plan")),
    )
    prices = (
        f"{found['fell']:,} prices lowered, {found['rose']:,} raised,"
        f" {found['by_plan']:,} of them by a plan"
    )
    return [f"{sums['cars']:,} sold, asked £{sums['asked'] or 0:,}", prices]


def _valued(dealer_id: int) -> QuerySet[Any]:
    """Return live adverts with `worth`, `rating`, `no_rating` and `ratio`, where they hold."""
    rows = Listing.objects.for_dealer(dealer_id).filter(LIVE)
    valued: QuerySet[Any] = with_market_values(rows).annotate(ratio=rated("ratio"))
    return valued


def _slips(rows: QuerySet[Any], now: datetime) -> StockSuggestion:
    found = rows.filter(far_from_value(now)).order_by("pk")
    return _suggestion(
        "Check prices that look like slips",
        "They are far from what such cars ask. Buyers see no label.",
        found,
    )


def _dear_and_old(rows: QuerySet[Any], now: datetime) -> StockSuggestion:
    found = rows.filter(dear_and_old(now))
    return _suggestion(
        "Look again at prices above the market",
        f"Dearer than similar cars, and live for {OLD_DAYS} days or more.",
        found.order_by("-ratio", "pk"),
    )


def _cheap_and_new(rows: QuerySet[Any], now: datetime) -> StockSuggestion:
    found = rows.filter(cheap_and_new(now))
    return _suggestion(
        "Ask whether these could ask more",
        f"Far below similar cars, and live for {NEW_DAYS} days at most.",
        found.order_by("ratio", "pk"),
    )


def _unrated(rows: QuerySet[Any]) -> StockSuggestion:
    """Return cars without a label that lack something, the least complete first."""
    found = with_completeness(rows.filter(rating=None)).filter(completeness__lt=100)
    return _suggestion(
        "Complete cars that have no price label",
        "What is known of a car is what it is valued by; photos and facts bring buyers anyway.",
        found.order_by("completeness", "pk"),
        by_gaps=True,
    )


def _for_a_plan(rows: QuerySet[Any], now: datetime) -> StockSuggestion:
    since = now - timedelta(days=PLAN_DAYS)
    found = rows.filter(rating__in=_ABOVE, published_at__lte=since, price_schedule=None)
    return _suggestion(
        "Let prices follow the market",
        f"Live for {PLAN_DAYS} days or more, at the upper end, and on no price plan: one that "
        "follows the market takes them there in small steps, never below your floor.",
        found.order_by("-ratio", "pk"),
    )


def _suggestion(
    heading: str, advice: str, rows: QuerySet[Any], *, by_gaps: bool = False
) -> StockSuggestion:
    shown = list(rows[:CARS_NAMED])
    details = [_gap(row.pk) if by_gaps else _beside_value(row) for row in shown]
    return StockSuggestion(heading, advice, rows.count(), list(_named(shown, details)))


def _named(rows: Iterable[Listing], details: Iterable[str]) -> Iterable[NamedCar]:
    for row, detail in zip(rows, details, strict=True):
        url = reverse("dealer:listings_listing_change", args=[row.pk])
        yield NamedCar(row.title, detail, f"{settings.PUBLIC_URL}{url}")


def _beside_value(row: Any) -> str:
    asked = "price on application" if row.price is None else f"£{row.price:,}"
    return asked if row.worth is None else f"{asked}, value £{row.worth:,}"


def _gap(listing_id: int) -> str:
    points, gaps = gaps_of(listing_id)
    return f"{points} % complete. {gaps[0].advice}." if gaps else f"{points} % complete"
