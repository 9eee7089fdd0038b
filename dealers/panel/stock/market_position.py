"""Where an advert's price stands on the market, shown beside its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from dealers.panel.charts import WIDTH
from listings.api.comparables import difference_text
from listings.models import Listing, ListingValue
from listings.pricing.value.advert_contributions import advert_contributions
from listings.pricing.value.comparable_adverts import ValuedCar, comparable_adverts
from listings.pricing.value.history import ValuedWeek, valued_weeks
from listings.pricing.value.market import days_by_rating
from listings.pricing.value.ratings import Rating, rating_of, rows_that_hold
from listings.site.addresses import advert_path
from listings.site.price_scale import (
    SURE,
    ScaleStep,
    beside_similar,
    scale_steps,
    value_parts,
    why_not,
)

COMPARABLES_SHOWN = 8
WEEKS_SHOWN = 12
_ENDS = 0.35
"""How much of the scale lies below the first edge and above the last, of what lies between."""


@dataclass(frozen=True)
class MarketScale:
    """The labels as stretches (label, from, length) of a line of `WIDTH`, and marks on it."""

    stretches: Sequence[tuple[str, float, float]]
    edges: Sequence[tuple[float, int]]
    low: float
    high: float
    price: float | None


@dataclass(frozen=True)
class ComparedAdvert:
    """An advert that the value rests on: where it is, what it asks and would ask as this car."""

    title: str
    url: str
    differs: str
    asked: int
    adjusted: int


@dataclass(frozen=True)
class MarketPosition:
    """What an advert is worth and how its price stands to that; `why_not` where it has no label."""

    rating: Rating
    percent: float | None
    beside: str
    sure: str
    why_not: str
    scale: MarketScale | None
    steps: Sequence[tuple[ScaleStep, str]]
    """Each label with its prices, and how long cars of it take to sell; empty where not known."""
    parts: Sequence[tuple[str, str]]
    """What makes up the value, in words and pounds; empty where that cannot be told just now."""
    comparables: Sequence[ComparedAdvert]
    weeks: Sequence[ValuedWeek]
    """What it was worth and how it was rated before, the latest week first."""
    fitted_at: datetime
    """The value rests on cars that were for sale then."""
    valued_at: datetime

    @classmethod
    def of(cls, listing: Listing) -> Self | None:
        """Return the position of an advert; None where it has none since it was last changed."""
        row = rows_that_hold().filter(pk=listing.pk).first()
        if row is None:
            return None
        rating, price = rating_of(row), listing.price
        is_known = rating.value is not None and price is not None
        return cls(
            rating=rating,
            percent=100 * price / rating.value if rating.value and price is not None else None,
            beside=beside_similar(price or 0, rating.value or 0) if is_known else "",
            sure=SURE[rating.confidence] if rating.confidence else "",
            why_not="" if rating.label else why_not(rating.reason),
            scale=_scale(rating, price) if rating.edges else None,
            steps=_steps(rating, listing.model_id) if rating.edges else (),
            parts=value_parts(advert_contributions(row)),
            comparables=_compared(listing, row),
            weeks=valued_weeks(listing.pk)[:WEEKS_SHOWN],
            fitted_at=row.fit.fitted_at,
            valued_at=row.valued_at,
        )

    @property
    def has_days(self) -> bool:
        return any(days for _, days in self.steps)


def is_being_valued(listing: Listing) -> bool:
    """Return whether an advert has a value that its last change has overtaken."""
    return ListingValue.objects.filter(pk=listing.pk).exists()


def _steps(rating: Rating, model_id: int) -> list[tuple[ScaleStep, str]]:
    days = days_by_rating(model_id)
    return [
        (step, _days_in_words(days[step.code]) if step.code in days else "")
        for step in scale_steps(rating.label, rating.edges)
    ]


def _days_in_words(days: int | None) -> str:
    if days is None:
        return "more than a year"
    return f"{days} day{'' if days == 1 else 's'}"


def _scale(rating: Rating, price: int | None) -> MarketScale:
    edges = rating.edges
    spare = (edges[-1] - edges[0]) * _ENDS
    first, last = edges[0] - spare, edges[-1] + spare

    def x(pounds: float) -> float:
        return round(WIDTH * min(max((pounds - first) / (last - first), 0.0), 1.0), 1)

    bounds = [0.0, *(x(edge) for edge in edges), float(WIDTH)]
    names = [step.code for step in scale_steps(None, edges)]
    return MarketScale(
        stretches=[
            (name, start, round(end - start, 1))
            for name, start, end in zip(names, bounds[:-1], bounds[1:], strict=True)
        ],
        edges=[(x(edge), edge) for edge in edges],
        low=x(rating.low or 0),
        high=x(rating.high or 0),
        price=None if price is None else x(price),
    )


def _compared(listing: Listing, row: ListingValue) -> list[ComparedAdvert]:
    valued = ValuedCar.of(listing, row)
    if valued is None:
        return []
    found = comparable_adverts(valued, limit=COMPARABLES_SHOWN)
    pks = [each.listing_id for each in found]
    titles = dict(Listing.objects.filter(pk__in=pks).values_list("pk", "title"))
    return [
        ComparedAdvert(
            title=titles[each.listing_id],
            url=advert_path(each.listing_id, titles[each.listing_id]),
            differs=difference_text(valued.car, each.car),
            asked=each.asked,
            adjusted=each.adjusted,
        )
        for each in found
        if each.listing_id in titles
    ]
