"""Pages by seeking: SQL that an index answers from any depth.

An `OR` over the sort keys would make PostgreSQL read the index from its start, so a seek is one
row comparison where the keys allow it, and otherwise a bound on the first key with the rest
filtered. Where the first key can be missing, rows with and without it are two segments, each an
index range of its own; that also lets one index serve both directions.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from listings.models.listing import ListingQuerySet
from listings.search.engine import SeekPosition
from listings.search.ordering import Direction, Position, SortKey, from_number

ID = SortKey("id")


def segments(
    rows: ListingQuerySet, order: tuple[Direction, ...], seek: SeekPosition | None
) -> Iterator[ListingQuerySet]:
    """Yield querysets that, read one after the other, are the rows from `seek` on.

    Backwards, the rows come in the opposite order.
    """
    is_backwards = seek is not None and seek.is_backwards
    read = _with_id(order, is_backwards)
    lead = order[0].key
    if not lead.is_nullable:
        yield _seek(rows, read, seek).order_by(*_terms(read, is_backwards))
        return
    missing = {f"{lead.column}__isnull": True}
    starts_missing = seek is not None and seek.position.values[0] is None
    parts = [(False, rows.exclude(**missing)), (True, rows.filter(**missing))]
    for is_missing, part in reversed(parts) if is_backwards else parts:
        if seek is None or is_missing == starts_missing:
            yield _seek(part, read, seek).order_by(*_terms(read, is_backwards))
        elif is_missing != is_backwards:
            yield part.order_by(*_terms(read, is_backwards))


def _with_id(order: tuple[Direction, ...], is_backwards: bool) -> tuple[Direction, ...]:
    """The id follows the last key's direction, so that one index serves both."""
    total = (*order, Direction(ID, order[-1].is_descending))
    return tuple(Direction(key, descending != is_backwards) for key, descending in total)


def _terms(read: tuple[Direction, ...], is_backwards: bool) -> list[OrderBy]:
    """The first key's segment holds no missing value: left at PostgreSQL's default, the index's."""
    terms = []
    for number, (key, descending) in enumerate(read):
        nulls: dict[str, Any] = {}
        if key.is_nullable and number > 0:
            nulls = {"nulls_first" if is_backwards else "nulls_last": True}
        terms.append(OrderBy(F(key.column), descending=descending, **nulls))
    return terms


def _seek(
    rows: ListingQuerySet, read: tuple[Direction, ...], seek: SeekPosition | None
) -> ListingQuerySet:
    if seek is None:
        return rows
    values = _values(read, seek.position)
    keys = [(direction, value) for direction, value in zip(read, values, strict=True)]
    if values[0] is None:
        keys = keys[1:]  # the segment of missing values: its first key is settled
        if keys[0][0].key.is_nullable:  # and no segment of the next one's is
            return rows.filter(_later(keys, seek.is_backwards))
    same_way = len({direction.is_descending for direction, _ in keys}) == 1
    if same_way and not any(direction.key.is_nullable for direction, _ in keys[1:]):
        return rows.filter(_row_comparison(keys))
    first, value = keys[0]
    bound = Q(**{f"{first.key.column}__{'lte' if first.is_descending else 'gte'}": value})
    return rows.filter(bound & _later(keys, seek.is_backwards))


def _values(read: tuple[Direction, ...], position: Position) -> list[Any]:
    numbers = (*position.values, position.id)
    return [from_number(key, number) for (key, _), number in zip(read, numbers, strict=True)]


def _row_comparison(keys: list[tuple[Direction, Any]]) -> Any:
    lookup = TupleLessThan if keys[0][0].is_descending else TupleGreaterThan
    columns = Tuple(*(F(direction.key.column) for direction, _ in keys))
    return lookup(columns, tuple(value for _, value in keys))


def _later(keys: list[tuple[Direction, Any]], is_backwards: bool) -> Q:
    """Whatever follows in lexicographic order, a missing value following every other."""
    (key, descending), value = keys[0]
    equal = Q(**{key.column: value}) if value is not None else Q(**{f"{key.column}__isnull": True})
    if value is None:
        beyond = Q(**{f"{key.column}__isnull": False}) if is_backwards else Q(pk__in=())
    else:
        beyond = Q(**{f"{key.column}__{'lt' if descending else 'gt'}": value})
        if key.is_nullable and not is_backwards:
            beyond |= Q(**{f"{key.column}__isnull": True})
    return beyond | (equal & _later(keys[1:], is_backwards)) if len(keys) > 1 else beyond
