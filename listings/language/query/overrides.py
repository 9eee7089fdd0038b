"""Explicit parameters and a buyer's words together: the explicit ones win."""

from collections.abc import Mapping
from dataclasses import replace

from listings.language.query.parsed_query import ParsedQuery, Phrase
from listings.search.criteria import FIELDS
from listings.search.fields import RangeField

_JOINED = frozenset({"text", "prefer"})
FROM_WHERE = "Not used: no place is named that the distance could start from."


def merge(explicit: Mapping[str, object], parsed: ParsedQuery) -> ParsedQuery:
    """Return the words with the explicit parameters, which are in the flat form, put over them.

    A word's parameter that is also given explicitly is left out and its phrases are marked. So is
    a word's bound that the explicit other end rules out, a word's make and model beside an
    explicit model or beside an explicit make that is another, and a distance beside an explicit
    place. A distance from no place, and an order by it, are left out and say so. Words for the
    title add up.
    """
    given = {name: value for name, value in explicit.items() if value not in (None, [], "")}
    lost = _overridden(given, parsed)
    phrases = tuple(_marked(phrase, lost, given) for phrase in parsed.phrases)
    kept = {name: value for name, value in parsed.parameters.items() if name not in lost}
    if "within_miles" in kept and "near" not in {**kept, **given}:
        del kept["within_miles"]
        phrases = tuple(
            replace(phrase, note=FROM_WHERE) if phrase.name == "within_miles" else phrase
            for phrase in phrases
        )
    if "model" in kept and ("make" in given or "model" in given):
        kept["model"] = _models(phrases)
    merged = {**kept, **{name: value for name, value in given.items() if name != "ordering"}}
    for name in _JOINED & given.keys() & kept.keys():
        merged[name] = [*_listed(given[name]), *_listed(kept[name])]
    ordering = () if "ordering" in given else parsed.ordering
    if "distance" in ordering and "near" not in merged:
        ordering = tuple(key for key in ordering if key != "distance")
        phrases = tuple(
            replace(phrase, note=FROM_WHERE) if phrase.values == ("distance",) else phrase
            for phrase in phrases
        )
    return replace(parsed, parameters=merged, phrases=phrases, ordering=ordering)


def _overridden(given: Mapping[str, object], parsed: ParsedQuery) -> set[str]:
    lost = (set(given) & set(parsed.parameters)) - _JOINED
    if "ordering" in given:
        lost.add("ordering")
    if "near" in given:
        lost.add("within_miles")
    if "model" in given or ("make" in given and not _models_of(parsed.phrases, given)):
        lost |= {"make", "model"}
    return lost | _ruled_out(given, parsed.parameters)


def _ruled_out(given: Mapping[str, object], parameters: Mapping[str, object]) -> set[str]:
    lost = set()
    for name, definition in FIELDS.items():
        if not isinstance(definition, RangeField):
            continue
        for low, high in ((given, parameters), (parameters, given)):
            least, most = low.get(f"{name}_min"), high.get(f"{name}_max")
            if isinstance(least, int) and isinstance(most, int) and least > most:
                lost.add(f"{name}_{'max' if high is parameters else 'min'}")
    return lost


def _marked(phrase: Phrase, lost: set[str], given: Mapping[str, object]) -> Phrase:
    is_lost = phrase.name in lost
    if phrase.name == "model" and "make" in given and not _belongs(phrase, given):
        is_lost = True
    return replace(phrase, is_overridden=True) if is_lost else phrase


def _models(phrases: tuple[Phrase, ...]) -> list[object]:
    named = {
        value
        for phrase in phrases
        if phrase.name == "model" and not phrase.is_overridden
        for value in phrase.values
    }
    return sorted(named, key=str)


def _models_of(phrases: tuple[Phrase, ...], given: Mapping[str, object]) -> bool:
    return any(phrase.name == "model" and _belongs(phrase, given) for phrase in phrases)


def _belongs(phrase: Phrase, given: Mapping[str, object]) -> bool:
    return bool(set(phrase.makes) & set(_listed(given.get("make"))))


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
