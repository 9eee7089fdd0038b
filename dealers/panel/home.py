"""The first page: what there is, how it goes and what is to do; a figure opens its adverts."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from dealers.enquiries import lasting, response_time
from dealers.models import Dealer
from dealers.panel.audience import audience_chart
from dealers.panel.charts import bars, pounds_in_short, ticks
from dealers.panel.context import DealerContext, find_context
from dealers.panel.home_figures import OF_SHOWN, HomeFigure, shown_count, stock_url
from dealers.panel.just_done import undo_lines
from dealers.panel.market_overview import market_overview
from dealers.panel.scope import scoped
from dealers.panel.stock_weeks import stock_weeks, week_starts, weekly
from dealers.panel.todo import todo_list
from listings.choices import Status
from listings.completeness import with_completeness
from listings.models import AdvertDay, Enquiry, Listing, Photo, PriceChange, conditions
from listings.models.car_link import is_twice
from listings.models.listing import ListingQuerySet
from listings.models.vehicle_record import is_mismatched

POOR = 50
_BANDS = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90)}
_SHOWN = (Status.LIVE, Status.DRAFT)


def add_home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the page's context what the home page shows, in a fixed number of queries."""
    current = find_context(request)
    if current is None:
        return context
    stock = scoped(Listing.objects.all(), current)
    counts = _counts(stock)
    now = timezone.now()
    return {
        **context,
        "title": "Home",
        "current": current,
        "figures": _figures(counts, now),
        "response": _response(current),
        "ages": _ages(counts),
        "market": market_overview(stock, now),
        "audience": audience_chart(scoped(AdvertDay.objects.all(), current)),
        "weeks": stock_weeks(stock, now),
        "price_weeks": _price_weeks(current, now),
        "todo": todo_list(current, counts),
        "undo_lines": undo_lines(request),
    }


def _counts(stock: ListingQuerySet) -> dict[str, Any]:
    """Count everything of the page but its weeks, in two queries."""
    now = timezone.now()
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    live = conditions.RUNNING
    shown = conditions.in_status(*_SHOWN)
    bare = ~Q(Exists(Photo.objects.filter(listing=OuterRef("pk"))))
    wanted = {
        "live": live,
        "draft": conditions.in_status(Status.DRAFT),
        "reserved": conditions.RESERVED,
        "sold": conditions.in_status(Status.SOLD) & Q(sold_at__gte=month),
        "expiring": live & Q(expires_at__lte=now + timedelta(days=7)),
        "expired": conditions.in_status(Status.EXPIRED),
        "rejected": conditions.in_status(Status.REJECTED),
        "without_photos": shown & bare,
        "without_price": shown & Q(price__isnull=True),
        "without_name": shown & conditions.UNKNOWN_NAME,
        "twice": is_twice(),
        "mismatched": shown & is_mismatched(),
        "over_90": conditions.LIVE & Q(published_at__lte=now - timedelta(days=91)),
        **{band: _band(now, *days) for band, days in _BANDS.items()},
    }
    counted = stock.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in wanted.items()},
        **{f"{each}_pounds": Sum("price", filter=wanted[each]) for each in (*_BANDS, "over_90")},
        value=Sum("price", filter=live),
        oldest=Min("published_at", filter=live),
        newest=Max("published_at", filter=live),
    )
    poor = with_completeness(stock.live())
    return counted | {"poor": poor.filter(completeness__lt=POOR).count()}


def _band(now: datetime, first: int, last: int) -> Q:
    return conditions.LIVE & Q(
        published_at__lte=now - timedelta(days=first),
        published_at__gt=now - timedelta(days=last + 1),
    )


def _ages(counts: dict[str, Any]) -> dict[str, Any]:
    """Return the live stock by days live: a bar of cars for each band, and what they ask."""
    names = {**{band: f"{band} days" for band in _BANDS}, "over_90": "90+ days"}
    queries = {**{band: f"age={band}" for band in _BANDS}, "over_90": "age=91"}
    found = bars([(names[each], counts[each], stock_url(queries[each])) for each in names])
    asked = [counts[f"{each}_pounds"] or 0 for each in names]
    return {
        "bars": [
            (bar, pounds, pounds_in_short(pounds)) for bar, pounds in zip(found, asked, strict=True)
        ],
        "ticks": ticks([bar.value for bar in found]),
    }


def _figures(counts: dict[str, Any], now: datetime) -> list[HomeFigure]:
    oldest = counts["oldest"]
    days = (now - oldest).days if oldest else 0
    return [
        HomeFigure(
            "Live stock is worth", f"£{counts['value'] or 0:,}", "payments", "status__exact=live"
        ),
        HomeFigure("Live", shown_count(counts["live"]), "directions_car", "status__exact=live"),
        HomeFigure("Draft", shown_count(counts["draft"]), "edit_note", "status__exact=draft"),
        HomeFigure("Reserved", shown_count(counts["reserved"]), "event_available", "reserved=yes"),
        HomeFigure("Sold this month", shown_count(counts["sold"]), "sell", "sold=month"),
        HomeFigure("Expiring in 7 days", shown_count(counts["expiring"]), "timer", "expires=7"),
        HomeFigure(
            "Without photos",
            shown_count(counts["without_photos"]),
            "no_photography",
            f"missing=photos&{OF_SHOWN}",
        ),
        HomeFigure(
            "Without price",
            shown_count(counts["without_price"]),
            "money_off",
            f"missing=price&{OF_SHOWN}",
        ),
        HomeFigure(
            "Oldest stock",
            f"{days:,} day{'' if days == 1 else 's'}",
            "hourglass_bottom",
            "status__exact=live&o=6",
        ),
    ]


def _response(current: DealerContext) -> str:
    """Return how long buyers usually wait for an answer; empty where none had one."""
    dealers = scoped(Dealer.objects.all(), current)
    enquiries = Enquiry.objects.for_dealer(current.dealer.pk)
    return lasting(dealers.values_list(response_time(enquiries), flat=True).get())


def _price_weeks(current: DealerContext, now: datetime) -> dict[str, Any]:
    starts = week_starts(now)
    changes = scoped(PriceChange.objects.filter(old_price__isnull=False), current)
    counted = weekly(changes, "changed_at", starts).annotate(Count("pk"))
    found = {timezone.localtime(week).date(): count for week, count in counted}
    values = [(f"{start:%-d %b}", found.get(start, 0), "") for start in starts]
    return {
        "bars": bars(values),
        "ticks": ticks(list(found.values())),
        "total": sum(found.values()),
    }
