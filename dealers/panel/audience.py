"""What adverts bring, as a small chart and its sums."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dealers.panel.charts import ChartBar, bars
from listings.buyers.audience import audience_days
from listings.models import AdvertDay

DAYS = 30


@dataclass(frozen=True)
class AudienceChart:
    """Adverts opened by day, and the sums of all days."""

    bars: list[ChartBar]
    seen: int
    opened: int
    phoned: int
    enquired: int


def audience_chart(rows: QuerySet[AdvertDay]) -> AudienceChart:
    """Return the last `DAYS` of some adverts, in one query."""
    days = audience_days(rows, days=DAYS)
    return AudienceChart(
        bars([(f"{each.day:%-d %b}", each.opened, "") for each in days]),
        sum(each.seen for each in days),
        sum(each.opened for each in days),
        sum(each.phoned for each in days),
        sum(each.enquired for each in days),
    )
