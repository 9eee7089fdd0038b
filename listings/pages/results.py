"""Results as a page: filters and what they would leave, without a script."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.api.cursors import neighbours, read_place
from listings.api.facets import counted
from listings.api.filter_labels import filter_label, place_name
from listings.api.loosen import changes, nearest_cards, relaxation_label
from listings.api.words import WORDS, in_words
from listings.pages.search_form import FACETS, USUAL_ORDERINGS, form
from listings.pages.understood import SAID, understood, without_incodes
from listings.search.engine import SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.ordering import RELEVANCE, usual_ordering
from listings.search.relaxation import FEW_MAX, relax
from listings.site.addresses import canonical, results_path
from listings.site.answers import refusals_shown
from listings.site.http_cache import briefly, canonical_redirect
from listings.site.query_string import (
    CURSOR,
    DEFAULT_ORDERING,
    ParsedSearch,
    is_canonical,
    read_search,
)
from listings.widget.answer import VIEW_DETAILS, shown, shown_card
from listings.widget.block import BlockResult
from marketplace.api.cursor import fingerprint
from marketplace.api.parameters import read_table, refuse

SIZE = 24
INDEXED = {"make", "model"}


@conditional_page
@require_safe
@refusals_shown
def results(request: HttpRequest) -> HttpResponseBase:
    """A page of the adverts that match, cheapest first unless told otherwise."""
    if "q" in request.GET:
        return _in_words(request)
    asked = read_search(request.GET, {**CURSOR, **SAID})
    if not is_canonical(request, asked.query()):
        return canonical_redirect(request.path, asked.query())
    ordering = _ordering(asked)
    scope = fingerprint(["results", asked.criteria.as_parameters(), ordering])
    place = read_place(asked.others["cursor"], scope)
    question = SearchRequest(asked.criteria, ordering, SIZE, place, is_counted=True, facets=FACETS)
    result = engine().search(question)
    cursors = neighbours(request, question, result, scope)
    links = {
        name: cursors[f"{name}_cursor"]
        and results_path(asked.query(cursor=cursors[f"{name}_cursor"]))
        for name in ("next", "previous")
    }
    page = render_to_string("pages/results.html", {**_context(request, asked, result), **links})
    return briefly(HttpResponse(page))


def _in_words(request: HttpRequest) -> HttpResponseBase:
    """Lead from what a buyer says to the filters that it means, which the page then shows."""
    query = request.GET.copy()
    query.pop("said", None)  # of a search before this one
    words = QueryDict(mutable=True)
    words.setlist("q", query.pop("q"))
    asked = read_search(query, CURSOR)
    values, errors = read_table(words, WORDS)
    refuse(errors)
    paging = {**values, "ordering": query.get("ordering") and list(asked.ordering)}
    whole = in_words(paging, asked.criteria.as_parameters())
    criteria = whole.criteria() if whole else asked.criteria
    usual = ("distance",) if criteria.near else DEFAULT_ORDERING
    order = tuple(term for term in paging["ordering"] or usual if term != RELEVANCE)
    meant = ParsedSearch(criteria, order, {})
    said = whole and without_incodes(values["q"], whole)
    return HttpResponseRedirect(results_path(meant.query(said=said)))


def _ordering(asked: ParsedSearch) -> tuple[str, ...]:
    is_usual = asked.ordering in USUAL_ORDERINGS
    return usual_ordering(asked.criteria, asked.ordering) if is_usual else asked.ordering


def _context(request: HttpRequest, asked: ParsedSearch, result: SearchResult) -> dict[str, Any]:
    here = canonical(results_path(asked.search()))
    return {
        "heading": _heading(asked),
        "count": result.count,
        "adverts": shown(BlockResult(result, ()), request),
        "details": VIEW_DETAILS,
        "form": form(asked, counted(result)["facets"] or {}),
        "said": asked.others["said"] or "",
        "understood": understood(asked),
        "place": asked.criteria.near and place_name(asked.criteria.near),
        "usual_path": results_path(asked.query(ordering=None, cursor=None)),
        "canonical": here,
        "here": request.build_absolute_uri(results_path(asked.search())),
        "is_indexed": _is_indexed(asked),
        **_loosened(request, asked, result),
    }


def _loosened(request: HttpRequest, asked: ParsedSearch, result: SearchResult) -> dict[str, Any]:
    """Return what could be given up and the nearest cars, where few are found."""
    if (result.count or 0) > FEW_MAX:
        return {}
    relaxed = relax(asked.criteria, _ordering(asked))
    if relaxed is None:
        return {}
    return {
        "options": [
            (
                relaxation_label(each, asked.criteria),
                each.count,
                results_path(asked.query(**changes(each), cursor=None)),
            )
            for each in relaxed.relaxations
        ],
        "nearest": [
            {**shown_card(card, request, None), "misses": text}
            for card, _, text in nearest_cards(relaxed, asked.criteria, request)
        ],
    }


def _is_indexed(asked: ParsedSearch) -> bool:
    """Search engines keep all cars, each make and each model: not every mixture of filters."""
    given = {name: value for name, value in asked.parameters().items() if value is not None}
    return set(given) <= INDEXED and all(len(value) == 1 for value in given.values())


def _heading(asked: ParsedSearch) -> str:
    makes, models = asked.criteria.make, asked.criteria.model
    words = [filter_label("make", makes[0])] if len(makes) == 1 else []
    if len(models) == 1:
        words.append(filter_label("model", models[0], makes=makes))
    return f"Used {' '.join(words)} for sale" if words else "Used cars for sale"
