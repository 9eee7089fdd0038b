"""Landing pages: the cars of a make, a model or a place, with what can be counted of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.api.facets import counted
from listings.api.filter_labels import place_name
from listings.buyers.audience import count_seen, place_of
from listings.pages.alternatives import alternatives
from listings.pages.landing_subject import (
    LandingSubject,
    NoSuchPage,
    makes_with_model,
    read_subject,
)
from listings.pages.place_counts import around, cars_near, largest
from listings.pages.results import SIZE, neighbour_links
from listings.pages.stock_summary import summary
from listings.search.engine import SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.facets import BRANCHES, STATISTICS
from listings.search.places.named_places import NamedPlace
from listings.site import linked_data
from listings.site.addresses import canonical, results_path
from listings.site.http_cache import briefly, canonical_redirect
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch
from listings.site.tracking_parameters import without_tracking
from listings.widget.answer import VIEW_DETAILS, shown
from listings.widget.block import BlockResult

FACETS = ("body_type", "fuel", "transmission", BRANCHES.name)
LINKS_MAX, PLACES_MAX = 60, 18
Counts: TypeAlias = Sequence[Mapping[str, Any]]


class Link(NamedTuple):
    name: str
    path: str
    number: int


class LinkGroup(NamedTuple):
    title: str
    links: list[Link]


@conditional_page
@require_safe
def landing(request: HttpRequest, names: str) -> HttpResponseBase:
    """The page of what an address names; another name of it leads to the one address."""
    segments = [each for each in names.split("/") if each]
    try:
        subject = read_subject(segments)
    except NoSuchPage as error:
        return _not_found(error)
    path = subject.path()
    asked = ParsedSearch(subject.criteria, DEFAULT_ORDERING, {})
    if query := without_tracking(request.GET):
        own = asked.query()
        return HttpResponseRedirect(results_path(f"{own}&{query.urlencode()}"))
    if request.path != path or request.GET:
        return canonical_redirect(path, "")
    return briefly(HttpResponse(_page(request, subject, path, asked)))


def _page(request: HttpRequest, subject: LandingSubject, path: str, asked: ParsedSearch) -> str:
    question = SearchRequest(
        asked.criteria,
        DEFAULT_ORDERING,
        SIZE,
        is_counted=True,
        facets=(*FACETS, "model" if subject.make else "make"),
        statistics=STATISTICS,
    )
    result = engine().search(question)
    count_seen(request, place_of(request), result.ids)
    context = {
        **_context(request, subject, path, asked, result),
        **neighbour_links(request, asked, question, result),
    }
    return render_to_string("pages/landing.html", context)


@require_safe
def all_cars(request: HttpRequest) -> HttpResponseBase:
    return canonical_redirect(results_path(""), "")


def _context(
    request: HttpRequest,
    subject: LandingSubject,
    path: str,
    asked: ParsedSearch,
    result: SearchResult,
) -> dict[str, Any]:
    facets = counted(result)["facets"] or {}
    adverts = shown(BlockResult(result, ()), request)
    count = result.count or 0
    crumbs = _crumbs(subject, path)
    return {
        "heading": subject.heading,
        "called": subject.cars(count),
        "count": count,
        "cheapest": result.statistics["price"].low,
        "summary": summary(subject.cars(count), result, facets) if count else [],
        "adverts": adverts,
        "details": VIEW_DETAILS,
        "crumbs": crumbs,
        "linked": _linked(crumbs, adverts),
        "canonical": canonical(path),
        "filter_path": results_path(asked.query()),
        "groups": _neighbours(subject, facets, result),
        **alternatives(request, asked, DEFAULT_ORDERING, result),
    }


def _linked(crumbs: list[tuple[str, str]], adverts: list[dict[str, Any]]) -> list[str]:
    nodes = [linked_data.of_crumbs((name, canonical(path)) for name, path in crumbs)]
    if adverts:
        nodes.append(linked_data.of_cards((card["card"], card["url"]) for card in adverts))
    return [linked_data.script(node) for node in nodes]


def _crumbs(subject: LandingSubject, path: str) -> list[tuple[str, str]]:
    """Return the way down to a page, itself last, as names and addresses."""
    crumbs = [("Used cars", results_path(""))]
    if subject.make:
        make = LandingSubject(subject.make)
        crumbs.append((make.car, make.path(())))
        if subject.model:
            model = LandingSubject(subject.make, subject.model)
            crumbs.append((model.car.removeprefix(make.car).strip(), model.path(())))
    if subject.place:
        crumbs.append((place_name(subject.place.name), path))
    return crumbs


def _neighbours(
    subject: LandingSubject, facets: Mapping[str, Any], result: SearchResult
) -> list[LinkGroup]:
    """Return links to the pages near to this one that have cars, with how many."""
    near = f" near {place_name(subject.place.name)}" if subject.place else ""
    if subject.make:
        make = LandingSubject(subject.make).car
        kinds = LinkGroup(f"{make} models{near}", _models(subject, facets["model"]))
    else:
        kinds = LinkGroup(f"Makes{near}", _makes(subject, facets["make"]))
    places = around(subject.place) if subject.place else largest()
    where = "nearby" if subject.place else "by place"
    cars = f"Used {subject.car or 'cars'} {where}"
    groups = kinds, LinkGroup(cars, _places(subject, places, result))
    return [each for each in groups if each.links]


def _models(subject: LandingSubject, values: Counts) -> list[Link]:
    return [
        Link(
            each["label"],
            LandingSubject(subject.make, each["value"], subject.place).path(()),
            each["count"],
        )
        for each in _most(values)
        if each["value"] != subject.model
    ]


def _makes(subject: LandingSubject, values: Counts) -> list[Link]:
    having = _most(values)
    shared = makes_with_model(subject.place, [each["value"] for each in having])
    return [
        Link(
            each["label"],
            LandingSubject(each["value"], place=subject.place).path(shared.get(each["value"], ())),
            each["count"],
        )
        for each in having
    ]


def _most(values: Counts) -> Counts:
    """Return those with the most cars, in the order that they had."""
    least = sorted((each["count"] for each in values), reverse=True)[:LINKS_MAX]
    return [each for each in values if each["count"] >= least[-1]][: 2 * LINKS_MAX]


def _places(
    subject: LandingSubject, places: Sequence[NamedPlace], result: SearchResult
) -> list[Link]:
    found = zip(places, cars_near(places, result.facets[BRANCHES.name]), strict=True)
    having = [(place, count) for place, count in found if count][:PLACES_MAX]
    taken = subject.taken([place for place, _ in having])
    return [
        Link(
            place_name(place.name),
            LandingSubject(subject.make, subject.model, place).path(taken),
            count,
        )
        for place, count in having
    ]


def _not_found(error: NoSuchPage) -> HttpResponse:
    """Say what a slip in an address may have been meant for."""
    offers = dict.fromkeys((each.heading, each.path()) for each in error.meant)
    page = render_to_string("404.html", {"name": error.segment, "offers": list(offers)})
    return HttpResponse(page, status=404)
