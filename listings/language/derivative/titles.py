"""Finding make and model at the start of an advert's title."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from listings.language.derivative.parsed_derivative import ParsedDerivative
from listings.language.derivative.parser import read
from listings.language.model_badges import model_of_badge
from listings.language.tokens import Token, tokens

_KEY_WORDS_MAX = 8
# What may stand before the make: "Used 2019 (19) BMW".
_LEADING_WORDS_MAX = 3
_LEADING_WORD = re.compile(r"used|new|\d{2}|(?:19|20)\d{2}|reg|plate", re.IGNORECASE)
_MODEL_ALONE_LETTERS_MIN = 4
T = TypeVar("T")

_SEPARATORS = " \t\r\n-\u2013\u2014,:;|/."


@dataclass(frozen=True)
class CatalogueModel:
    """A model's key, its names and aliases."""

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueMake:
    """A make's key, its names and aliases ("Mercedes-Benz", "Merc"), and its models."""

    key: str
    names: tuple[str, ...]
    models: tuple[CatalogueModel, ...] = ()

    @cached_property
    def model_names(self) -> Mapping[str, str]:
        """Model keys by joined name."""
        return {joined(name): model.key for model in self.models for name in model.names}


@dataclass(frozen=True)
class Catalogue:
    """The makes that titles can name; build it once and read many titles with it."""

    makes: tuple[CatalogueMake, ...]

    @cached_property
    def make_names(self) -> Mapping[str, CatalogueMake]:
        """Makes by joined name or alias."""
        return {joined(name): make for make in self.makes for name in make.names}

    @cached_property
    def full_names(self) -> Mapping[str, tuple[CatalogueMake, str]]:
        """Makes and model keys by make and model joined: "mazda2", "landroverdefender"."""
        return {
            joined(name) + model_name: (make, key)
            for make in self.makes
            for name in make.names
            for model_name, key in make.model_names.items()
        }

    @cached_property
    def makes_by_model(self) -> Mapping[str, CatalogueMake]:
        """The only make that has a model of this joined name, which holds some letters."""
        owners: dict[str, list[CatalogueMake]] = {}
        for make in self.makes:
            for name in make.model_names:
                owners.setdefault(name, []).append(make)
        return {
            name: makes[0]
            for name, makes in owners.items()
            if len(makes) == 1 and sum(map(str.isalpha, name)) >= _MODEL_ALONE_LETTERS_MIN
        }


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """The catalogue's keys, None where unknown; the derivative is what follows them."""

    make: str | None
    model: str | None
    derivative: str
    parsed: ParsedDerivative


def read_title(text: str, catalogue: Catalogue) -> ParsedTitle:
    """Return make, model and derivative of a title; the longest name that matches wins."""
    title = _Title(text)
    make, model, position = _named(title, catalogue)
    if make is not None and model is None:
        model = title.of_badge(position, make)
    derivative = title.text_from(position)
    return ParsedTitle(None if make is None else make.key, model, derivative, read(derivative))


def _named(title: "_Title", catalogue: Catalogue) -> tuple[CatalogueMake | None, str | None, int]:
    """Return the make, the model and the position after them."""
    for start in range(_LEADING_WORDS_MAX + 1):
        full, after = title.longest(start, catalogue.full_names)
        if full is not None:
            return *full, after
        make, after = title.longest(start, catalogue.make_names)
        if make is not None:
            again, after_again = title.longest(after, catalogue.full_names)
            if again is not None and again[0] is make:  # "Volkswagen VOLKSWAGEN Golf"
                return *again, after_again
            return make, None, after
        implied, _ = title.longest(start, catalogue.makes_by_model)
        if implied is not None:
            return implied, *title.longest(start, implied.model_names)
        if not title.is_leading(start):
            break
    return None, None, 0


class _Title:
    def __init__(self, text: str) -> None:
        self._text = text
        # Decimals stay whole, so that the 2 of "2.0" is never taken for a Mazda 2.
        found = _words(text)
        self._words = [token.key for token in found]
        self._ends = [token.end for token in found]

    def longest(self, start: int, names: Mapping[str, T]) -> tuple[T | None, int]:
        """Return the value of the longest name at `start` and the position after it."""
        for end in range(min(start + _KEY_WORDS_MAX, len(self._words)), start, -1):
            value = names.get("".join(self._words[start:end]))
            if value is not None:
                return value, end
        return None, start

    def of_badge(self, start: int, make: CatalogueMake) -> str | None:
        """Return the model of a make that the badge at `start`, or all behind it, mean: "320d"."""
        words = self._words[start:]
        ahead = (model_of_badge("".join(words[:count])) for count in (3, 2, 1))
        first = next(filter(None, ahead), None)
        anywhere = [each for each in map(model_of_badge, words) if each and each.is_certain]
        badges = [first] if first else anywhere
        models = {make.model_names.get(each.model) for each in badges if each.make == make.key}
        return models.pop() if len(models) == 1 else None

    def is_leading(self, position: int) -> bool:
        words = self._words
        return position < len(words) and _LEADING_WORD.fullmatch(words[position]) is not None

    def text_from(self, position: int) -> str:
        start = self._ends[position - 1] if position else 0
        rest = self._text[start:].lstrip(_SEPARATORS + "!)+'\"").rstrip(_SEPARATORS + "!'\"")
        return rest.rstrip(")" + _SEPARATORS) if rest.count("(") < rest.count(")") else rest


def _words(text: str) -> list[Token]:
    """Return the words; a plus written to one and a hash tell models apart: Ka+, smart #1."""
    return [
        token
        for token in tokens(text)
        if not token.is_sign or token.key == "#" or (token.key == "+" and token.is_glued)
    ]


def joined(name: str) -> str:
    """Return what the spellings of a name share; plus and hash tell models apart."""
    return "".join(token.key for token in _words(name))
