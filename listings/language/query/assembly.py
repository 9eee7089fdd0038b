"""From what each stretch of a text says to one search."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

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
    settled = reconcile_names(entities, tokens, vocabulary)
    for rule in (
        _kinds,
        _distance,
        _mileage_beside_price,
        _electric_range,
        _one_place,
        _impossible,
    ):
        settled = rule(settled)
    settled = with_usual_distance(settled)
    parameters: dict[str, object] = {**_ranges(settled), **_values(settled), **_singles(settled)}
    ordering = _in_order(settled, "ordering")
    phrases = [phrase for entity in settled for phrase in _phrases(text, tokens, entity)]
    return ParsedQuery(parameters, tuple(phrases), tuple(map(str, ordering)))


def _kinds(entities: list[Entity]) -> list[Entity]:
    """A body that is named says more than a kind of cars: "convertible sports car"."""
    is_named = any(entity.field == "body_type" and not entity.is_kind for entity in entities)
    return [
        replace(entity, field=None, values=(), is_kind=False)
        if entity.is_kind and is_named
        else entity
        for entity in entities
    ]


def _distance(entities: list[Entity]) -> list[Entity]:
    """A few miles beside a place are the distance from it: "Leeds 30 miles"."""
    if not any(entity.field == "near" for entity in entities):
        return entities
    return [
        replace(entity, field="within_miles", values=(entity.high or 0,), high=None)
        if entity.field == "mileage"
        and entity.low is None
        and 0 < (entity.high or 0) <= _DISTANCE_MAX
        else entity
        for entity in entities
    ]


def _mileage_beside_price(entities: list[Entity]) -> list[Entity]:
    """Where the price is marked as one and no mileage is, an unmarked amount is the mileage."""
    prices = [entity for entity in entities if entity.field == "price"]
    has_mileage = any(entity.field == "mileage" for entity in entities)
    if has_mileage or not any(not entity.is_unmarked for entity in prices):
        return entities
    return [
        replace(entity, field="mileage")
        if entity.is_unmarked and (entity.high or entity.low or 0) >= _MILEAGE_MIN
        else entity
        for entity in entities
    ]


def _electric_range(entities: list[Entity]) -> list[Entity]:
    """Few miles of an electric car are the range it has at least."""
    fuels = {value for entity in entities if entity.field == "fuel" for value in entity.values}
    if fuels != {"electric"}:
        return entities
    return [
        replace(
            entity,
            field="electric_range_miles",
            low=entity.low if entity.low is not None else entity.high,
            high=None if entity.low is None else entity.high,
        )
        if entity.field == "mileage"
        and entity.is_floor
        and (entity.high or entity.low or 0) <= _ELECTRIC_RANGE_MAX
        else entity
        for entity in entities
    ]


def _one_place(entities: list[Entity]) -> list[Entity]:
    first: dict[str, tuple[Value, ...]] = {}
    kept = []
    for entity in entities:
        is_place = entity.field in ("near", "within_miles")
        if is_place and first.setdefault(str(entity.field), entity.values) != entity.values:
            kept.append(replace(entity, field=None, values=(), note=_ONE_PLACE))
        else:
            kept.append(entity)
    return kept


def _impossible(entities: list[Entity]) -> list[Entity]:
    ends = _ranges(entities)
    broken = set()
    for field in {entity.field for entity in entities} & _RANGES:
        low, high = ends.get(f"{field}_min"), ends.get(f"{field}_max")
        if low is not None and high is not None and low > high:
            broken.add(field)
    return [
        replace(entity, note=IMPOSSIBLE) if entity.field in broken else entity
        for entity in entities
    ]


def _ranges(entities: Iterable[Entity]) -> dict[str, int]:
    ends: dict[str, int] = {}
    by_field = _by_field(entities)
    for field in _RANGES & by_field.keys():
        said = by_field[field]
        either = [entity for entity in said if entity.is_alternative]
        lows = [entity.low for entity in said if not entity.is_alternative]
        highs = [entity.high for entity in said if not entity.is_alternative]
        lows.append(_outer(min, [entity.low for entity in either]))
        highs.append(_outer(max, [entity.high for entity in either]))
        if given := [low for low in lows if low is not None]:
            ends[f"{field}_min"] = max(given)
        if given := [high for high in highs if high is not None]:
            ends[f"{field}_max"] = min(given)
    return ends


def _by_field(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    grouped: dict[str, list[Entity]] = {}
    for entity in entities:
        if entity.field is not None:
            grouped.setdefault(entity.field, []).append(entity)
    return grouped


def _outer(choose: Callable[[list[int]], int], ends: list[int | None]) -> int | None:
    given = [end for end in ends if end is not None]
    return choose(given) if given else None


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
    parameters: dict[str, object] = {}
    for entity in entities:
        if entity.field in ("near", "within_miles", "reduced"):
            parameters[entity.field] = entity.values[0]
        if entity.field == "added_within_days":
            days = [int(value) for value in entity.values]
            known = parameters.get("added_within_days")
            parameters["added_within_days"] = min(
                days + ([known] if isinstance(known, int) else [])
            )
    return parameters


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


_WISHES = "prefer"
_LISTS = frozenset({"make", "model", "seats", "doors", "text", "euro_standard", _WISHES}) | {
    name for name, definition in FIELDS.items() if isinstance(definition, Choice)
}
_CHOICES: dict[str, list[str]] = {
    name: list(definition.choices.values)
    for name, definition in FIELDS.items()
    if isinstance(definition, Choice)
}
