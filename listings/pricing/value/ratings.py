"""How adverts are rated: what stands in their rows, as far as it still speaks of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

import numpy as np
from django.db.models import QuerySet

from listings.choices import NoRating, PriceRating
from listings.models import ListingValue, MarketFit
from listings.models.value import VALUE_COLUMNS, VALUE_ROW_SQL, VALUED_SQL, ValueInputs
from listings.pricing.value.rule import current_rule
from marketplace.databases.prepared import PreparedStatement

RULE = current_rule()
NOT_RATED = "not_rated"
"""What buyers are told in place of a reason that is the dealer's alone."""
FOR_DEALERS = (NoRating.CHECK_PRICE,)
"""The reasons that buyers are not told."""


class Confidence(StrEnum):
    """How sure a value is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class _Certainty:
    """What a confidence needs: so many comparables, and at most so wide a half interval of 90 %."""

    confidence: Confidence
    comparables: int
    half_width: float


CERTAINTIES = (
    _Certainty(Confidence.HIGH, comparables=15, half_width=0.12),
    _Certainty(Confidence.MEDIUM, comparables=8, half_width=0.18),
)
"""The best first; what meets neither is `low`."""


@dataclass(frozen=True)
class Rating:
    """What an advert is worth and how its price stands to that, all of it of one row.

    Amounts are whole pounds; `low` and `high` are the bounds of 80 %. `edges` are the prices that
    each label but the first begins at: below the first is `lower`. They are empty without a value,
    and where the value is of another version of the rule. A rating without a label has a reason.
    `ratio` is the price in thousandths of the value, as of when the label was last told.
    """

    label: PriceRating | None
    value: int | None
    low: int | None
    high: int | None
    edges: tuple[int, ...]
    comparables: int
    confidence: Confidence | None
    reason: str | None
    rule: str
    valued_at: datetime
    ratio: int | None

    def for_buyers(self) -> Self:
        """Leave out what the dealer alone is told: that the price looks like a slip."""
        if self.reason not in FOR_DEALERS:
            return self
        return replace(
            self,
            value=None,
            low=None,
            high=None,
            edges=(),
            comparables=0,
            confidence=None,
            reason=NOT_RATED,
            ratio=None,
        )


def ratings(listing_ids: Iterable[int]) -> dict[int, Rating]:
    """Return those ratings that hold, by the adverts' ids, by one query.

    An advert is missing that has not been valued, or has changed since.
    """
    return {row.pk: rating_of(row) for row in rows_that_hold().filter(pk__in=list(listing_ids))}


def rows_that_hold() -> QuerySet[ListingValue]:
    """Return the rows of values that still speak of their adverts, with what a rating needs."""
    return (
        ListingValue.objects.filter(inputs=ValueInputs("listing__"))
        .select_related("fit")
        .defer("fit__content", "fit__details")
    )


def rows_at_revisions(listing_ids: Iterable[int]) -> dict[int, tuple[int, ListingValue]]:
    """Return what `rows_that_hold` does of some adverts, with the revision of each, by its id.

    The ORM takes ten times as long to write the statement as to read the rows.
    """
    found = {}
    for revision, *values in _ROWS.rows(list(listing_ids)):
        row = valued_row(values)
        found[row.pk] = (int(revision), row)
    return found


def valued_row(values: Sequence[Any]) -> ListingValue:
    """Return the row of the values of `VALUE_ROW_SQL`, with the fit as far as a rating needs it."""
    rule, *own = values
    row = ListingValue.from_db(None, VALUE_COLUMNS, own)
    row.fit = MarketFit.from_db(None, ("id", "rule"), (row.fit_id, rule))
    return row


def rating_of(row: ListingValue) -> Rating:
    """Return the rating in a row that is known to hold."""
    rule = row.fit.rule
    return Rating(
        label=PriceRating(row.label) if row.label else None,
        value=row.value,
        low=row.low_80,
        high=row.high_80,
        edges=_edges(row) if rule == RULE.version else (),
        comparables=row.comparables,
        confidence=_confidence(row),
        reason=None if row.label else row.reason or NOT_RATED,
        rule=rule,
        valued_at=row.valued_at,
        ratio=row.ratio,
    )


def _edges(row: ListingValue) -> tuple[int, ...]:
    if row.value is None or row.width is None:
        return ()
    return tuple(RULE.edges(np.array([row.value]), np.array([row.width]))[0].tolist())


def _confidence(row: ListingValue) -> Confidence | None:
    if row.value is None or row.low_90 is None or row.high_90 is None:
        return None
    half_width = (row.high_90 - row.low_90) / (2 * row.value)
    for needed in CERTAINTIES:
        if row.comparables >= needed.comparables and half_width <= needed.half_width:
            return needed.confidence
    return Confidence.LOW


_ROWS = PreparedStatement(
    "rating_rows",
    "bigint[]",
    f"SELECT listing.revision::text, {VALUE_ROW_SQL}"  # noqa: S608 - names of ours
    " FROM listings_listingvalue value JOIN listings_listing listing"
    " ON listing.id = value.listing_id JOIN listings_marketfit fit ON fit.id = value.fit_id"
    f" WHERE value.listing_id = ANY($1) AND {VALUED_SQL}",
)
