"""From what each stretch of a text says to one search."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from listings.language.query.entity import Finding
from listings.language.query.names import settle_names
from listings.language.query.parsed_query import Phrase, Understood, Value
from listings.language.query.tokens import Token
from listings.language.query.vocabulary import Vocabulary
from listings.search.criteria import FIELDS
from listings.search.fields import Choice, Span

# No car does so many miles on one charge; below it, "300 miles" of an electric car is its range.
_ELECTRIC_RANGE_MAX = 600
_MILEAGE_MIN = 1_000
_DISTANCE_MAX = 100
IMPOSSIBLE = "No advert can be all that is said of this."
_ONE_PLACE = "Only one place can be asked for."
_RANGES = {name for name, definition in FIELDS.items() if isinstance(definition, Span)}


def settle(
    text: str, tokens: Sequence[Token], findings: Sequence[Finding], vocabulary: Vocabulary
) -> Understood:
    """Put the findings together.

    Ranges of one field must all hold; values of one field, and years by themselves, mean either.
    What is excluded leaves the other values.
    """
    settled = settle_names(findings, tokens, vocabulary)
    for rule in (_distance, _mileage_beside_price, _electric_range, _one_place, _impossible):
        settled = rule(settled)
    parameters: dict[str, object] = {**_ranges(settled), **_values(settled), **_singles(settled)}
    ordering = _in_order(settled, "ordering")
    phrases = [phrase for finding in settled for phrase in _phrases(text, tokens, finding)]
    return Understood(parameters, tuple(phrases), tuple(map(str, ordering)))


def _distance(findings: list[Finding]) -> list[Finding]:
    """A few miles beside a place are the distance from it: "Leeds 30 miles"."""
    if not any(finding.field == "near" for finding in findings):
        return findings
    return [
        replace(finding, field="within_miles", values=(finding.high or 0,), high=None)
        if finding.field == "mileage"
        and finding.low is None
        and 0 < (finding.high or 0) <= _DISTANCE_MAX
        else finding
        for finding in findings
    ]


def _mileage_beside_price(findings: list[Finding]) -> list[Finding]:
    """Where the price is marked as one and no mileage is, an unmarked amount is the mileage."""
    prices = [finding for finding in findings if finding.field == "price"]
    has_mileage = any(finding.field == "mileage" for finding in findings)
    if has_mileage or not any(not finding.is_unmarked for finding in prices):
        return findings
    return [
        replace(finding, field="mileage")
        if finding.is_unmarked and (finding.high or finding.low or 0) >= _MILEAGE_MIN
        else finding
        for finding in findings
    ]


def _electric_range(findings: list[Finding]) -> list[Finding]:
    """Few miles of an electric car are the range it has at least."""
    fuels = {value for finding in findings if finding.field == "fuel" for value in finding.values}
    if fuels != {"electric"}:
        return findings
    return [
        replace(
            finding,
            field="electric_range_miles",
            low=finding.low if finding.low is not None else finding.high,
            high=None if finding.low is None else finding.high,
        )
        if finding.field == "mileage"
        and finding.is_floor
        and (finding.high or finding.low or 0) <= _ELECTRIC_RANGE_MAX
        else finding
        for finding in findings
    ]


def _one_place(findings: list[Finding]) -> list[Finding]:
    first: dict[str, tuple[Value, ...]] = {}
    kept = []
    for finding in findings:
        is_place = finding.field in ("near", "within_miles")
        if is_place and first.setdefault(str(finding.field), finding.values) != finding.values:
            kept.append(replace(finding, field=None, values=(), note=_ONE_PLACE))
        else:
            kept.append(finding)
    return kept


def _impossible(findings: list[Finding]) -> list[Finding]:
    ends = _ranges(findings)
    broken = set()
    for field in {finding.field for finding in findings} & _RANGES:
        low, high = ends.get(f"{field}_min"), ends.get(f"{field}_max")
        if low is not None and high is not None and low > high:
            broken.add(field)
    return [
        replace(finding, note=IMPOSSIBLE) if finding.field in broken else finding
        for finding in findings
    ]


def _ranges(findings: Iterable[Finding]) -> dict[str, int]:
    ends: dict[str, int] = {}
    by_field = _by_field(findings)
    for field in _RANGES & by_field.keys():
        said = by_field[field]
        either = [finding for finding in said if finding.is_alternative]
        lows = [finding.low for finding in said if not finding.is_alternative]
        highs = [finding.high for finding in said if not finding.is_alternative]
        lows.append(_outer(min, [finding.low for finding in either]))
        highs.append(_outer(max, [finding.high for finding in either]))
        if given := [low for low in lows if low is not None]:
            ends[f"{field}_min"] = max(given)
        if given := [high for high in highs if high is not None]:
            ends[f"{field}_max"] = min(given)
    return ends


def _by_field(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.field is not None:
            grouped.setdefault(finding.field, []).append(finding)
    return grouped


def _outer(choose: Callable[[list[int]], int], ends: list[int | None]) -> int | None:
    given = [end for end in ends if end is not None]
    return choose(given) if given else None


def _values(findings: Sequence[Finding]) -> dict[str, object]:
    parameters: dict[str, object] = {}
    by_field = _by_field(findings)
    for field in {"make", "model", "seats", "doors", "text", *_CHOICES} & by_field.keys():
        named = by_field[field]
        values = _united(finding.values for finding in named if not finding.is_excluded)
        excluded = _united(finding.values for finding in named if finding.is_excluded)
        if excluded:
            left = [value for value in values or _CHOICES[field] if value not in excluded]
            values = left or values
        if values:
            parameters[field] = list(values)
    makes = _united(
        tuple(model.make for model in finding.models)
        for finding in findings
        if finding.field == "model"
    )
    return {**parameters, "make": list(makes)} if makes else parameters


def _singles(findings: Sequence[Finding]) -> dict[str, object]:
    parameters: dict[str, object] = {}
    for finding in findings:
        if finding.field in ("near", "within_miles", "reduced"):
            parameters[finding.field] = finding.values[0]
        if finding.field == "added_within_days":
            days = [int(value) for value in finding.values]
            known = parameters.get("added_within_days")
            parameters["added_within_days"] = min(
                days + ([known] if isinstance(known, int) else [])
            )
    return parameters


def _in_order(findings: Iterable[Finding], field: str) -> tuple[Value, ...]:
    values = [value for finding in findings if finding.field == field for value in finding.values]
    return tuple(dict.fromkeys(values))


def _united(groups: Iterable[tuple[Value, ...]]) -> list[Value]:
    return sorted(
        {value for values in groups for value in values},
        key=lambda value: (str(type(value)), value),
    )


def _phrases(text: str, tokens: Sequence[Token], finding: Finding) -> list[Phrase]:
    start = tokens[finding.first].start
    words = text[start : tokens[finding.last - 1].end]
    makes = tuple(dict.fromkeys(model.make for model in finding.models))
    return [
        Phrase(words, name, values, note=finding.note, makes=makes, start=start)
        for name, values in _said(finding, makes)
    ]


def _said(
    finding: Finding, makes: tuple[str, ...]
) -> Iterator[tuple[str | None, tuple[Value, ...]]]:
    """Each parameter that a finding sets, and its values."""
    if finding.field == "model":
        yield "make", makes
    if finding.is_range:
        ends = ((f"{finding.field}_min", finding.low), (f"{finding.field}_max", finding.high))
        yield from ((name, (end,)) for name, end in ends if end is not None)
    elif finding.is_excluded and finding.field:
        choices = _CHOICES[finding.field]
        yield finding.field, tuple(value for value in choices if value not in finding.values)
    else:
        yield finding.field, finding.values


_CHOICES: dict[str, list[str]] = {
    name: list(definition.choices.values)
    for name, definition in FIELDS.items()
    if isinstance(definition, Choice)
}
