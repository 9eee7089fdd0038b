"""Small charts, worked out here and drawn by templates: no script, nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.london_time import in_london

WIDTH, HEIGHT = 320, 120
_MARGIN = 8


@dataclass(frozen=True)
class ChartBar:
    """A value with its label; `percent` of the chart's height, `url` where a click leads."""

    label: str
    value: int
    percent: int
    url: str = ""


@dataclass(frozen=True)
class BarPair:
    """Two values side by side under one label, in per cent of the chart's height."""

    label: str
    first: ChartBar
    second: ChartBar

    @property
    def highest(self) -> int:
        return max(self.first.value, self.second.value)


@dataclass(frozen=True)
class PriceLine:
    """A price over time as steps in a box of `WIDTH` by `HEIGHT`."""

    path: str
    dots: list[tuple[float, float, str]]
    highest: int
    lowest: int
    since: datetime
    until: datetime


def bars(values: Sequence[tuple[str, int, str]]) -> list[ChartBar]:
    """Return bars for (label, value, url), the tallest of them full."""
    top = max((value for _, value, _ in values), default=0) or 1
    return [ChartBar(label, value, _percent(value, top), url) for label, value, url in values]


def pairs(values: Sequence[tuple[str, int, int]]) -> list[BarPair]:
    """Return pairs of bars for (label, first, second) on one scale."""
    top = max((max(first, second) for _, first, second in values), default=0) or 1
    return [
        BarPair(label, ChartBar(label, a, _percent(a, top)), ChartBar(label, b, _percent(b, top)))
        for label, a, b in values
    ]


def ticks(values: Sequence[int]) -> list[int]:
    """Return what stands at an axis, from the top: the highest value, its half and 0."""
    top = max(values, default=0)
    return [top, top // 2, 0] if top > 1 else [top, 0]


def pounds_in_short(amount: int) -> str:
    """Return pounds as they fit a chart: £950, £34k, £1.2m."""
    if amount < 1_000:
        return f"£{amount}"
    if amount < 999_500:
        return f"£{amount / 1_000:.0f}k"
    return f"£{amount / 1_000_000:.1f}m"


def price_line(points: Sequence[tuple[datetime, int]], until: datetime) -> PriceLine | None:
    """Return the steps of a price from its first moment until another; None without any price."""
    if not points:
        return None
    since, prices = points[0][0], [price for _, price in points]
    span = max((until - since).total_seconds(), 1.0)
    low, high = min(prices), max(prices)

    def x(at: datetime) -> float:
        share = (at - since).total_seconds() / span
        return round(_MARGIN + (WIDTH - 2 * _MARGIN) * min(share, 1.0), 1)

    def y(price: int) -> float:
        share = 0.5 if high == low else (price - low) / (high - low)
        return round(HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * share, 1)

    path = [f"M{x(since)} {y(prices[0])}"]
    path += [f"H{x(at)}V{y(price)}" for at, price in points[1:]]
    path.append(f"H{x(until)}")
    dots = [(x(at), y(price), f"£{price:,} from {in_london(at):%-d %b %Y}") for at, price in points]
    return PriceLine("".join(path), dots, high, low, since, until)


def _percent(value: int, top: int) -> int:
    """Return the height of a bar: what is more than nothing can be seen."""
    return max(3, round(100 * value / top)) if value else 0
