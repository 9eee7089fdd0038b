"""Where the reader of a page is, and how far a car is from there.

A place comes by the link from a search, or from a form that is posted, so that no address ever
holds a whole postcode. It is in the page's address from then on, and nowhere else.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import QueryDict

from listings.api.filter_labels import place_name
from listings.api.parameters import written
from listings.search.distance import miles_between
from listings.search.places import TEXT_MAX, Point, locate

NEAR = "near"
MILES_SHORT = 1


@dataclasses.dataclass(frozen=True)
class BuyersPlace:
    """What a reader wrote as a place, where that is, or why it is none."""

    text: str = ""
    point: Point | None = None
    error: str = ""

    @property
    def name(self) -> str:
        return place_name(self.point.text) if self.point else ""

    @property
    def query(self) -> str:
        """Return the one query string of the place; empty without one."""
        return written(self.asked)

    @property
    def asked(self) -> dict[str, str]:
        """Return the place as a parameter of an address; nothing without one."""
        return {NEAR: self.point.text} if self.point else {}

    def miles_to(self, branch: Any) -> float | None:
        """Return how far a branch is, where both places are known."""
        if self.point is None:
            return None
        return miles_between(self.point, branch.latitude, branch.longitude)


def read_place(values: QueryDict) -> BuyersPlace:
    """Read what a form or an address says; what else stands there is no matter of this page."""
    text = values.get(NEAR, "").strip()
    if not text:
        return BuyersPlace()
    try:
        return BuyersPlace(text, locate(text))
    except ValueError as error:
        printable = "".join(letter for letter in text if letter.isprintable())
        return BuyersPlace(printable[:TEXT_MAX], error=str(error))


def miles_text(miles: float) -> str:
    """Return a distance in words, which a straight line makes no promise of."""
    whole = round(miles)
    if miles < MILES_SHORT:
        return "less than a mile"
    return "1 mile" if whole == 1 else f"{whole:,} miles"


def with_place(card: Mapping[str, Any], point: Point | None) -> dict[str, Any]:
    """Return a card whose link carries the reader's place to our own page, and which says how far
    its car is.
    """
    miles = card["card"]["distance_miles"]
    if point is None:
        return dict(card)
    query = written({NEAR: point.text})
    return {
        **card,
        "url": card["url"] if settings.PUBLIC_LISTING_URL else f"{card['url']}?{query}",
        "distance": "" if miles is None else f"{miles_text(miles)} away",
    }
