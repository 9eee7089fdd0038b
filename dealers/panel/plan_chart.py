"""A price plan's days ahead for one advert, as steps on an axis of pounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from listings.pricing import PlannedPrice
from marketplace.london_time import in_london

WIDTH, HEIGHT = 480, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 14, 28


@dataclass(frozen=True)
class PlanChart:
    """Steps in a box of `WIDTH` by `HEIGHT`; marks of the axes with the place where each stands."""

    path: str
    prices: list[tuple[float, str]]
    days: list[tuple[float, str, str]]
    """x, label, and how the label stands to it: "start" or "end"."""


@dataclass(frozen=True)
class PlannedStep:
    """One row of the table beside the chart: whole pounds, and the change from the price before."""

    at: datetime
    price: int
    change: int

    @property
    def change_pounds(self) -> int:
        return abs(self.change)


def planned_steps(price: int | None, steps: Sequence[PlannedPrice]) -> list[PlannedStep]:
    """Return the steps with what each changes."""
    before = [price or 0, *(step.price for step in steps)]
    return [
        PlannedStep(step.at, step.price, step.price - was)
        for step, was in zip(steps, before, strict=False)
    ]


def plan_chart(price: int | None, steps: Sequence[PlannedPrice], now: datetime) -> PlanChart | None:
    """Return the steps from now to the last one; None where there is nothing to draw."""
    if not steps or price is None:
        return None
    prices = [price, *(step.price for step in steps)]
    low, high = min(prices), max(prices)
    span = max((steps[-1].at - now).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        share = max(0.0, (at - now).total_seconds() / span)
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT - 24) * share, 1)

    def y(pounds: int) -> float:
        share = (pounds - low) / (high - low)
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share, 1)

    path = [f"M{_LEFT} {y(price)}"]
    path += [f"H{x(step.at)}V{y(step.price)}" for step in steps]
    path.append(f"H{WIDTH - _RIGHT}")
    marks = [(y(each), f"£{each:,}") for each in sorted({low, (low + high) // 2, high})]
    days = [(float(_LEFT), "today", "start"), (float(WIDTH - _RIGHT), _day(steps[-1].at), "end")]
    return PlanChart("".join(path), marks, days)


def _day(at: datetime) -> str:
    return f"{in_london(at):%-d %b %Y}"
