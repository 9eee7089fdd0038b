"""What was made of a buyer's words, as the results page tells it: chips to take away, and the rest.

The filters in the address are the search; the words beside them (`said`) only tell where each came
from and what could not be used.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms

from listings.api.filter_labels import filter_label
from listings.api.words import LENGTH_MAX, FreeTextParameter, effect, read_words
from listings.language.query import ParsedQuery, Phrase, merge
from listings.pages.search_form import order_label
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
    """Tell of every filter there is, one by one, each with the way back, and of the words."""
    said = asked.others["said"]
    meant = merge({}, read_words(said)) if said else ParsedQuery({})
    phrases = meant.phrases
    chips = [_chip(asked, name, value, phrases) for name, value in _parts(asked)]
    return Understood(
        (*chips, *_order(asked, phrases)),
        tuple(_preferred(asked)),
        asked.ordering == DEFAULT_ORDERING,
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


def _parts(asked: ParsedSearch) -> Iterator[tuple[str, Any]]:
    for name, value in asked.criteria.as_parameters().items():
        if name != PREFER:
            yield from ((name, each) for each in (value if isinstance(value, list) else [value]))


def _chip(asked: ParsedSearch, name: str, value: Any, phrases: Sequence[Phrase]) -> Chip:
    dropped: dict[str, Any] = _less(asked, name, value)
    if name == "make":
        dropped["model"] = None
    if name == "near":
        dropped |= {"within_miles": None, "ordering": None}
    text = filter_label(name, value, makes=asked.criteria.make)
    said = [
        _heard(each, text, phrases)
        for each in phrases
        if each.name == name and value in each.values
    ]
    return Chip(text, results_path(asked.query(**dropped)), min(said, default="", key=len))


def _less(asked: ParsedSearch, name: str, value: Any) -> dict[str, Any]:
    """Return the change that takes one value away."""
    values = asked.criteria.as_parameters()[name]
    left = [other for other in values if other != value] if isinstance(values, list) else None
    return {name: left or None, "cursor": None}


def _heard(said: Phrase, text: str, phrases: Sequence[Phrase]) -> str:
    """Return what the buyer said for a part of the search, unless that goes without saying."""
    if said.words.casefold() in text.casefold():
        return ""
    named = {each.name for each in phrases if each.start == said.start}
    if said.name == "make" and "model" in named:
        return ""
    if said.name in ("within_miles", "ordering") and "near" in named:
        return "as usual" if said.name == "within_miles" else ""
    return f"“{said.words}”"


def _order(asked: ParsedSearch, phrases: Sequence[Phrase]) -> Iterator[Chip]:
    if "ordering" in (name for name, value in asked.parameters().items() if value):
        text = order_label(asked.ordering)
        said = [
            _heard(each, text, phrases)
            for each in phrases
            if each.name == "ordering" and set(each.values) & set(asked.ordering)
        ]
        path = results_path(asked.query(ordering=None, cursor=None))
        yield Chip(text, path, min(said, default="", key=len))


def _preferred(asked: ParsedSearch) -> Iterator[Chip]:
    for words in asked.criteria.prefer:
        yield Chip(words, results_path(asked.query(**_less(asked, PREFER, words))))
