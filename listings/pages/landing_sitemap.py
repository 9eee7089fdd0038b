"""The landing pages that have cars, for search engines: one part for each make, and one for all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from listings.api.facets import counted
from listings.models import Listing, Make, Model
from listings.pages.landing_subject import LandingSubject
from listings.pages.place_counts import cars_near, each_near, mapped
from listings.pages.sitemap_format import ADDRESSES_MAX, cached, urlset
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.engines import engine
from listings.search.facets import BRANCHES
from listings.site.query_string import DEFAULT_ORDERING
from marketplace.downloads import whole_file


@require_safe
@cached
def makes_sitemap(request: HttpRequest) -> HttpResponseBase:
    """The makes that have cars, and the places that have any near them."""
    if settings.PUBLIC_LISTING_URL or not (makes := makes_with_cars()):
        raise Http404
    taken = set(Make.objects.values_list("slug", flat=True))
    pages = [LandingSubject(make) for make in makes]
    places = (page.path(taken) for page in _near(LandingSubject(), ADDRESSES_MAX - len(pages)))
    return _part([*(page.path(()) for page in pages), *places])


@require_safe
@cached
def make_sitemap(request: HttpRequest, make: str) -> HttpResponseBase:
    """The models of a make that have cars, and the places that have such cars near them."""
    if settings.PUBLIC_LISTING_URL or make not in makes_with_cars():
        raise Http404
    return _part(islice(_of_make(make), ADDRESSES_MAX))


def landing_parts() -> list[str]:
    """Return the addresses of these parts of the sitemap."""
    makes = makes_with_cars()
    parts = [reverse("sitemap-make", args=(make,)) for make in makes]
    return [reverse("sitemap-makes"), *parts] if makes else []


def makes_with_cars() -> list[str]:
    return _values(Criteria(), "make")


def _of_make(make: str) -> Iterator[str]:
    by_model = _models_by_branch(make)
    whole = Counter[int]()
    for counts in by_model.values():
        whole.update(counts)
    taken = set(Model.objects.filter(make__slug=make).values_list("slug", flat=True))
    each_max = ADDRESSES_MAX // (len(by_model) + 1) - 1
    near = each_near(mapped(), [whole, *by_model.values()])
    subjects = [LandingSubject(make), *(LandingSubject(make, model) for model in by_model)]
    for subject, having in zip(subjects, near, strict=True):
        if subject.model:
            yield subject.path(())
        names = () if subject.model else taken
        yield from (page.path(names) for page in _having(subject, having, each_max))


def _models_by_branch(make: str) -> dict[str, Counter[int]]:
    """Return how many cars of each model of a make each branch has, by one question."""
    rows = Listing.objects.public().filter(make__slug=make).order_by("model__slug")
    found: dict[str, Counter[int]] = {}
    for model, branch, count in rows.values_list("model__slug", "branch").annotate(Count("pk")):
        found.setdefault(model, Counter())[branch] = count
    return found


def _near(subject: LandingSubject, most: int) -> Iterator[LandingSubject]:
    """Yield the same for each place that has such cars near it, those with the most cars first."""
    question = SearchRequest(subject.criteria, DEFAULT_ORDERING, 1, facets=(BRANCHES.name,))
    counts = cars_near(mapped(), engine().search(question).facets[BRANCHES.name])
    return _having(subject, counts, most)


def _having(subject: LandingSubject, counts: Sequence[int], most: int) -> Iterator[LandingSubject]:
    having = sorted(
        (-count, slugify(place.name), place)
        for place, count in zip(mapped(), counts, strict=True)
        if count
    )
    for _, _, place in having[:most]:
        yield LandingSubject(subject.make, subject.model, place)


def _values(criteria: Criteria, facet: str) -> list[str]:
    question = SearchRequest(criteria, DEFAULT_ORDERING, 1, facets=(facet,))
    found = counted(engine().search(question))["facets"] or {}
    return [each["value"] for each in found.get(facet, ())]


def _part(paths: Iterable[str]) -> HttpResponseBase:
    return whole_file(urlset(paths), content_type="application/xml; charset=utf-8")
