"""Where the block stands, and how often it is seen and followed."""

import dataclasses
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from listings.admin.base import ReadOnlyAdmin
from listings.models import PlacementDay
from marketplace.london_time import london_today

CHART_DAYS = 30
BAR, STEP, HEIGHT = 14, 20, 120  # units of the drawing


@dataclasses.dataclass(frozen=True)
class ChartDay:
    """A day of the chart: two heights from the bottom, in units of the drawing."""

    day: date
    views: int
    clicks: int
    x: int
    views_height: int
    clicks_height: int

    @property
    def url(self) -> str:
        """Return the query of the day's rows, empty where there are none."""
        return f"?day_from={self.day}&day_to={self.day}" if self.views or self.clicks else ""

    @property
    def views_y(self) -> int:
        return HEIGHT - self.views_height

    @property
    def clicks_y(self) -> int:
        return HEIGHT - self.clicks_height


def chart(today: date) -> list[ChartDay]:
    """Return the last `CHART_DAYS` days, those without any count among them."""
    first = today - timedelta(days=CHART_DAYS - 1)
    rows = PlacementDay.objects.filter(day__gte=first).order_by().values_list("day")
    sums = {
        day: (views, clicks) for day, views, clicks in rows.annotate(Sum("views"), Sum("clicks"))
    }
    most = max((max(pair) for pair in sums.values()), default=0) or 1
    bars = []
    for place in range(CHART_DAYS):
        day = first + timedelta(days=place)
        views, clicks = sums.get(day, (0, 0))
        tall, short = (round(HEIGHT * number / most) for number in (views, clicks))
        bars.append(ChartDay(day, views, clicks, place * STEP, tall, short))
    return bars


def _ticks(bars: list[ChartDay]) -> list[int]:
    """Return what stands at the axis, from the top; nothing where nothing was counted."""
    most = max(max(bar.views, bar.clicks) for bar in bars)
    return [most, most // 2, 0] if most > 1 else [most, 0] if most else []


@admin.register(PlacementDay)
class PlacementDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "site", "placement", "views", "clicks", "share", "alls")
    list_filter = (("day", RangeDateFilter),)
    search_fields = ("origin", "placement")
    search_help_text = "Site or placement"
    list_before_template = "admin/listings/placementday/chart.html"
    fields: Any = ("day", "site", "placement", "views", "clicks", "share", "alls")
    readonly_fields = ("site", "share")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        bars = chart(london_today())
        size = {"bar": BAR, "width": CHART_DAYS * STEP, "height": HEIGHT}
        own = {"bars": bars, "ticks": _ticks(bars), **size}
        page: HttpResponse = super().changelist_view(request, {**own, **(extra_context or {})})
        return page

    @display(description="Site", ordering="origin")
    def site(self, row: PlacementDay) -> str:
        return row.origin or "Not known"

    @display(description="Clicks per view")
    def share(self, row: PlacementDay) -> str:
        return f"{row.clicks / row.views:.1%}" if row.views else "-"
