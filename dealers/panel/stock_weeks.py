"""What was added and what was sold, by week: how many cars, and pounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from dealers.panel.charts import BarPair, pairs, pounds_in_short, ticks
from dealers.panel.home_figures import stock_url
from listings.choices import Status
from listings.models.listing import ListingQuerySet

WEEKS = 8


@dataclass(frozen=True)
class StockWeek:
    """A week from a Monday: cars, and what they ask or were sold for, in whole pounds."""

    starts_on: date
    added: int
    added_pounds: int
    sold: int
    sold_pounds: int

    @property
    def label(self) -> str:
        return f"{self.starts_on:%-d %b}"

    @property
    def cars_shown(self) -> str:
        return f"{self.added:,} / {self.sold:,}"

    @property
    def cars_told(self) -> str:
        return f"{self.added:,} added, {self.sold:,} sold"

    @property
    def pounds_told(self) -> str:
        return f"£{self.added_pounds:,} added, £{self.sold_pounds:,} sold"

    @property
    def added_url(self) -> str:
        return stock_url(f"added={self.starts_on}") if self.added else ""

    @property
    def sold_url(self) -> str:
        return stock_url(f"sold={self.starts_on}") if self.sold else ""


@dataclass(frozen=True)
class StockWeeks:
    """The last weeks, the current one at the end."""

    weeks: list[StockWeek]

    @property
    def added(self) -> int:
        return sum(week.added for week in self.weeks)

    @property
    def sold(self) -> int:
        return sum(week.sold for week in self.weeks)

    @property
    def added_pounds(self) -> int:
        return sum(week.added_pounds for week in self.weeks)

    @property
    def sold_pounds(self) -> int:
        return sum(week.sold_pounds for week in self.weeks)

    @property
    def cars(self) -> list[tuple[StockWeek, BarPair]]:
        """Return each week with its bars of cars added and sold."""
        bars = pairs([(week.label, week.added, week.sold) for week in self.weeks])
        return list(zip(self.weeks, bars, strict=True))

    @property
    def pounds(self) -> list[tuple[StockWeek, BarPair]]:
        """Return each week with its bars of pounds added and sold."""
        bars = pairs([(week.label, week.added_pounds, week.sold_pounds) for week in self.weeks])
        return list(zip(self.weeks, bars, strict=True))

    @property
    def car_ticks(self) -> list[str]:
        return [f"{tick:,}" for tick in ticks([pair.highest for _, pair in self.cars])]

    @property
    def pound_ticks(self) -> list[str]:
        return [pounds_in_short(tick) for tick in ticks([pair.highest for _, pair in self.pounds])]


def stock_weeks(stock: ListingQuerySet, now: datetime) -> StockWeeks:
    """Return the last `WEEKS` of a dealer's stock, by two queries."""
    starts = week_starts(now)
    added = _by_week(stock, "created_at", starts)
    sold = _by_week(stock.in_status(Status.SOLD), "sold_at", starts)
    none = (0, 0)
    return StockWeeks(
        [StockWeek(start, *added.get(start, none), *sold.get(start, none)) for start in starts]
    )


def week_starts(now: datetime) -> list[date]:
    """Return the Mondays of the last `WEEKS`, the current week's last."""
    today = timezone.localtime(now).date()
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def weekly(rows: QuerySet, moment: str, starts: Iterable[date]) -> QuerySet:
    """Return rows since the first of these Mondays as (moment of their week's Monday,)."""
    zone = timezone.get_current_timezone()
    first = datetime.combine(min(starts), datetime.min.time(), zone)
    since = rows.filter(**{f"{moment}__gte": first}).order_by()
    found: QuerySet = since.annotate(week=TruncWeek(moment)).values_list("week")
    return found


def _by_week(rows: QuerySet, moment: str, starts: Iterable[date]) -> dict[date, tuple[int, int]]:
    counted = weekly(rows, moment, starts).annotate(Count("pk"), Sum("price"))
    return {
        timezone.localtime(week).date(): (count, pounds or 0) for week, count, pounds in counted
    }
