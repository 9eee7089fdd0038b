"""What was made of a buyer's words, as the results page tells it: chips to take away, and the rest.

The filters in the address are the search; the words beside them (`said`) only tell where each came
from and what could not be used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms

from listings.api.filter_labels import filter_label, is_exclusion, range_label, values_label
from listings.api.words import LENGTH_MAX, FreeTextParameter, effect, read_words
from listings.language.query import ParsedQuery, Phrase, merge
from listings.pages.search_form import USUAL_ORDERINGS, order_label
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import RangeField, Wishes
from listings.site.addresses import results_path
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch

SAID: dict[str, forms.Field] = {
    "said": FreeTextParameter(
        length_max=LENGTH_MAX, description="The words that a buyer said, which the filters mean."
    )
}
PREFER = "prefer"
_INCODE = re.compile(r"(?<=[0-9A-Za-z])\s?[0-9][A-Za-z]{2}\b")


class Chip(NamedTuple):
    """A part of the search in words, what the buyer said of it, and the results without it."""

    text: str
    path: str
    said: str = ""


class UnusedWords(NamedTuple):
    words: str
    note: str


@dataclass(frozen=True)
class Understood:
    """What narrows or orders the search, what only comes first, and what is not used.

    `is_preferred` tells whether the order is one in which `preferred` does come first.
    """

    chips: tuple[Chip, ...]
    preferred: tuple[Chip, ...]
    is_preferred: bool
    unused: tuple[UnusedWords, ...]


def understood(asked: ParsedSearch) -> Understood:
    """Tell of every filter there is, each with the way back, and of the words."""
    said = asked.others["said"]
    meant = merge({}, read_words(said)) if said else ParsedQuery({})
    phrases = meant.phrases
    parts = [*_parts(asked.criteria, phrases), *_order(asked)]
    return Understood(
        tuple(_chip(asked, each, phrases) for each in parts),
        tuple(_chip(asked, each, ()) for each in _preferred(asked.criteria)),
        asked.ordering in USUAL_ORDERINGS,
        tuple(
            UnusedWords(phrase.words, phrase.note)
            for phrase in phrases
            if phrase.note and effect(phrase, meant) == "none"
        ),
    )


def without_incodes(text: str, meant: ParsedQuery) -> str:
    """Return a buyer's words without the half of a postcode that narrows it down to a few homes."""
    for phrase in reversed(meant.phrases):
        if phrase.name == "near":
            end = phrase.start + len(phrase.words)
            text = text[: phrase.start] + _INCODE.sub("", phrase.words) + text[end:]
    return text


@dataclass(frozen=True)
class SearchPart:
    """A part of a search that can be taken away by itself, and the parameters without it."""

    text: str
    name: str
    values: tuple[Any, ...]
    without: Mapping[str, object]


def _parts(criteria: Criteria, phrases: Sequence[Phrase]) -> Iterator[SearchPart]:
    given = criteria.as_parameters()
    for name, field in FIELDS.items():
        if isinstance(field, RangeField):
            yield from _range(name, given)
        elif name in given and not isinstance(field, Wishes):
            for values in _said_together(name, _listed(given[name]), phrases):
                text = _label(name, values, criteria.make, phrases)
                yield SearchPart(text, name, values, _less(given, name, values))


def _range(name: str, given: Mapping[str, Any]) -> Iterator[SearchPart]:
    """Yield a range: one part, or its ends where they contradict each other."""
    ends = {end: given[end] for end in (f"{name}_min", f"{name}_max") if end in given}
    values = tuple(ends.values())
    if len(values) == 2 and values[0] <= values[1]:
        text = range_label(name, *values)
        yield SearchPart(text, next(iter(ends)), values, dict.fromkeys(ends))
        return
    for end, value in ends.items():
        yield SearchPart(filter_label(end, value), end, (value,), {end: None})


def _said_together(
    name: str, values: list[Any], phrases: Sequence[Phrase]
) -> Iterator[tuple[Any, ...]]:
    """Yield values as they were said together, and the others one by one."""
    if is_exclusion(name, values):
        yield tuple(values)
        return
    left = list(values)
    for phrase in phrases:
        if phrase.name == name and phrase.values and set(phrase.values) <= set(left):
            left = [value for value in left if value not in phrase.values]
            yield phrase.values
    yield from ((value,) for value in left)


def _label(
    name: str, values: tuple[Any, ...], makes: Sequence[str], phrases: Sequence[Phrase]
) -> str:
    if name == "text":
        said = (each.words for each in phrases if each.name == name and each.values == values)
        return filter_label(name, next(said, " ".join(values)).strip('"'))
    return values_label(name, values, makes)


def _less(given: Mapping[str, Any], name: str, values: tuple[Any, ...]) -> dict[str, object]:
    """Return the change that takes values away, with what makes no sense without them."""
    left = [other for other in _listed(given[name]) if other not in values]
    if name == "make":
        return {name: left or None, "model": None}
    if name == "near":
        return {name: None, "within_miles": None, "ordering": None}
    return {name: left or None}


def _order(asked: ParsedSearch) -> Iterator[SearchPart]:
    if asked.ordering != DEFAULT_ORDERING:
        text = order_label(asked.ordering)
        yield SearchPart(text, "ordering", asked.ordering, {"ordering": None})


def _preferred(criteria: Criteria) -> Iterator[SearchPart]:
    given = criteria.as_parameters()
    for words in criteria.prefer:
        yield SearchPart(words, PREFER, (words,), _less(given, PREFER, (words,)))


def _chip(asked: ParsedSearch, part: SearchPart, phrases: Sequence[Phrase]) -> Chip:
    path = results_path(asked.query(**part.without, cursor=None))
    heard = [
        _heard(each, part, phrases)
        for each in phrases
        if each.name == part.name and set(each.values) & set(part.values)
    ]
    return Chip(part.text, path, min(heard, default="", key=len))


def _heard(said: Phrase, part: SearchPart, phrases: Sequence[Phrase]) -> str:
    """Return what the buyer said for a part of the search, unless that goes without saying."""
    words, text = said.words.casefold(), part.text.casefold()
    beside = {each.name for each in phrases if each.start == said.start}
    if said.name == "within_miles" and "near" in beside and not re.search(r"\b[0-9]", words):
        return "as usual"
    is_implied = (said.name, "model" in beside) == ("make", True)
    is_implied |= (said.name, "near" in beside) == ("ordering", True)
    is_same = words in text or text in words or part.name == "text"
    return "" if is_implied or is_same else f"“{said.words}”"


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
