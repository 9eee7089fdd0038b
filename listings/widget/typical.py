"""The adverts of a search that are most like the others: near the middle of price and age."""

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

from listings.search.criteria import Criteria
from listings.search.engine import AdvertVersion, SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.fields import Range
from listings.search.ordering import Position
from listings.site.query_string import DEFAULT_ORDERING

TYPICAL = "typical"
NEAREST_MAX = 60
"""How many adverts either side of the middle price are weighed, however many there are."""
PRICE_SCALE = 0.1
"""What is as far as one year: such a part of the middle price."""


class Middle(NamedTuple):
    """The median price, in pounds, and the median year of some adverts."""

    price: float
    year: float

    def distance(self, position: Position) -> float:
        """Return how far an advert is from it, in years; a tenth of the price is one."""
        price, year = position.values
        return abs((price or 0) - self.price) / (PRICE_SCALE * self.price or 1) + abs(
            (year or 0) - self.year
        )


def middle_of(criteria: Criteria) -> Middle | None:
    """Return the middle of what a search finds; None where no price is known."""
    question = SearchRequest(criteria, DEFAULT_ORDERING, 1, statistics=("price", "year"))
    found = engine().search(question).statistics
    price, year = found["price"].median, found["year"].median
    return None if price is None or year is None else Middle(price, year)


def most_typical(criteria: Criteria, middle: Middle, limit: int) -> SearchResult:
    """Return at most `limit` adverts, those nearest to a middle first, then those without a price.

    Of adverts that are as near, the one that was there first comes first.
    """
    found = dict(_near_in_price(criteria, middle))
    ranked = sorted(found, key=lambda each: (middle.distance(each), each.id))[:limit]
    if len(ranked) < limit:
        every = engine().search(SearchRequest(criteria, DEFAULT_ORDERING, limit))
        known = {each.id for each in ranked}
        rest = dict(zip(every.positions, every.known_versions, strict=True))
        found |= rest
        ranked += [each for each in rest if each.id not in known]
    return SearchResult(
        tuple(ranked),
        has_more=len(found) > limit,
        versions=tuple(found[each] for each in ranked),
    )


def _near_in_price(criteria: Criteria, middle: Middle) -> Iterator[tuple[Position, AdvertVersion]]:
    low, high = criteria.price
    split = round(middle.price)
    sides = (
        (Range(max(split, low or 0), high), "price"),
        (Range(low, split - 1 if high is None else min(split - 1, high)), "-price"),
    )
    for price, order in sides:
        if price.low is not None and price.high is not None and price.low > price.high:
            continue
        near = dataclasses.replace(criteria, price=price)
        result = engine().search(SearchRequest(near, (order, "year"), NEAREST_MAX))
        yield from zip(result.positions, result.known_versions, strict=True)
