"""Every name of the catalogue, found in a text in one pass."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import ahocorasick

from listings.language.article.ambiguity import (
    COINED,
    DECOYS,
    GENERIC,
    GROUPS,
    KNOWN_MAKES,
    MISSPELT,
    ORDINARY_MAKES,
)
from listings.language.article.model_codes import model_codes
from listings.language.article.tokens import ArticleToken, normal
from listings.language.derivative import Catalogue

_CODE = re.compile(r"[a-z]{0,3} ?\d{1,4} ?[a-z]{0,2}|[a-z]{1,3}")


_CODE_IN_ONE = re.compile(r"[a-z]{1,3}\d{1,3}|\d{3}")


class Certainty(IntEnum):
    """How far a name alone tells that a car is meant."""

    GENERIC = 0
    NUMBER = 1
    CODE = 2
    WORD = 3
    DISTINCT = 4


@dataclass(frozen=True, slots=True)
class CarName:
    """What a name may mean: a make, or a model of it; slugs."""

    make: str
    model: str | None
    certainty: Certainty
    is_small: bool = False
    """Whether the catalogue writes it with a small letter: `i4`."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text: its words from `start` up to `end`, and what it may mean."""

    start: int
    end: int
    names: tuple[CarName, ...]
    denied: frozenset[str] = frozenset()
    """Makes whose name is in a phrase that means something else."""


class Gazetteer:
    """Finds the longest names first met; phrases that only look like one hide it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._titles = dict(_titles(catalogue))
        meanings: dict[str, dict[CarName, None]] = {}
        for spelling, name in _spellings(catalogue):
            meanings.setdefault(spelling, {})[name] = None
        self._automaton = ahocorasick.Automaton()
        for spelling, names in meanings.items():
            self._add(spelling, tuple(names), frozenset())
        for phrase in DECOYS:
            self._add(phrase, (), _denied(phrase, meanings))
        for phrase in GROUPS:
            self._add(phrase, (), frozenset())
        self._automaton.make_automaton()

    def title(self, make: str, model: str | None) -> str:
        """Return a make's name, or a model's with its make's, for people."""
        return self._titles[make, model]

    def _add(self, spelling: str, names: tuple[CarName, ...], denied: frozenset[str]) -> None:
        length = spelling.count(" ") + 1
        self._automaton.add_word(f" {spelling} ", (length, names, denied))

    def find(self, words: Sequence[ArticleToken]) -> list[Hit]:
        """Return the names, in order and without overlap; none reaches across a stop."""
        text = " " + " ".join(word.normal for word in words) + " "
        place_of = {}
        offset = 0
        for place, word in enumerate(words):
            offset += len(word.normal) + 1
            place_of[offset] = place
        found = [
            Hit(place_of[end] - length + 1, place_of[end] + 1, names, denied)
            for end, (length, names, denied) in self._automaton.iter(text)
        ]
        return list(_longest(found, words))


def _longest(found: list[Hit], words: Sequence[ArticleToken]) -> Iterator[Hit]:
    reached = 0
    for hit in sorted(found, key=lambda each: (each.start, -each.end)):
        is_whole = not any(word.follows_stop for word in words[hit.start + 1 : hit.end])
        if hit.start >= reached and is_whole:
            reached = hit.end
            yield hit


def _denied(phrase: str, meanings: Mapping[str, Mapping[CarName, None]]) -> frozenset[str]:
    parts = phrase.split()
    runs = (parts[start:end] for start in range(len(parts)) for end in range(start + 1, len(parts)))
    return frozenset(
        name.make for run in runs for name in meanings.get(" ".join(run), ()) if name.model is None
    )


def _titles(catalogue: Catalogue) -> Iterator[tuple[tuple[str, str | None], str]]:
    for make in catalogue.makes:
        yield (make.key, None), make.names[0]
        for model in make.models:
            yield (make.key, model.key), f"{make.names[0]} {model.names[0]}"


def _spellings(catalogue: Catalogue) -> Iterator[tuple[str, CarName]]:
    for make in catalogue.makes:
        for spelling in _ways(make.names):
            name = CarName(make.key, None, _certainty_of_make(spelling))
            yield from ((each, name) for each in (spelling, *MISSPELT.get(spelling, ())))
        called = tuple(normal(name) for name in make.names)
        for model in make.models:
            for spelling in _ways(model.names):
                is_full = len(spelling) > 2 and spelling.startswith(called)
                certainty = Certainty.DISTINCT if is_full else _certainty_of_model(spelling)
                name = CarName(make.key, model.key, certainty, model.names[0][:1].islower())
                yield from ((each, name) for each in (spelling, *MISSPELT.get(spelling, ())))
            for code in model_codes(make.key, model.key):
                yield code, CarName(make.key, model.key, Certainty.CODE, code[0].isdigit())


def _ways(names: Iterable[str]) -> Iterator[str]:
    """Yield the spellings of some names: also joined (ID3, GWagon), and in the plural."""
    for name in names:
        spelling = normal(name)
        yield spelling
        parts = spelling.split()
        joined = "".join(parts)
        if len(parts) > 1 and (len(parts[0]) <= 2 or any(map(str.isdigit, joined))):
            yield joined
        is_long = len(spelling) > 3 and spelling[-1].isalpha() and spelling[-1] != "s"
        if is_long or _CODE_IN_ONE.fullmatch(spelling):
            yield f"{spelling}s"


def _certainty_of_make(spelling: str) -> Certainty:
    stem = spelling.removesuffix("s")
    if spelling in KNOWN_MAKES or stem in KNOWN_MAKES:
        return Certainty.DISTINCT
    is_ordinary = spelling in ORDINARY_MAKES or stem in ORDINARY_MAKES
    return Certainty.WORD if is_ordinary else Certainty.GENERIC


def _certainty_of_model(spelling: str) -> Certainty:
    stem = spelling.removesuffix("s")
    if spelling in GENERIC or stem in GENERIC:
        return Certainty.GENERIC
    if spelling.replace(" ", "").isdigit():
        return Certainty.NUMBER
    if _is_coined(spelling):
        return Certainty.DISTINCT
    return Certainty.CODE if _CODE.fullmatch(spelling) else Certainty.WORD


def _is_coined(spelling: str) -> bool:
    words = spelling.split()
    pairs = (" ".join(pair) for pair in pairwise(words))
    return any(each in COINED or each.removesuffix("s") in COINED for each in (*words, *pairs))
