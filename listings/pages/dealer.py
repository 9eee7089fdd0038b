"""A dealer as a page: who it is, where it sells and when, and all its cars."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.api.cursors import neighbours, read_place
from listings.api.parameters import written
from listings.pages.buyers_place import BuyersPlace, with_place
from listings.pages.buyers_place import read_place as buyers_place
from listings.pages.dealer_stock import stock_found, stock_request
from listings.pages.sellers import BranchDetails
from listings.search.references import dealers
from listings.site import linked_data
from listings.site.addresses import canonical, dealer_path, results_path
from listings.site.answers import refusals_shown
from listings.site.http_cache import briefly, canonical_redirect
from listings.site.query_string import CURSOR
from listings.widget.answer import VIEW_DETAILS, shown
from listings.widget.block import BlockResult
from marketplace.api.cursor import fingerprint
from marketplace.api.parameters import read_table, refuse

SIZE = 24


@conditional_page
@require_safe
@refusals_shown
def dealer(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A dealer that sells here; one that is hidden is as unknown as one that never was."""
    row = get_object_or_404(dealers(), slug=slug.lower())
    path = dealer_path(row.slug)
    if request.path != path:
        return canonical_redirect(path, "")
    values, errors = read_table(request.GET, CURSOR)  # what else an address holds changes nothing
    refuse(errors)
    branches = list(row.branches.all())
    place = buyers_place(request.GET)
    stock = _stock(request, row, values["cursor"], place)
    node = linked_data.of_dealer(row, branches, canonical(path))
    context = {
        "dealer": row,
        "branches": [BranchDetails.of(branch, row, place) for branch in branches],
        "details": VIEW_DETAILS,
        "place": place,
        "filter_path": results_path(written({"dealer": [row.slug]})),
        "is_indexed": bool(stock["count"]) and not values["cursor"],
        "canonical": canonical(path),
        "linked": linked_data.script(node),
        **stock,
    }
    return briefly(HttpResponse(render_to_string("pages/dealer.html", context)))


def _stock(
    request: HttpRequest, row: Any, cursor: str | None, place: BuyersPlace
) -> dict[str, Any]:
    """Return a page of the dealer's cars, how many there are, and the pages beside it."""
    scope = fingerprint(["dealer", row.slug])
    question = stock_request(row.slug, SIZE, read_place(cursor, scope))
    result = stock_found(question)
    cursors = neighbours(request, question, result, scope)
    found = shown(BlockResult(result, ()), request)
    links = {
        name: cursors[f"{name}_cursor"]
        and dealer_path(row.slug, written({"cursor": cursors[f"{name}_cursor"], **place.asked}))
        for name in ("next", "previous")
    }
    return {
        "count": result.count,
        "adverts": [with_place(card, place.point) for card in found],
        **links,
    }
