"""What stands beside an advert's form: its actions, completeness, preview, prices and log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from dealers.panel.charts import HEIGHT, WIDTH, PriceLine, price_line
from dealers.panel.context import DealerContext
from dealers.panel.stock import undo
from dealers.panel.stock.authors import authors_of, writer_of
from dealers.panel.stock.columns import grade
from dealers.panel.stock.names import unknown_name
from dealers.panel.stock.photos import shown_photos
from dealers.permissions import Permission
from listings.adverts import Action, allowed_actions
from listings.completeness import gaps_of
from listings.models import Listing, ListingEvent, PriceChange, PriceSchedule

EVENTS_SHOWN = 30
PRICES_SHOWN = 100
_NOT_TOLD = frozenset({"branch", "make", "model", "description", "vrm", "vin"})
NOT_A_DEALERS = frozenset({Action.REJECT})
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
    points, gaps = gaps_of(listing.pk)
    schedule = PriceSchedule.objects.filter(listing=listing.pk).select_related("plan").first()
    may_edit = current.may(Permission.EDIT_STOCK)
    locks, authors = authors_of(listing)
    return {
        "listing": listing,
        "photos": shown_photos(listing.pk),
        "may_edit": may_edit,
        "actions": offered(listing) if may_edit else [],
        "unknown_name": unknown_name(listing),
        "undo": undo.offered_change(listing.pk) if may_edit else None,
        "points": points,
        "grade": grade(points),
        "gaps": gaps,
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


def _prices(listing: Listing) -> PriceLine | None:
    rows = PriceChange.objects.filter(listing=listing.pk, new_price__isnull=False)
    last = list(rows.order_by("-id").values_list("changed_at", "new_price")[:PRICES_SHOWN])
    return price_line([(at, price) for at, price in reversed(last) if price], timezone.now())


def _log(listing: Listing) -> list[LogLine]:
    events = ListingEvent.objects.filter(listing=listing.pk).select_related("actor")
    return [
        LogLine(event.happened_at, event.get_kind_display(), writer_of(event), _details(event))
        for event in events[:EVENTS_SHOWN]
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
