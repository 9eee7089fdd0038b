"""Search by SQL: always exact, no warm-up; what every other engine must agree with."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Now
from django.db.models.lookups import IsNull

from listings.choices import Equipment
from listings.models import Listing
from listings.models.listing import ListingQuerySet
from listings.models.titles import has_words
from listings.models.value import is_valued, rated
from listings.search import keyset
from listings.search.criteria import FIELDS, Criteria
from listings.search.distance import chord_of, chord_to
from listings.search.engine import SearchRequest, SearchResult
from listings.search.facets import (
    BRANCHES,
    COUNTED,
    Facet,
    FacetBucket,
    Statistics,
    buckets,
    statistics,
)
from listings.search.fields import (
    AllOf,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    Radius,
    Range,
    RangeField,
    RatedAs,
    Slugs,
    Words,
)
from listings.search.ordering import Direction, Position, directions, to_number
from listings.search.places import Point
from listings.search.references import References, branches, chosen_values, resolve
from listings.search.wishes import has_bits, with_wishes_met


class Median(Aggregate):
    """The value in the middle, or the mean of the two there."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class PostgresEngine:
    """Asks the database each time."""

    def catch_up(self, *, seconds: float) -> bool:
        return True

    def search(self, request: SearchRequest) -> SearchResult:
        references = resolve(request.criteria)
        public = matching(request.criteria, references=references)
        order = directions(request.ordering)
        found: list[Position] = []
        near = references.near
        measured = public if near is None else public.annotate(distance=chord_to(near, "branch__"))
        if request.wishes:
            measured = with_wishes_met(measured, request.wishes)
        if any(key.is_rated for key, _ in order):
            measured = measured.annotate(price_ratio=rated("ratio"))
        for rows in keyset.segments(measured, order, request.seek):
            found += _positions(rows, order, request.size + 1 - len(found))
            if len(found) > request.size:
                break
        page = found[: request.size]
        if request.seek is not None and request.seek.is_backwards:
            page.reverse()
        return SearchResult(
            tuple(page),
            has_more=len(found) > request.size,
            count=public.count() if request.is_counted else None,
            facets={
                name: _facet(COUNTED[name], request.criteria, references) for name in request.facets
            },
            statistics={name: _statistics(name, public) for name in request.statistics},
            near=near,
        )


def matching(
    criteria: Criteria,
    without: Collection[str] = (),
    among: ListingQuerySet | None = None,
    references: References | None = None,
) -> ListingQuerySet:
    """Return the adverts that answer a search, some of its filters left out.

    They are the public ones unless `among` says which. `references` are what the search names, and
    looked up where they are not given.
    """
    references = resolve(criteria) if references is None else references
    ignored = set(without)
    if references.model is not None and "model" not in ignored:
        ignored.add("make")  # a model has one make: to ask for it as well only costs
    rows = Listing.objects.public() if among is None else among
    for name, field in FIELDS.items():
        if name in ignored:
            continue
        value = getattr(criteria, name)
        if isinstance(field, Radius):
            condition = _near(references.near, value)
        else:
            condition = _condition(name, field, value, references)
        if condition is not None:
            rows = rows.filter(condition)
    return rows


def _facet(facet: Facet, criteria: Criteria, references: References) -> tuple[FacetBucket, ...]:
    if facet.needs is not None and not getattr(criteria, facet.needs):
        return ()
    field = None if facet is BRANCHES else FIELDS[facet.name]
    rows = matching(criteria, facet.ignores, references=references)
    chosen = chosen_values(facet.name, criteria, references)
    if isinstance(field, AllOf):
        return buckets(_held(field, rows), chosen)
    if field is None:
        column = "branch_id"
    elif isinstance(field, RatedAs):
        column, rows = facet.name, rows.annotate(**{facet.name: rated(field.column)})
    else:
        column = f"{field.column}_id" if isinstance(field, Slugs) else field.column
    counted = _band(column, facet.bands) if facet.bands else F(column)
    absent = field.absent if field else None
    if absent is None:
        rows = rows.exclude(**{column: None})
    found = rows.order_by().values_list(counted).annotate(Count("id"))
    return buckets(((absent if value is None else value, count) for value, count in found), chosen)


