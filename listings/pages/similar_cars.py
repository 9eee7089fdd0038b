"""Cars to look at beside an advert: those most like it, why, and the dealer's others."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest

from listings.models import Listing
from listings.pages.buyers_place import BuyersPlace, miles_text, with_place
from listings.pages.dealer_stock import stock_found, stock_request
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.search.similar import Alternative, SimilarityReason, similar
from listings.widget.answer import shown
from listings.widget.block import BlockResult

SIMILAR, OTHERS = 6, 6
REASONS_MAX = 4
MILEAGE_TOLD = 1_000
"""Miles on the clock that are worth a word."""

KINSHIP = {
    "same_model": "same model",
    "same_make": "same make",
    "same_body_type": "same body type",
}
"""What two cars have in common; the first that is true is said."""
PRICES = {
    "cheaper_by": "£{:,} less",
    "dearer_by": "£{:,} more",
    "same_price": "same price",
}
YEARS = {"newer_by_years": "newer", "older_by_years": "older"}
MILEAGES = {"fewer_miles_by": "{:,} fewer miles", "more_miles_by": "{:,} more miles"}


def alternatives(
    row: Listing, request: HttpRequest, place: BuyersPlace, *, is_priced: bool
) -> list[dict[str, Any]]:
    """Return the cards of the adverts most like one, with reasons; priced ones name the prices."""
    found = {each.id: each for each in similar(row, limit=SIMILAR)}
    here = place.miles_to(row.branch)
    return [
        {**card, "because": because(found[card["id"]], here, card, is_priced=is_priced)}
        for card in cards(found, request, place)
    ]


def because(
    alternative: Alternative, here: float | None, card: dict[str, Any], *, is_priced: bool = True
) -> str:
    """Return why a car is an alternative: “Same model, £400 less, 12 miles nearer”."""
    known = {reason.code: reason for reason in alternative.reasons}
    parts = [
        *[text for code, text in KINSHIP.items() if code in known][:1],
        *(_numbers(known, PRICES) if is_priced else ()),
        *_nearer(here, card["card"]["distance_miles"]),
        *_years(known),
        *_mileage(known),
    ]
    said = ", ".join(parts[:REASONS_MAX])
    return said[:1].upper() + said[1:]


def others_of_dealer(
    row: Listing, request: HttpRequest, place: BuyersPlace, *, without: Iterable[int]
) -> dict[str, Any]:
    """Return the newest cards of the dealer that are not on the page yet, and how many it has."""
    left_out = {row.pk, *without}
    result = stock_found(stock_request(row.dealer.slug, OTHERS + len(left_out)))
    ids = [position.id for position in result.positions if position.id not in left_out]
    return {
        "others": cards(ids[:OTHERS], request, place),
        "dealer_count": result.count,
    }


def cards(ids: Iterable[int], request: HttpRequest, place: BuyersPlace) -> list[dict[str, Any]]:
    """Return these adverts as our pages show them, without those that are public no more."""
    positions = tuple(Position((), pk) for pk in ids)
    result = SearchResult(positions, has_more=False, near=place.point)
    found = shown(BlockResult(result, ()), request)
    return [with_place(card, place.point) for card in found]


def _nearer(here: float | None, there: float | None) -> Iterator[str]:
    if here is None or there is None:
        return
    miles = abs(here - there)
    if round(miles) >= 1:
        yield f"{miles_text(miles)} {'nearer' if there < here else 'further away'}"


def _numbers(known: dict[str, SimilarityReason], words: dict[str, str]) -> Iterator[str]:
    for code, text in words.items():
        if code in known:
            yield text.format(known[code].value or 0)


def _years(known: dict[str, SimilarityReason]) -> Iterator[str]:
    for code, word in YEARS.items():
        if code in known:
            years = known[code].value
            yield f"{years} year {word}" if years == 1 else f"{years} years {word}"


def _mileage(known: dict[str, SimilarityReason]) -> Iterator[str]:
    told = {code: reason for code, reason in known.items() if (reason.value or 0) >= MILEAGE_TOLD}
    yield from _numbers(told, MILEAGES)
