"""A few cars side by side: an address to share, without an account or a script."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.api.chosen import ID_MAX, gone
from listings.api.compare import COMPARED_MAX
from listings.choices import Equipment
from listings.models import Listing
from listings.pages.buyers_place import BuyersPlace
from listings.pages.fact_sheet import fact_lines
from listings.pages.similar_cars import alternatives, cards
from listings.site.addresses import compare_path
from listings.site.http_cache import briefly
from listings.site.price_scale import ShownRating
from listings.widget.answer import VIEW_DETAILS

NOWHERE = BuyersPlace()
NOT_STATED, STATED = "Not stated", "Yes"
NOT_RATED = "Not rated"
WORDS_MAX = 100  # of an address, that are looked at
_ID = re.compile(r"[0-9]{1,12}")


class ComparedLine(NamedTuple):
    """One thing that is told of every car; `differs` where it is not the same of all."""

    name: str
    values: tuple[str, ...]
    differs: bool


@conditional_page
@require_safe
def compare(request: HttpRequest) -> HttpResponseBase:
    """Cars side by side, in the order of the address; what it does not understand is told."""
    ids, is_garbled = read_ids(request.GET)
    chosen = ids[:COMPARED_MAX]
    found = Listing.objects.with_card().public().in_bulk(chosen)
    shown = [card for card in cards(chosen, request, NOWHERE) if card["id"] in found]
    rows = [found[card["id"]] for card in shown]
    missing = gone(chosen, {row.pk for row in rows})
    context = {
        "columns": [
            (card, compare_path(pk for pk in chosen if pk != card["id"])) for card in shown
        ],
        "groups": [(name, lines) for name, lines in _groups(rows, shown) if lines],
        "gone": [{**each, "without": _without(each["id"], chosen)} for each in missing],
        "not_stated": NOT_STATED,
        "left_out": len(ids) - len(chosen),
        "is_garbled": is_garbled,
        "most": COMPARED_MAX,
        **_more(rows, chosen, request),
        "details": VIEW_DETAILS,
    }
    answer = HttpResponse(render_to_string("pages/compare.html", context))
    answer.headers["X-Robots-Tag"] = "noindex"
    return briefly(answer)


def read_ids(query: QueryDict) -> tuple[list[int], bool]:
    """Return the ids of an address, each once, and whether something there is none."""
    words = [word for text in query.getlist("id") for word in text[:1_000].split(",") if word]
    ids = [int(word) for word in words[:WORDS_MAX] if _ID.fullmatch(word)]
    known = list(dict.fromkeys(pk for pk in ids if 0 < pk <= ID_MAX))
    return known, len(ids) < len(words[:WORDS_MAX])


def _without(pk: int, chosen: list[int]) -> str:
    return compare_path(other for other in chosen if other != pk)


def _groups(rows: list[Listing], shown: list[dict[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    if not rows:
        return
    was = [card["was_text"] and f"{card['price_text']}, was {card['was_text']}" for card in shown]
    prices = [text or card["price_text"] for text, card in zip(was, shown, strict=True)]
    facts = [dict(fact_lines(row)) for row in rows]
    rated = [_rated(card) for card in shown]
    yield (
        "Car",
        [
            _line("Price", prices),
            *([_line("Price rating", [each or NOT_RATED for each in rated])] if any(rated) else []),
            *(
                _line(name, [car[name] or NOT_STATED for car in facts])
                for name in facts[0]
                if any(car[name] is not None for car in facts)
            ),
        ],
    )
    yield "Equipment", list(_equipment(rows))
    yield (
        "Seller",
        [
            _line("Dealer", [row.dealer.name for row in rows]),
            _line("Place", [row.branch.town or row.branch.postcode for row in rows]),
        ],
    )


def _rated(card: dict[str, Any]) -> str:
    """Return the rating of a car in words; empty where it has none."""
    rating: ShownRating | None = card["shown_rating"]
    return f"{rating.label}, {rating.beside}" if rating and rating.label else ""


def _equipment(rows: list[Listing]) -> Iterator[ComparedLine]:
    """Yield what any of the cars is said to have: that one is not said to is no denial."""
    has = [set(Equipment.of_bits(row.equipment or 0)) for row in rows]
    for each in Equipment:
        if any(each in car for car in has):
            yield _line(each.label, [STATED if each in car else NOT_STATED for car in has])


def _line(name: str, values: list[str]) -> ComparedLine:
    return ComparedLine(name, tuple(values), differs=len(set(values)) > 1)


def _more(rows: list[Listing], chosen: list[int], request: HttpRequest) -> dict[str, Any]:
    """Return cars to compare with the first, where there is room for another."""
    if not rows or len(chosen) >= COMPARED_MAX:
        return {}
    alike = alternatives(rows[0], request, NOWHERE, is_priced=True)
    return {
        "similar": [card for card in alike if card["id"] not in chosen],
        "compare_with": f"{compare_path(chosen)}&id=",
        "compare_text": "Add to the comparison",
        "row": rows[0],
    }
