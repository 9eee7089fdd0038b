"""Adverts on price plans, in words: on which, and what they will cost when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display

from listings import pricing
from listings.choices import PlanKind
from listings.models import Listing, PriceChange, PricePlan, PriceSchedule
from listings.pricing import PlannedPrice

_DROPS_SHOWN = 4


@dataclass(frozen=True)
class PlanOption:
    """A plan, and what the first adverts would cost on it."""

    plan: PricePlan
    rule: str
    forecasts: list[tuple[Listing, str]]


class PlanFields:
    """What an advert's form shows of its price plan; mixed into its admin."""

    @display(description="Price plan")
    def price_plan(self, listing: Listing) -> str:
        schedule = _schedule_of(listing)
        return f"{schedule.plan}: {rule_of(schedule.plan)}" if schedule else "-"

    @display(description="Next drop")
    def next_drop(self, listing: Listing) -> str:
        schedule = _schedule_of(listing)
        if schedule is None:
            return "-"
        at = schedule.next_drop_at
        return _day(at) if at else "Its clock stands still until it is on the market"

    @display(description="Planned prices")
    def planned_prices(self, listing: Listing) -> str:
        schedule = _schedule_of(listing)
        if schedule is None:
            return "-"
        found = pricing.preview_plan(plan_id=schedule.plan_id, listing_ids=[listing.pk])
        return forecast(found.get(listing.pk, []))


def rule_of(plan: PricePlan) -> str:
    """Return a plan's rule in words, such as "2 % after 30 days, then every 7"."""
    if plan.kind == PlanKind.MARKET:
        rise = ", up too" if plan.may_rise else ", never up"
        bounds = f"at most {plan.percent_max} % and £{plan.pounds_max or 0:,} a week{rise}"
        return f"{plan.value_percent} % of the value after {plan.after_days} days, {bounds}"
    percent = plan.unit == PricePlan.Unit.PERCENT
    drop = f"{plan.drop} %" if percent else f"£{plan.drop:,}"
    return f"{drop} after {plan.after_days} days, then every {plan.every_days}"


def followed(change: PriceChange) -> str:
    """Return behind a change's reason which value it followed, if it followed one."""
    return "" if change.value is None else f": value £{change.value:,} by rule {change.rule}"


def forecast(prices: Sequence[PlannedPrice]) -> str:
    """Return the first prices with their days, and the last one, in words."""
    if not prices:
        return "The price does not change"
    shown = [f"£{step.price:,} on {_day(step.at)}" for step in prices[:_DROPS_SHOWN]]
    if len(prices) > _DROPS_SHOWN:
        shown.append(f"and so on to £{prices[-1].price:,} on {_day(prices[-1].at)}")
    return ", ".join(shown)


def option_of(plan: PricePlan, named: list[Listing]) -> PlanOption:
    """Return a plan in words, with what these adverts would cost on it."""
    found = pricing.preview_plan(plan_id=plan.pk, listing_ids=[row.pk for row in named])
    return PlanOption(
        plan, rule_of(plan), [(row, forecast(found.get(row.pk, []))) for row in named]
    )


def _schedule_of(listing: Listing) -> PriceSchedule | None:
    return PriceSchedule.objects.filter(listing=listing.pk).select_related("plan").first()


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "j M Y")
