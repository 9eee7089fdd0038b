"""From what each stretch of a text says to one search."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from operator import attrgetter
from typing import Any

from listings.language.query.entity import Entity
from listings.language.query.names import reconcile_names
from listings.language.query.parsed_query import ParsedQuery, Phrase, Value
from listings.language.query.places import with_usual_distance
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import Token
from listings.search.criteria import FIELDS
from listings.search.fields import WISHES_MAX, Choice, RangeField

# No car does so many miles on one charge; below it, "300 miles" of an electric car is its range.
_ELECTRIC_RANGE_MAX = 600
_MILEAGE_MIN = 1_000
_DISTANCE_MAX = 100
IMPOSSIBLE = "No advert can be all that is said of this."
_ONE_PLACE = "Only one place can be asked for."
_RANGES = {name for name, definition in FIELDS.items() if isinstance(definition, RangeField)}


def assemble(
    text: str, tokens: Sequence[Token], entities: Sequence[Entity], vocabulary: Vocabulary
) -> ParsedQuery:
    """Put the entities together.

    Ranges of one field must all hold; values of one field, and years by themselves, mean either.
    What is excluded leaves the other values.
    """
    settled: Sequence[Entity] = reconcile_names(entities, tokens, vocabulary)
    for rule in (
        _kinds,
        _distance,
        _mileage_beside_price,
        _electric_range,
        _one_place,
        _impossible,
        with_usual_distance,
    ):
        settled = rule(settled)
    parameters: dict[str, object] = {**_ranges(settled), **_values(settled), **_singles(settled)}
    ordering = _in_order(settled, "ordering")
    phrases = [phrase for entity in settled for phrase in _phrases(text, tokens, entity)]
    return ParsedQuery(parameters, tuple(phrases), tuple(map(str, ordering)))


def _kinds(entities: Sequence[Entity]) -> Sequence[Entity]:
    """A body that is named says more than a kind of cars: "convertible sports car"."""
    if not any(entity.field == "body_type" and not entity.is_kind for entity in entities):
        return entities
    return _each(entities, lambda each: each.is_kind, field=None, values=(), is_kind=False)


def _distance(entities: Sequence[Entity]) -> Sequence[Entity]:
    """A few miles beside a place are the distance from it: "Leeds 30 miles"."""
    if not any(entity.field == "near" for entity in entities):
        return entities
    return [
        replace(each, field="within_miles", values=(each.high or 0,), high=None)
        if each.field == "mileage" and each.low is None and 0 < (each.high or 0) <= _DISTANCE_MAX
        else each
        for each in entities
    ]


def _mileage_beside_price(entities: Sequence[Entity]) -> Sequence[Entity]:
    """Where the price is marked as one and no mileage is, an unmarked amount is the mileage."""
    is_priced = any(each.field == "price" and not each.is_unmarked for each in entities)
    if not is_priced or any(each.field == "mileage" for each in entities):
        return entities
    return _each(
        entities,
        lambda each: each.is_unmarked and (each.high or each.low or 0) >= _MILEAGE_MIN,
        field="mileage",
    )


def _electric_range(entities: Sequence[Entity]) -> Sequence[Entity]:
    """Few miles of an electric car are the range it has at least."""
    fuels = {value for entity in entities if entity.field == "fuel" for value in entity.values}
    if fuels != {"electric"}:
        return entities
    return [
        replace(
            each,
            field="electric_range_miles",
            low=each.high if each.low is None else each.low,
            high=None if each.low is None else each.high,
        )
        if each.field == "mileage"
        and each.is_floor
        and (each.high or each.low or 0) <= _ELECTRIC_RANGE_MAX
        else each
        for each in entities
    ]


def _one_place(entities: Sequence[Entity]) -> Sequence[Entity]:
    first: dict[str | None, tuple[Value, ...]] = {}
    for each in entities:
        first.setdefault(each.field, each.values)
    return _each(
        entities,
        lambda each: each.field in _OF_PLACES and each.values != first[each.field],
        field=None,
        values=(),
        note=_ONE_PLACE,
    )


def _impossible(entities: Sequence[Entity]) -> Sequence[Entity]:
    ends = _ranges(entities)
    broken = {
        field for field in _RANGES if ends.get(f"{field}_min", 0) > ends.get(f"{field}_max", inf)
    }
    return _each(entities, lambda each: each.field in broken, note=IMPOSSIBLE)


def _each(
    entities: Sequence[Entity], is_meant: Callable[[Entity], bool], **changes: Any
) -> list[Entity]:
    """Return the entities, and those that are meant with changes."""
    return [replace(each, **changes) if is_meant(each) else each for each in entities]


def _ranges(entities: Iterable[Entity]) -> dict[str, int]:
    ends: dict[str, int] = {}
    by_field = _by_field(entities)
    for field in _RANGES & by_field.keys():
        for name, end, inner, outer in (("min", _LOW, max, min), ("max", _HIGH, min, max)):
            said = [(each.is_alternative, end(each)) for each in by_field[field]]
            either = [value for is_either, value in said if is_either and value is not None]
            must = [value for is_either, value in said if not is_either and value is not None]
            if must or either:
                ends[f"{field}_{name}"] = inner([*must, *([outer(either)] if either else [])])
    return ends


def _by_field(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    grouped: dict[str, list[Entity]] = {}
    for entity in entities:
        if entity.field is not None:
            grouped.setdefault(entity.field, []).append(entity)
    return grouped


def _values(entities: Sequence[Entity]) -> dict[str, object]:
    parameters: dict[str, object] = {}
    by_field = _by_field(entities)
    for field in _LISTS & by_field.keys():
        named = by_field[field]
        values = _united(entity.values for entity in named if not entity.is_excluded)
        excluded = _united(entity.values for entity in named if entity.is_excluded)
        if excluded:
            left = [value for value in values or _CHOICES[field] if value not in excluded]
            values = left or values
        if values:
            parameters[field] = list(values)
    if _WISHES in parameters:
        parameters[_WISHES] = sorted(map(str, _in_order(entities, _WISHES)[:WISHES_MAX]))
    makes = _united(
        tuple(model.make for model in entity.models)
        for entity in entities
        if entity.field == "model"
    )
    return {**parameters, "make": list(makes)} if makes else parameters


def _singles(entities: Sequence[Entity]) -> dict[str, object]:
    said: dict[str, object] = {
        str(each.field): each.values[0] for each in entities if each.field in _SINGLES
    }
    if days := [int(value) for value in _in_order(entities, _DAYS)]:
        said[_DAYS] = min(days)
    return said


def _in_order(entities: Iterable[Entity], field: str) -> tuple[Value, ...]:
    values = [value for entity in entities if entity.field == field for value in entity.values]
    return tuple(dict.fromkeys(values))


def _united(groups: Iterable[tuple[Value, ...]]) -> list[Value]:
    return sorted(
        {value for values in groups for value in values},
        key=lambda value: (str(type(value)), value),
    )


def _phrases(text: str, tokens: Sequence[Token], entity: Entity) -> list[Phrase]:
    start = tokens[entity.first].start
    words = text[start : tokens[entity.last - 1].end]
    makes = tuple(dict.fromkeys(model.make for model in entity.models))
    return [
        Phrase(words, name, values, note=entity.note, makes=makes, start=start)
        for name, values in _said(entity, makes)
    ]


def _said(entity: Entity, makes: tuple[str, ...]) -> Iterator[tuple[str | None, tuple[Value, ...]]]:
    """Each parameter that an entity sets, and its values."""
    if entity.field == "model":
        yield "make", makes
    if entity.is_range:
        ends = ((f"{entity.field}_min", entity.low), (f"{entity.field}_max", entity.high))
        yield from ((name, (end,)) for name, end in ends if end is not None)
    elif entity.is_excluded and entity.field:
        choices = _CHOICES[entity.field]
        yield entity.field, tuple(value for value in choices if value not in entity.values)
    else:
        yield entity.field if entity.values else None, entity.values


_WISHES, _DAYS = "prefer", "added_within_days"
_OF_PLACES = frozenset({"near", "within_miles"})
_SINGLES = _OF_PLACES | {"reduced"}
_LOW, _HIGH = attrgetter("low"), attrgetter("high")
_LISTS = frozenset({"make", "model", "seats", "doors", "text", "euro_standard", _WISHES}) | {
    name for name, definition in FIELDS.items() if isinstance(definition, Choice)
}
_CHOICES: dict[str, list[str]] = {
    name: list(definition.choices.values)
    for name, definition in FIELDS.items()
    if isinstance(definition, Choice)
}