def _held(field: AllOf, rows: ListingQuerySet) -> list[tuple[str, int]]:
    """Count each value of a field that can have several."""
    counted = {
        value: Count("id", filter=has_bits(field.column, 1 << place))
        for place, value in enumerate(field.choices.values)
    }
    found: dict[str, int] = rows.aggregate(**counted)
    return [(value, count) for value, count in found.items() if count]


def _band(column: str, bands: tuple[int, ...]) -> Case:
    """Return the lower end of the band that a column's value lies in."""
    return Case(
        *(When(**{f"{column}__gte": low}, then=Value(low)) for low in reversed(bands)),
        output_field=IntegerField(),
    )


def _statistics(name: str, rows: ListingQuerySet) -> Statistics:
    is_rated = name not in FIELDS
    column = name if is_rated else FIELDS[name].column
    if is_rated:
        rows = rows.annotate(price_ratio=rated("ratio"))
    return statistics(
        **rows.aggregate(
            count=Count(column),
            total=Sum(column),
            low=Min(column),
            high=Max(column),
            median=Median(column),
        )
    )


def _positions(rows: ListingQuerySet, order: tuple[Direction, ...], size: int) -> list[Position]:
    columns = [direction.key.column for direction in order]
    return [
        Position(tuple(to_number(value) for value in values), row)
        for *values, row in rows.values_list(*columns, "id")[:size]
    ]


def _condition(name: str, field: FilterField, value: Any, references: References) -> Q | None:
    if isinstance(field, Slugs):
        return _any_of(f"{field.column}_id", getattr(references, name))
    written = _CONDITIONS.get(type(field))
    return None if written is None or value in (None, ()) else written(field, value)


def _near(near: Point | None, miles: int | None) -> Q | None:
    """Measure the branches, of which there are far fewer than adverts."""
    if near is None or miles is None:
        return None
    rows = branches().annotate(distance=chord_to(near)).filter(distance__lte=chord_of(miles))
    return Q(branch__in=rows.values("pk"))


def _chosen(field: FilterField, values: tuple[object, ...]) -> Q | None:
    stated = _any_of(field.column, _stated(field, values))
    return _or_absent(field, values, stated, Q(**{f"{field.column}__isnull": True}))


def _rated(field: FilterField, labels: tuple[object, ...]) -> Q | None:
    has_label = _any_of(f"market_value__{field.column}", _stated(field, labels))
    stated = None if has_label is None else has_label & is_valued()
    return _or_absent(field, labels, stated, Q(IsNull(rated(field.column), True)))


def _stated(field: FilterField, values: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(value for value in values if value != field.absent)


def _or_absent(
    field: FilterField, values: tuple[object, ...], stated: Q | None, missing: Q
) -> Q | None:
    if field.absent is None or field.absent not in values:
        return stated
    return missing if stated is None else missing | stated


def _any_of(column: str, values: tuple[object, ...] | None) -> Q | None:
    if not values:
        return None
    return Q(**{column: values[0]}) if len(values) == 1 else Q(**{f"{column}__in": values})


def _within(column: str, bounds: Range) -> Q | None:
    limits = {f"{column}__gte": bounds.low, f"{column}__lte": bounds.high}
    given = {lookup: limit for lookup, limit in limits.items() if limit is not None}
    return Q(**given) if given else None


_CONDITIONS: Mapping[type[FilterField], Callable[[FilterField, Any], Q | None]] = {
    RangeField: lambda field, bounds: _within(field.column, bounds),
    Flag: lambda field, is_given: Q(**{f"{field.column}__isnull": not is_given}),
    Days: lambda field, days: Q(**{f"{field.column}__gte": Now() - timedelta(days=days)}),
    Choice: _chosen,
    RatedAs: _rated,
    AllOf: lambda field, values: has_bits(field.column, Equipment.bits(values)),
    Numbers: _chosen,
    Words: lambda field, words: Q(has_words(field.column, words)),
}
