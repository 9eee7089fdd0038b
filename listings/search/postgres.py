"""Search by SQL: always exact, no warm-up; what every other engine must agree with."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now

from listings.models import Listing
from listings.models.listing import ListingQuerySet
from listings.search import keyset
from listings.search.criteria import FIELDS, Criteria
from listings.search.engine import Hits, Question
from listings.search.fields import Bounds, Days, Definition, Flag, Slugs, Span
from listings.search.ordering import Direction, Position, directions, to_number
from listings.search.references import References, resolve

REDUCED = Q(previous_price__gt=F("price"))
NOT_REDUCED = (
    Q(previous_price__lte=F("price")) | Q(previous_price__isnull=True) | Q(price__isnull=True)
)


class PostgresEngine:
    """Asks the database each time."""

    def search(self, question: Question) -> Hits:
        public = matching(question.criteria)
        order = directions(question.ordering)
        found: list[Position] = []
        for rows in keyset.segments(public, order, question.place):
            found += _positions(rows, order, question.size + 1 - len(found))
            if len(found) > question.size:
                break
        page = found[: question.size]
        if question.place is not None and question.place.is_backwards:
            page.reverse()
        count = public.count() if question.is_counted else None
        return Hits(tuple(page), has_more=len(found) > question.size, count=count)


def matching(criteria: Criteria) -> ListingQuerySet:
    """Return the public adverts that answer a search."""
    references = resolve(criteria)
    rows = Listing.objects.public()
    for name, definition in FIELDS.items():
        condition = _condition(name, definition, getattr(criteria, name), references)
        if condition is not None:
            rows = rows.filter(condition)
    return rows


def _positions(rows: ListingQuerySet, order: tuple[Direction, ...], size: int) -> list[Position]:
    columns = [direction.key.column for direction in order]
    return [
        Position(tuple(to_number(value) for value in values), row)
        for *values, row in rows.values_list(*columns, "id")[:size]
    ]


def _condition(name: str, definition: Definition, value: Any, references: References) -> Q | None:
    column = definition.column
    if isinstance(definition, Slugs):
        return _any_of(f"{column}_id", getattr(references, name))
    if value is None:
        return None
    if isinstance(definition, Span):
        return _within(column, value)
    if isinstance(definition, Flag):
        return REDUCED if value else NOT_REDUCED
    if isinstance(definition, Days):
        return Q(**{f"{column}__gte": Now() - timedelta(days=value)})
    return _any_of(column, value)


def _any_of(column: str, values: tuple[object, ...] | None) -> Q | None:
    if not values:
        return None
    return Q(**{column: values[0]}) if len(values) == 1 else Q(**{f"{column}__in": values})


def _within(column: str, bounds: Bounds) -> Q | None:
    limits = {f"{column}__gte": bounds.low, f"{column}__lte": bounds.high}
    given = {lookup: limit for lookup, limit in limits.items() if limit is not None}
    return Q(**given) if given else None
