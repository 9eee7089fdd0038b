"""What adverts bring, as a small chart and its sums."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from dealers.panel.charts import ChartBar, bars, ticks
from listings.buyers.audience import AudienceDay, audience_days
from listings.models import AdvertDay
from marketplace.london_time import london_today

DAYS = 30


@dataclass(frozen=True)
class AudienceChart:
    """Adverts opened by day, and the sums of all days."""

    bars: list[ChartBar]
    seen: int
    opened: int
    phoned: int
    enquired: int
    days: list[AudienceDay]
    ticks: list[int]


def with_audience(rows: QuerySet) -> QuerySet:
    """Annotate adverts with `opened_lately` and `enquired_lately`: sums of the last `DAYS`."""
    counted: QuerySet = rows.annotate(
        opened_lately=_lately("opened"), enquired_lately=_lately("enquired")
    )
    return counted


def audience_chart(rows: QuerySet[AdvertDay]) -> AudienceChart:
    """Return the last `DAYS` of some adverts, in one query."""
    days = audience_days(rows, days=DAYS)
    return AudienceChart(
        bars([(f"{each.day:%-d %b}", each.opened, "") for each in days]),
        sum(each.seen for each in days),
        sum(each.opened for each in days),
        sum(each.phoned for each in days),
        sum(each.enquired for each in days),
        [each for each in reversed(days) if each != AudienceDay(each.day)],
        ticks([each.opened for each in days]),
    )


def _lately(column: str) -> Coalesce:
    first = london_today() - timedelta(days=DAYS - 1)
    days = AdvertDay.objects.filter(listing=OuterRef("pk"), day__gte=first).order_by()
    sums = days.values("listing").annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(sums), 0)
