"""What a page offers beside the few cars that it found, or instead of them."""

from typing import Any

from django.http import HttpRequest

from listings.api.loosen import changes, nearest_cards, relaxation_label
from listings.pages.buyers_place import with_place
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.relaxation import FEW_MAX, relax
from listings.site.addresses import results_path
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch
from listings.widget.answer import shown, shown_card
from listings.widget.block import BlockResult

OTHERS_MAX = 12


def alternatives(
    request: HttpRequest, asked: ParsedSearch, ordering: tuple[str, ...], result: SearchResult
) -> dict[str, Any]:
    """Return what could be given up and the nearest cars, where few are found.

    Where nothing comes near a search that finds none, any other cars have to do.
    """
    if (result.count or 0) > FEW_MAX:
        return {}
    relaxed = relax(asked.criteria, ordering)
    if relaxed is None:
        return {}
    options = [
        (
            relaxation_label(each, asked.criteria),
            each.count,
            results_path(asked.query(**changes(each), cursor=None)),
        )
        for each in relaxed.relaxations
    ]
    nearest = [
        {**with_place(shown_card(card, request, None), result.near), "misses": text}
        for card, _, text in nearest_cards(relaxed, asked.criteria, request)
    ]
    is_stuck = not result.count and not nearest
    others = _others(request, asked.criteria) if is_stuck else []
    return {"options": options, "nearest": nearest, "others": others}


def _others(request: HttpRequest, criteria: Criteria) -> list[dict[str, Any]]:
    """Return cars of any kind, the nearest first where a place was asked for."""
    anything = Criteria(near=criteria.near)
    ordering = ("distance",) if criteria.near else DEFAULT_ORDERING
    found = engine().search(SearchRequest(anything, ordering, OTHERS_MAX))
    return [with_place(card, found.near) for card in shown(BlockResult(found, ()), request)]
