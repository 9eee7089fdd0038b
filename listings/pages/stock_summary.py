"""What can be said of some cars that are for sale: counted, never made up."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from listings.search.engine import SearchResult
from listings.search.fields import NOT_STATED
from listings.site.labels import pounds

MANY = 4
"""From so many on a middle says something."""
KINDS = {"fuel": "fuel", "transmission": "gearbox", "body_type": "body"}
KINDS_MAX = 4


def summary(subject: str, result: SearchResult, counted: Mapping[str, Any]) -> list[str]:
    """Return sentences about the cars of a search; `subject` is what they are called.

    The search must have asked for the statistics and the facets that are used here.
    """
    kinds = KINDS if result.count != 1 else {}  # of one car its card says them
    return [
        *_prices(subject, result),
        *_ages(result),
        *(text for facet, name in kinds.items() for text in _kinds(name, counted[facet])),
    ]


def _prices(subject: str, result: SearchResult) -> Iterator[str]:
    prices, count = result.statistics["price"], result.count or 0
    are = f"There {'is' if count == 1 else 'are'} {count:,} {subject} for sale"
    if prices.low is None or prices.high is None:
        yield f"{are}, priced on application."
    elif prices.low == prices.high:
        yield f"{are}, at {pounds(prices.low)}."
    else:
        yield f"{are}, from {pounds(prices.low)} to {pounds(prices.high)}."
    if prices.median is not None and prices.count >= MANY:
        yield f"Half of them cost {pounds(round(prices.median))} or less."


def _ages(result: SearchResult) -> Iterator[str]:
    miles, years = result.statistics["mileage"], result.statistics["year"]
    they_have, they_are = ("It has", "It is") if result.count == 1 else ("They have", "They are")
    if miles.low is not None and miles.high is not None:
        middle = ""
        if miles.median is not None and miles.count >= MANY:
            middle = f", {round(miles.median):,} in the middle"
        yield f"{they_have} done {_span(miles.low, miles.high)} miles{middle}."
    if years.low is not None and years.low == years.high:
        yield f"{they_are} of {years.low}."
    elif years.low is not None:
        yield f"The oldest is of {years.low}, the newest of {years.high}."


def _span(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _kinds(name: str, values: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield how many there are of each kind, most frequent first, where any is known."""
    most = sorted(values, key=lambda each: -each["count"])[:KINDS_MAX]
    if any(each["value"] != NOT_STATED for each in most):
        numbers = [f"{each['count']:,} {_lower(each['label'])}" for each in most]
        yield f"By {name}: {', '.join(numbers)}."


def _lower(label: str) -> str:
    """Return a label inside a sentence; SUV and MPV keep their capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
