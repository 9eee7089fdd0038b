"""Results as a page: filters and what they would leave, without a script."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.api.cursors import neighbours, read_place
from listings.api.facets import counted
from listings.api.filter_labels import filter_label, place_name
from listings.api.parameters import written
from listings.api.words import LENGTH_MAX, WORDS, in_words
from listings.buyers.audience import count_seen, place_of
from listings.pages.alternatives import alternatives
from listings.pages.buyers_place import with_place
from listings.pages.corrections import CorrectedSearch, corrected
from listings.pages.landing_subject import subject_of
from listings.pages.lenient_values import Correction
from listings.pages.new_alert import alert_path
from listings.pages.search_form import CONTROLS, FACETS, USUAL_ORDERINGS, form
from listings.pages.understood import SAID, understood, without_incodes
from listings.search.engine import SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.ordering import RELEVANCE, usual_ordering
from listings.site.addresses import canonical, landing_path, results_path
from listings.site.answers import refusals_shown
from listings.site.http_cache import briefly, canonical_redirect
from listings.site.query_string import (
    CURSOR,
    DEFAULT_ORDERING,
    ParsedSearch,
    is_canonical,
    read_search,
)
from listings.site.tracking_parameters import without_tracking
from listings.widget.answer import VIEW_DETAILS, shown
from listings.widget.block import BlockResult
from marketplace.api.cursor import fingerprint
from marketplace.api.parameters import read_table
from marketplace.errors import Invalid

OTHERS = {**CURSOR, **SAID}
SIZE = 24
UNREAD = f"Say it in words, with at most {LENGTH_MAX} letters."
INDEXED = {"make", "model"}


@conditional_page
@require_safe
@refusals_shown
def results(request: HttpRequest) -> HttpResponseBase:
    """A page of the adverts that match, cheapest first unless told otherwise."""
    query = without_tracking(request.GET)
    if "q" in query:
        return _in_words(request, query)
    try:
        asked = read_search(query, OTHERS)
        if not is_canonical(request, asked.query()):
            return canonical_redirect(request.path, asked.query())
        return _page(request, asked)
    except Invalid as refusal:
        return _corrected(request, query, refusal)


def _corrected(request: HttpRequest, query: QueryDict, refusal: Invalid) -> HttpResponseBase:
    """Show what was meant, and say so; what nobody need be told of is only taken away."""
    asked, corrections = corrected(query, OTHERS, refusal)
    if corrections:
        return _page(request, asked, corrections)
    if is_canonical(request, asked.query()):
        raise refusal
    return canonical_redirect(request.path, asked.query())


def _page(
    request: HttpRequest, asked: ParsedSearch, corrections: Sequence[Correction] = ()
) -> HttpResponse:
    ordering = _ordering(asked)
    place = read_place(asked.others["cursor"], _scope(asked))
    question = SearchRequest(asked.criteria, ordering, SIZE, place, is_counted=True, facets=FACETS)
    result = engine().search(question)
    count_seen(request, place_of(request), result.ids)
    context = {
        **_context(request, asked, result, corrections),
        **neighbour_links(request, asked, question, result),
    }
    return briefly(HttpResponse(render_to_string("pages/results.html", context)))


def neighbour_links(
    request: HttpRequest, asked: ParsedSearch, question: SearchRequest, result: SearchResult
) -> dict[str, str | None]:
    """Return where the list goes on and goes back; None where it does not."""
    cursors = neighbours(request, question, result, _scope(asked))
    return {
        name: cursors[f"{name}_cursor"]
        and results_path(asked.query(cursor=cursors[f"{name}_cursor"]))
        for name in ("next", "previous")
    }


def _scope(asked: ParsedSearch) -> str:
    return fingerprint(["results", asked.criteria.as_parameters(), _ordering(asked)])


def _in_words(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    """Lead from what a buyer says to the filters that it means, which the page then shows."""
    query = given.copy()
    query.pop("said", None)  # of a search before this one
    words = QueryDict(mutable=True)
    words.setlist("q", query.pop("q"))
    try:
        read = CorrectedSearch(read_search(query, OTHERS), ())
    except Invalid as refusal:
        read = corrected(query, OTHERS, refusal)
    asked = read.asked
    values, errors = read_table(words, WORDS)
    if errors:
        unread = Correction("q", UNREAD, str(words["q"])[:LENGTH_MAX])
        return _page(request, asked, (unread, *read.corrections))
    unused = {name: query[name] for name in query if name not in asked.parameters()}
    meant = _meant(values, asked, is_ordered=bool(query.get("ordering")))
    return HttpResponseRedirect(results_path(written({**unused, **meant.parameters()})))


def _meant(values: dict[str, Any], asked: ParsedSearch, *, is_ordered: bool) -> ParsedSearch:
    """Return the search that words mean beside what else is asked, and the words to show."""
    paging = {**values, "ordering": list(asked.ordering) if is_ordered else None}
    whole = in_words(paging, asked.criteria.as_parameters())
    criteria = whole.criteria() if whole else asked.criteria
    usual = ("distance",) if criteria.near else DEFAULT_ORDERING
    order = tuple(term for term in paging["ordering"] or usual if term != RELEVANCE)
    said = whole and without_incodes(values["q"], whole)
    return ParsedSearch(criteria, order, {"said": said})


def _ordering(asked: ParsedSearch) -> tuple[str, ...]:
    is_usual = asked.ordering in USUAL_ORDERINGS
    return usual_ordering(asked.criteria, asked.ordering) if is_usual else asked.ordering


def _context(
    request: HttpRequest,
    asked: ParsedSearch,
    result: SearchResult,
    corrections: Sequence[Correction],
) -> dict[str, Any]:
    facets = counted(result)["facets"] or {}
    unread = next((each.typed for each in corrections if each.name == "q"), None)
    return {
        "heading": _heading(asked),
        "count": result.count,
        "adverts": [
            with_place(card, result.near) for card in shown(BlockResult(result, ()), request)
        ],
        "details": VIEW_DETAILS,
        "form": form(asked, facets, corrections),
        "corrections": _told(asked, corrections),
        "said": unread or asked.others["said"],
        "understood": understood(asked),
        "alert_path": alert_path(asked),
        "place": asked.criteria.near and place_name(asked.criteria.near),
        "usual_path": results_path(asked.query(ordering=None, cursor=None)),
        "first_path": results_path(asked.query(cursor=None)),
        "makes": _makes(asked, facets),
        **_address(request, asked, is_corrected=bool(corrections)),
        **alternatives(request, asked, _ordering(asked), result),
    }


def _address(request: HttpRequest, asked: ParsedSearch, *, is_corrected: bool) -> dict[str, Any]:
    """Return what search engines are told: a landing page that is about the same comes first."""
    subject, own = subject_of(asked.criteria, asked.ordering), results_path(asked.search())
    return {
        "canonical": canonical(subject.path() if subject else own),
        "here": request.build_absolute_uri(own),
        "is_indexed": (subject is not None or _is_indexed(asked)) and not is_corrected,
    }


def _told(asked: ParsedSearch, corrections: Sequence[Correction]) -> list[dict[str, Any]]:
    """Return what is said of the search, each with a link to its field and to what to choose."""
    return [
        {
            "text": each.text,
            "field": each.name if each.name in {"q", *CONTROLS} else "",
            "offers": [
                (offer.label, results_path(asked.query(**offer.changes, cursor=None)))
                for offer in each.offers
            ],
        }
        for each in corrections
        if each.text
    ]


def _makes(asked: ParsedSearch, facets: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the ways on from all cars: a landing page for each make."""
    if asked.query():
        return []
    root = landing_path()
    return [
        (each["label"], f"{root}{each['value']}/", f"{each['count']:,}")
        for each in facets.get("make", [])
    ]


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
