"""The first page: what there is, how it goes and what is to do; a figure opens its adverts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dealers.models import FeedRun, FeedStatusWord, StockFeed
from dealers.panel.charts import bars, pairs
from dealers.panel.context import DealerContext, find_context
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from listings.choices import Status
from listings.completeness import with_completeness
from listings.models import Listing, Photo, PriceChange, conditions
from listings.models.listing import ListingQuerySet

WEEKS = 8
POOR = 50
_BANDS = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90)}
_SHOWN = (Status.LIVE, Status.DRAFT)
_OF_SHOWN = "status__exact=draft&status__exact=live"


@dataclass(frozen=True)
class HomeFigure:
    """A number, what it counts, and the query of the table that shows what it counted."""

    label: str
    shown: str
    icon: str
    query: str = ""
    table: str = "listings_listing"

    @property
    def url(self) -> str:
        return f"{reverse(f'dealer:{self.table}_changelist')}?{self.query}"


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
        "ages": bars(
            [
                *((f"{band} days", counts[band], _url(f"age={band}")) for band in _BANDS),
                ("90+ days", counts["over_90"], _url("age=91")),
            ]
        ),
        "weeks": _weeks(stock, now),
        "price_weeks": _price_weeks(current, now),
        "todo": [each for each in (*_feeds_todo(current), *_todo(counts)) if each.shown != "0"],
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
        "over_90": conditions.LIVE & Q(published_at__lte=now - timedelta(days=91)),
        **{band: _band(now, *days) for band, days in _BANDS.items()},
    }
    counted = stock.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in wanted.items()},
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


def _figures(counts: dict[str, Any], now: datetime) -> list[HomeFigure]:
    oldest = counts["oldest"]
    days = (now - oldest).days if oldest else 0
    return [
        HomeFigure(
            "Live stock is worth", f"£{counts['value'] or 0:,}", "payments", "status__exact=live"
        ),
        HomeFigure("Live", _number(counts["live"]), "directions_car", "status__exact=live"),
        HomeFigure("Draft", _number(counts["draft"]), "edit_note", "status__exact=draft"),
        HomeFigure("Reserved", _number(counts["reserved"]), "event_available", "reserved=yes"),
        HomeFigure("Sold this month", _number(counts["sold"]), "sell", "sold=month"),
        HomeFigure("Expiring in 7 days", _number(counts["expiring"]), "timer", "expires=7"),
        HomeFigure(
            "Without photos",
            _number(counts["without_photos"]),
            "no_photography",
            f"missing=photos&{_OF_SHOWN}",
        ),
        HomeFigure(
            "Without price",
            _number(counts["without_price"]),
            "money_off",
            f"missing=price&{_OF_SHOWN}",
        ),
        HomeFigure(
            "Oldest stock",
            f"{days:,} day{'' if days == 1 else 's'}",
            "hourglass_bottom",
            "status__exact=live&o=6",
        ),
    ]


def _feeds_todo(current: DealerContext) -> list[HomeFigure]:
    """Return what keeps stock from coming by itself, for those who may do something about it."""
    if not current.may(Permission.EDIT_FEEDS):
        return []
    held = scoped(FeedRun.objects.filter(state=FeedRun.State.HELD), current).count()
    waiting = scoped(FeedStatusWord.objects.waiting(), current)
    asking = waiting.values("feed").distinct().count()
    paused = scoped(StockFeed.objects.filter(paused_at__isnull=False), current).count()
    return [
        HomeFigure(
            "Decide on stock files that are held",
            _number(held),
            "pan_tool",
            "state__exact=held",
            "dealers_feedrun",
        ),
        HomeFigure(
            "Say what words of a status mean",
            _number(asking),
            "quiz",
            "words=waiting",
            "dealers_stockfeed",
        ),
        HomeFigure(
            "Resume feeds that are paused",
            _number(paused),
            "pause_circle",
            "paused=yes",
            "dealers_stockfeed",
        ),
    ]


def _todo(counts: dict[str, Any]) -> list[HomeFigure]:
    """Return what waits for somebody, the most pressing first."""
    return [
        HomeFigure(
            "Mend adverts that were rejected",
            _number(counts["rejected"]),
            "report",
            "status__exact=rejected",
        ),
        HomeFigure(
            "Say which make and model cars are",
            _number(counts["without_name"]),
            "help",
            f"missing=name&{_OF_SHOWN}",
        ),
        HomeFigure(
            "Renew adverts that run out within 7 days",
            _number(counts["expiring"]),
            "timer",
            "expires=7",
        ),
        HomeFigure(
            "Renew or withdraw what has expired",
            _number(counts["expired"]),
            "event_busy",
            "status__exact=expired",
        ),
        HomeFigure(
            "Photograph cars without photos",
            _number(counts["without_photos"]),
            "add_a_photo",
            f"missing=photos&{_OF_SHOWN}",
        ),
        HomeFigure(
            "Price cars without a price",
            _number(counts["without_price"]),
            "sell",
            f"missing=price&{_OF_SHOWN}",
        ),
        HomeFigure("Publish drafts", _number(counts["draft"]), "publish", "status__exact=draft"),
        HomeFigure(
            "Complete live adverts below 50%",
            _number(counts["poor"]),
            "checklist",
            "complete=poor&status__exact=live",
        ),
        HomeFigure(
            "Look again at cars live for over 90 days",
            _number(counts["over_90"]),
            "trending_down",
            "age=91",
        ),
    ]


def _weeks(stock: ListingQuerySet, now: datetime) -> dict[str, Any]:
    starts = _starts(now)
    added = _by_week(stock, "created_at", starts)
    sold = _by_week(stock.in_status(Status.SOLD), "sold_at", starts)
    values = [(_day(start), added.get(start, 0), sold.get(start, 0)) for start in starts]
    return {"pairs": pairs(values), "added": sum(added.values()), "sold": sum(sold.values())}


def _price_weeks(current: DealerContext, now: datetime) -> dict[str, Any]:
    starts = _starts(now)
    changes = scoped(PriceChange.objects.filter(old_price__isnull=False), current)
    found = _by_week(changes, "changed_at", starts)
    values = [(_day(start), found.get(start, 0), "") for start in starts]
    return {"bars": bars(values), "total": sum(found.values())}


def _by_week(rows: QuerySet, moment: str, starts: Iterable[date]) -> dict[date, int]:
    """Count rows by the Monday of their week, from the first of these Mondays on."""
    zone = timezone.get_current_timezone()
    first = datetime.combine(min(starts), datetime.min.time(), zone)
    since = rows.filter(**{f"{moment}__gte": first}).order_by()
    counted = since.annotate(week=TruncWeek(moment)).values_list("week").annotate(Count("pk"))
    return {timezone.localtime(week).date(): count for week, count in counted}


def _starts(now: datetime) -> list[date]:
    today = timezone.localtime(now).date()
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _day(day: date) -> str:
    return f"{day:%-d %b}"


def _number(count: int) -> str:
    return f"{count:,}"


def _url(query: str) -> str:
    return HomeFigure("", "", "", query).url
