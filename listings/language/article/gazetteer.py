"""Every name of the catalogue, found in a text in one pass, with what is known of it as a word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

import ahocorasick

from listings.language.article.model_codes import model_codes
from listings.language.article.words import normal
from listings.language.derivative import Catalogue, CatalogueMake, read
from listings.language.lexicon import Speaker, table
from listings.language.spelling import word_frequencies
from listings.language.tokens import Token

Subject = tuple[str, str | None]
"""A make and a model of it, or the make alone; slugs."""

_CODE = re.compile(r"[a-z]{0,3} ?\d{1,4} ?[a-z]{0,2}|[a-z]{1,3}")
_CODE_IN_ONE = re.compile(r"[a-z]{1,3}\d{1,3}|\d{3}")
_NUMBERED = re.compile(r".*[a-z] \d")
_NUMBERED_SHARE = 4


class NameKind(IntEnum):
    """What a name is as a word: the later, the less else it may mean."""

    GENERIC = 0
    NUMBER = 1
    CODE = 2
    WORD = 3
    COINED = 4


@dataclass(frozen=True, slots=True)
class CarName:
    """What a name may mean, and how common a word it is."""

    subject: Subject
    kind: NameKind
    frequency: float = 0.0
    is_small: bool = False
    """Whether the catalogue writes it with a small letter: `i4`."""

    @property
    def make(self) -> str:
        return self.subject[0]

    @property
    def is_model(self) -> bool:
        return self.subject[1] is not None

    def of_make(self) -> Self:
        """Return the make that a name beside it tells, where it is no model that is known."""
        return replace(self, subject=(self.make, None))


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text: its words from `start` up to `end`, and what it may mean."""

    start: int
    end: int
    names: tuple[CarName, ...]


class Gazetteer:
    """Finds the longest names first met."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._titles = dict(_titles(catalogue))
        misspelt = table("misspelt")[Speaker.ARTICLE]
        meanings: dict[str, dict[Subject, str]] = {}
        for spelling, subject, name in _spellings(catalogue):
            for each in (spelling, *misspelt.get(spelling, ())):
                meanings.setdefault(each, {}).setdefault(subject, name)
        self._automaton = ahocorasick.Automaton()
        for spelling, found in meanings.items():
            names = tuple(_name(spelling, *each) for each in found.items())
            self._automaton.add_word(f" {spelling} ", (spelling.count(" ") + 1, names))
        self._automaton.make_automaton()
        self.numbering = frozenset(make.key for make in catalogue.makes if _is_numbering(make))
        """Makes that tell their models apart by a number behind a word: Atto 2, Atto 3."""

    def title(self, make: str, model: str | None) -> str:
        """Return a make's name, or a model's with its make's, for people."""
        return self._titles[make, model]

    def find(self, words: Sequence[Token]) -> list[Hit]:
        """Return the names, in order and without overlap; none reaches across a stop."""
        if not self._titles:  # an automaton without words finds nothing but errors
            return []
        text = " " + " ".join([word.key for word in words]) + " "
        place_of = {}
        offset = 0
        for place, word in enumerate(words):
            offset += len(word.key) + 1
            place_of[offset] = place
        found = [
            Hit(place_of[end] - length + 1, place_of[end] + 1, names)
            for end, (length, names) in self._automaton.iter(text)
        ]
        return list(_longest(found, words))


def _longest(found: list[Hit], words: Sequence[Token]) -> Iterator[Hit]:
    reached = 0
    for hit in sorted(found, key=lambda each: (each.start, -each.end)):
        is_whole = not any(word.follows_stop for word in words[hit.start + 1 : hit.end])
        if hit.start >= reached and is_whole:
            reached = hit.end
            yield hit


def _titles(catalogue: Catalogue) -> Iterator[tuple[Subject, str]]:
    for make in catalogue.makes:
        yield (make.key, None), make.names[0]
        for model in make.models:
            yield (make.key, model.key), f"{make.names[0]} {model.names[0]}"


def _spellings(catalogue: Catalogue) -> Iterator[tuple[str, Subject, str]]:
    """Yield each spelling with what it means and the name that it is a spelling of."""
    for make in catalogue.makes:
        for spelling in _ways(make.names):
            yield spelling, (make.key, None), make.names[0]
        for model in make.models:
            for spelling in _ways(model.names):
                yield spelling, (make.key, model.key), model.names[0]
            for code in model_codes(make.key, model.key):
                yield code, (make.key, model.key), code


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


def _name(spelling: str, subject: Subject, name: str) -> CarName:
    frequencies = word_frequencies()
    words = spelling.split()
    known = [frequencies.get(word) or frequencies.get(word.removesuffix("s")) for word in words]
    frequency = min((each for each in known if each), default=0.0) if all(known) else 0.0
    frequency /= len(words)
    kind = _kind(spelling, is_word=bool(frequency))
    if subject[1] and _is_generic(spelling):
        kind = NameKind.GENERIC
    return CarName(subject, kind, frequency, name[:1].islower() or spelling[0].isdigit())


def _kind(spelling: str, *, is_word: bool) -> NameKind:
    if spelling.replace(" ", "").isdigit():
        return NameKind.NUMBER
    if _CODE.fullmatch(spelling):
        return NameKind.CODE
    return NameKind.WORD if is_word else NameKind.COINED


def _is_generic(spelling: str) -> bool:
    """Return whether many makes say it: a letter, or the body or fuel of a derivative."""
    found = read(spelling)
    return len(spelling) == 1 or bool(found.body_type or found.fuel)


def _is_numbering(make: CatalogueMake) -> bool:
    numbered = sum(bool(_NUMBERED.fullmatch(normal(model.names[0]))) for model in make.models)
    return numbered * _NUMBERED_SHARE > len(make.models)
