"""How a price stands to what similar cars ask, in words and as steps of a scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Self

from listings.choices import NoRating, PriceRating
from listings.pricing.value.contributions import Contributions
from listings.site.labels import pounds

SURE = {"high": "very sure", "medium": "fairly sure", "low": "not very sure"}


class ScaleStep(NamedTuple):
    """A label, the prices that it has for one car (empty where not known), and whether it is on."""

    code: str
    name: str
    prices: str
    is_current: bool


MINUS = "\N{MINUS SIGN}"
PARTS = {
    "median_car": "A usual car of this model",
    "age": "Its age",
    "mileage": "Its mileage",
    "specification": "Its specification",
    "comparables": "What the nearest cars ask",
}
"""What makes up a value, in words."""


@dataclass(frozen=True)
class ShownRating:
    """A rating in words: `label` is empty, and `why_not` says why, where there is none."""

    label: str
    beside: str
    steps: tuple[ScaleStep, ...]
    value: str
    low: str
    high: str
    comparables: int
    sure: str
    why_not: str
    is_past_an_edge: bool
    rule: str

    @classmethod
    def of(cls, rating: Mapping[str, Any] | None, price: int | None) -> Self | None:
        """Return a `price_rating` in words, of an advert at this price; None without a value."""
        if rating is None or rating["value"] is None:
            return None
        label, edges = rating["label"], rating["edges"]
        return cls(
            label=str(PriceRating(label).label) if label else "",
            beside=beside_similar(price, rating["value"]) if label and price is not None else "",
            steps=scale_steps(label, edges),
            value=pounds(rating["value"]),
            low=pounds(rating["low"]),
            high=pounds(rating["high"]),
            comparables=rating["comparables"],
            sure=SURE.get(rating["confidence"], ""),
            why_not="" if label else why_not(rating["reason"]),
            is_past_an_edge=bool(label and edges and price and label != label_at(price, edges)),
            rule=rating["rule"],
        )

    def told(self) -> dict[str, str] | None:
        """Return label and text of a card; None without a label."""
        return {"label": self.label, "text": self.beside} if self.label else None


def beside_similar(price: int, value: int) -> str:
    """Return “£450 below similar cars”."""
    if price == value:
        return "just what similar cars ask"
    return f"£{abs(price - value):,} {'below' if price < value else 'above'} similar cars"


def scale_steps(label: str | None, edges: Sequence[int]) -> tuple[ScaleStep, ...]:
    """Return every label, the cheapest first, with its prices where the edges are known."""
    bounds = [None, *edges, None] if edges else [None] * (len(PriceRating) + 1)
    return tuple(
        ScaleStep(each.value, str(each.label), _prices(*ends), each == label)
        for each, ends in zip(PriceRating, pairwise(bounds), strict=True)
    )


def label_at(price: int, edges: Sequence[int]) -> PriceRating:
    """Return the label whose prices this is one of."""
    return list(PriceRating)[sum(price >= edge for edge in edges)]


def value_parts(parts: Contributions | None) -> list[tuple[str, str]]:
    """Return what makes up a value, in words and in pounds that are added or taken off."""
    if parts is None:
        return []
    (first, usual), *others = ((PARTS[name], pounds_) for name, pounds_ in vars(parts).items())
    added = [(name, f"{MINUS if each < 0 else '+'} £{abs(each):,}") for name, each in others]
    return [(first, pounds(usual)), *added]


def why_not(reason: str | None) -> str:
    """Return the sentence for a reason that buyers are told."""
    return str(NoRating(reason).label) if reason in NoRating.values else ""


def _prices(low: int | None, high: int | None) -> str:
    if low is None:
        return "" if high is None else f"under {pounds(high)}"
    return f"{pounds(low)} or more" if high is None else f"{pounds(low)} to {pounds(high - 1)}"
