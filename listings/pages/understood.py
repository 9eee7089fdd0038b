"""What was made of a buyer's words, as the results page tells it: chips to take away, and the rest.

The filters in the address are the search; the words beside them (`said`) only tell where each came
from and what could not be used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms

from listings.api.filter_labels import filter_label
from listings.api.words import LENGTH_MAX, FreeTextParameter, read_words
from listings.language.query import ParsedQuery, Phrase
from listings.pages.search_form import order_label
from listings.site.addresses import results_path
from listings.site.query_string import ParsedSearch

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
    """What narrows or orders the search, what only comes first, and what is not used."""

    chips: tuple[Chip, ...]
    preferred: tuple[Chip, ...]
    unused: tuple[UnusedWords, ...]


def understood(asked: ParsedSearch) -> Understood:
    """Tell of every filter there is, one by one, each with the way back, and of the words."""
    said = asked.others.get("said")
    phrases = read_words(said).phrases if said else ()
    chips = [_chip(asked, name, value, phrases) for name, value in _parts(asked)]
    return Understood(
        (*chips, *_order(asked, phrases)),
        tuple(_preferred(asked)),
        tuple(
            UnusedWords(phrase.words, phrase.note)
            for phrase in phrases
            if phrase.name is None and phrase.note
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
    said = next((each for each in phrases if each.name == name and value in each.values), None)
    return Chip(text, results_path(asked.query(**dropped)), _heard(said, text, phrases))


def _less(asked: ParsedSearch, name: str, value: Any) -> dict[str, Any]:
    """Return the change that takes one value away."""
    values = asked.criteria.as_parameters()[name]
    left = [other for other in values if other != value] if isinstance(values, list) else None
    return {name: left or None, "cursor": None}


def _heard(said: Phrase | None, text: str, phrases: Sequence[Phrase]) -> str:
    """Return what the buyer said for a part of the search, unless that goes without saying."""
    if said is None or said.words.casefold() in text.casefold():
        return ""
    models = [each.start for each in phrases if each.name == "model"]
    return "" if said.name == "make" and said.start in models else said.words


def _order(asked: ParsedSearch, phrases: Sequence[Phrase]) -> Iterator[Chip]:
    if "ordering" in (name for name, value in asked.parameters().items() if value):
        said = next((each for each in phrases if each.name == "ordering"), None)
        text = order_label(asked.ordering)
        path = results_path(asked.query(ordering=None, cursor=None))
        yield Chip(text, path, _heard(said, text, phrases))


def _preferred(asked: ParsedSearch) -> Iterator[Chip]:
    for words in _listed(asked.criteria.as_parameters(), PREFER):
        yield Chip(words, results_path(asked.query(**_less(asked, PREFER, words))))


def _listed(parameters: Mapping[str, Any], name: str) -> list[str]:
    return list(parameters.get(name, []))
