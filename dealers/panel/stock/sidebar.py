"""What stands beside an advert's form: its actions, completeness, preview, prices and log."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from dealers.panel.audience import audience_chart
from dealers.panel.charts import HEIGHT, WIDTH, PriceLine, price_line
from dealers.panel.context import DealerContext
from dealers.panel.stock import sales, undo
from dealers.panel.stock.authors import authors_of, writer_of
from dealers.panel.stock.completeness import shown_completeness
from dealers.panel.stock.market_position import MarketPosition, is_being_valued
from dealers.panel.stock.names import unknown_name
from dealers.panel.stock.photos import shown_photos
from dealers.panel.stock.rejections import rejection_of
from dealers.permissions import Permission
from listings.admin.plan_fields import followed
from listings.adverts import Action, allowed_actions
from listings.choices import Status
from listings.completeness import gaps_of
from listings.models import AdvertDay, Listing, ListingEvent, PriceChange, PriceSchedule
from listings.models.car_link import own_duplicates
from listings.vehicle_records import noted_mismatches

EVENTS_SHOWN = 30
PRICES_SHOWN = 100
DUPLICATES_SHOWN = 5
_NOT_TOLD = frozenset({"branch", "make", "model", "description", "vrm", "vin"})
NOT_A_DEALERS = frozenset({Action.REJECT})
_NEEDED = {
    Status.DRAFT: Action.PUBLISH,
    Status.WITHDRAWN: Action.PUBLISH,
    Status.EXPIRED: Action.RENEW,
    Status.REJECTED: Action.REOPEN,
}
_LABELS = {
    field.name: str(field.verbose_name).capitalize()
    for field in Listing._meta.get_fields()
    if hasattr(field, "verbose_name")
}


@dataclass(frozen=True)
class LogLine:
    """Something that happened to an advert: when, what, by whom, and what it changed."""

    at: datetime
    what: str
    who: str
    details: list[str]


def sidebar_context(listing: Listing, current: DealerContext) -> dict[str, Any]:
    """Return the context of the column beside an advert's form."""
    schedule = PriceSchedule.objects.filter(listing=listing.pk).select_related("plan").first()
    may_edit = current.may(Permission.EDIT_STOCK)
    locks, authors = authors_of(listing)
    market = MarketPosition.of(listing)
    return {
        "listing": listing,
        "photos": shown_photos(listing.pk),
        "may_edit": may_edit,
        "actions": offered(listing) if may_edit else [],
        "needed": needed(listing),
        "is_public": Listing.objects.public().filter(pk=listing.pk).exists(),
        "rejection": rejection_of(listing),
        "asked": [*sales.FORMS],
        "unknown_name": unknown_name(listing),
        "duplicates": list(own_duplicates(listing)[:DUPLICATES_SHOWN]),
        "mismatches": noted_mismatches(listing),
        "undo": undo.offered_change(listing.pk) if may_edit else None,
        **shown_completeness(*gaps_of(listing.pk)),
        "market": market,
        "is_being_valued": market is None and is_being_valued(listing),
        "audience": audience_chart(AdvertDay.objects.filter(listing=listing.pk)),
        "line": _prices(listing),
        "chart_width": WIDTH,
        "chart_height": HEIGHT,
        "log": _log(listing),
        "locks": locks,
        "authors": authors,
        "schedule": schedule,
    }


def offered(listing: Listing) -> list[Action]:
    """Return what a dealer may do with this advert now."""
    return [action for action in allowed_actions(listing) if action not in NOT_A_DEALERS]


def needed(listing: Listing) -> Action | None:
    """Return what the state of an advert asks for; None where saving its form is all there is."""
    if listing.status == Status.LIVE:
        soon = timezone.now() + timedelta(days=max(settings.EXPIRY_REMINDER_DAYS))
        return Action.RENEW if listing.expires_at and listing.expires_at <= soon else None
    return _NEEDED.get(Status(listing.status))


def _prices(listing: Listing) -> PriceLine | None:
    rows = PriceChange.objects.filter(listing=listing.pk, new_price__isnull=False)
    last = list(rows.order_by("-id").values_list("changed_at", "new_price")[:PRICES_SHOWN])
    return price_line([(at, price) for at, price in reversed(last) if price], timezone.now())


def _log(listing: Listing) -> list[LogLine]:
    events = ListingEvent.objects.filter(listing=listing.pk).select_related("actor")
    lines = [
        LogLine(event.happened_at, event.get_kind_display(), writer_of(event), _details(event))
        for event in events[:EVENTS_SHOWN]
    ]
    return sorted(lines + _followed(listing), key=lambda line: line.at, reverse=True)[:EVENTS_SHOWN]


def _followed(listing: Listing) -> list[LogLine]:
    """Return the prices that followed the market: plans leave no event."""
    changes = PriceChange.objects.filter(listing=listing.pk, value__isnull=False)
    return [
        LogLine(
            change.changed_at,
            f"{change.get_reason_display()}{followed(change)}",
            "The system",
            [f"Price: {_shown('price', change.old_price)} → {_shown('price', change.new_price)}"],
        )
        for change in changes.order_by("-id")[:EVENTS_SHOWN]
    ]


def _details(event: ListingEvent) -> list[str]:
    told = [
        f"{_LABELS.get(name, name)} changed"
        if name in _NOT_TOLD
        else f"{_LABELS.get(name, name)}: {_shown(name, before)} → {_shown(name, after)}"
        for name, (before, after) in event.edits.items()
    ]
    return [event.reason, *told] if event.reason else told


def _shown(name: str, value: object) -> str:
    if value in (None, "", []):
        return "nothing"
    if name == "price":
        return f"£{value:,}" if isinstance(value, int) else str(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
