"""Which cars a block shows: those asked for, and where they are too few, those nearest to them."""

import dataclasses
from collections import Counter
from collections.abc import Iterator

from django.db.models import QuerySet

from listings.models import Listing, Make, Model
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest, SearchResult
from listings.search.engines import engine
from listings.search.fields import NOT_STATED, Range
from listings.search.references import resolve
from listings.site.query_string import DEFAULT_ORDERING
from listings.widget.typical import TYPICAL, Middle, middle_of, most_typical

LIMIT_DEFAULT, LIMIT_MAX = 9, 24
PRICE_BAND = 0.3
"""How far from the usual price of the cars asked for a similar car may be."""
BODY_SHARE = 0.2
"""A body type counts as theirs when so many of the cars asked for have it."""
SAMPLE = 200  # past adverts that tell what a car without any live one usually is


@dataclasses.dataclass(frozen=True)
class WiderSearch:
    """From which place on a block shows cars of a wider search, what that is, and in words."""

    start: int
    to: str
    text: str


@dataclasses.dataclass(frozen=True)
class BlockResult:
    """The adverts of a block in their order, and where the search was widened."""

    result: SearchResult
    widened: tuple[WiderSearch, ...]


@dataclasses.dataclass(frozen=True)
class _Step:
    to: str
    text: str
    criteria: Criteria


def block(
    criteria: Criteria, *, limit: int = LIMIT_DEFAULT, ordering: tuple[str, ...] = DEFAULT_ORDERING
) -> BlockResult:
    """Return at most `limit` adverts, widening step by step while there are fewer.

    The steps give up the derivative's words, then the model, then the make for cars of the same
    body and about the same price. All other filters hold throughout. In the order `TYPICAL`, all of
    them are near to the middle of what was asked for. Raises `Invalid` for a slug or a place that
    names nothing.
    """
    middle = middle_of(criteria) if ordering == (TYPICAL,) else None
    result = _page(criteria, limit, ordering, middle)
    positions, versions = list(result.positions), list(result.known_versions)
    widened = []
    for step in _steps(criteria):
        if len(positions) >= limit:
            break
        more = _page(step.criteria, limit, ordering, middle)
        shown = {position.id for position in positions}
        start = len(positions)
        for position, version in zip(more.positions, more.known_versions, strict=True):
            if position.id not in shown and len(positions) < limit:
                positions.append(position)
                versions.append(version)
        if len(positions) > start:
            widened.append(WiderSearch(start, step.to, step.text))
    merged = SearchResult(
        tuple(positions), has_more=result.has_more, versions=tuple(versions), near=result.near
    )
    return BlockResult(merged, tuple(widened))


def _page(
    criteria: Criteria, limit: int, ordering: tuple[str, ...], middle: Middle | None
) -> SearchResult:
    if ordering != (TYPICAL,):
        return engine().search(SearchRequest(criteria, ordering, limit))
    middle = middle or middle_of(criteria)
    if middle is None:
        return engine().search(SearchRequest(criteria, DEFAULT_ORDERING, limit))
    return most_typical(criteria, middle, limit)


def _steps(criteria: Criteria) -> Iterator[_Step]:
    wider = criteria
    if criteria.text:
        wider = dataclasses.replace(criteria, text=())
        if criteria.model:
            yield _Step("model", f"Other {_names(Model.objects.all(), criteria.model)}", wider)
    if criteria.model:
        makes = criteria.make or _makes_of(criteria.model)
        wider = dataclasses.replace(wider, make=makes, model=())
    if wider.make and wider != criteria:
        yield _Step("make", f"More from {_names(Make.objects.all(), wider.make)}", wider)
    if (criteria.make or criteria.model) and (alike := _alike(criteria, wider)):
        yield _Step("similar", "Similar car, similar price", alike)


def _alike(criteria: Criteria, by_make: Criteria) -> Criteria | None:
    """Return the search for cars like those asked for, of any make; None where nothing is known."""
    usual = _usual(dataclasses.replace(criteria, text=())) or _usual(by_make)
    if usual is None:
        return None
    bodies, price = usual
    return dataclasses.replace(
        by_make,
        make=(),
        body_type=criteria.body_type or bodies,
        price=criteria.price if criteria.price != Range() else price,
    )


def _usual(criteria: Criteria) -> tuple[tuple[str, ...], Range] | None:
    """Return the body types and the price band of the adverts that match, live or past."""
    question = SearchRequest(
        criteria, DEFAULT_ORDERING, 1, facets=("body_type",), statistics=("price",)
    )
    found = engine().search(question)
    counts = Counter(
        {
            str(each.value): each.count
            for each in found.facets["body_type"]
            if each.value != NOT_STATED
        }
    )
    middle = found.statistics["price"].median
    if not counts or middle is None:
        counts, middle = _of_past(criteria)
    if not counts or middle is None:
        return None
    enough = BODY_SHARE * counts.total()
    bodies = tuple(sorted(body for body, count in counts.items() if count >= enough))
    return bodies, Range(round(middle * (1 - PRICE_BAND)), round(middle * (1 + PRICE_BAND)))


def _of_past(criteria: Criteria) -> tuple[Counter[str], float | None]:
    """Return the body types and the middle price of some of the adverts there have been."""
    references = resolve(criteria)
    rows = Listing.objects.exclude(published_at=None).exclude(price=None).exclude(body_type=None)
    if references.model:
        rows = rows.filter(model__in=references.model)
    elif references.make:
        rows = rows.filter(make__in=references.make)
    else:
        return Counter(), None
    sample = rows.order_by().values_list("body_type", "price")[:SAMPLE]
    known = [(body, price) for body, price in sample if body and price is not None]
    prices = sorted(price for _, price in known)
    return Counter(body for body, _ in known), prices[len(prices) // 2] if prices else None


def _makes_of(models: tuple[str, ...]) -> tuple[str, ...]:
    found = Model.objects.filter(slug__in=models).values_list("make__slug", flat=True)
    return tuple(sorted(set(found)))


def _names(rows: QuerySet, slugs: tuple[str, ...]) -> str:
    names = set(rows.filter(slug__in=slugs).values_list("name", flat=True))
    return ", ".join(sorted(names)[:3])
