"""The names of makes, models and places that a buyer's words can hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from listings.language.derivative import Catalogue, joined
from listings.language.lexicon import table
from listings.language.model_badges import model_of_badge
from listings.language.query.measures import WORDS
from listings.language.query.phrases import KEYWORDS, NEGATIONS
from listings.language.spelling import Spelling, spelling_of
from listings.language.tokens import fold
from listings.search.places.named_places import WELL_KNOWN

_WORD = re.compile(r"[a-z]{4,}")

# Names that mean the model only right after its make ("Ford Edge").
NEEDS_MAKE = frozenset(table("bare_name")["needs_make"]["names"])
# Two letters that mean nothing else.
_SHORT_NAMES = frozenset({"tt", "ka", "xf", "xe", "xk", "mx"})
_MAKES_NOT_ALONE = frozenset({"ac", "man"})
# Names kept for feeds that a buyer does not mean so: every body of a MINI is sold as a Cooper, an
# "Audi cabriolet" is any Audi without a roof, and a plus is part of the Qashqai+2.
_NOT_NAMES = frozenset(
    {("mini", "cooper"), ("audi", "cabriolet"), ("mini", "electric"), ("nissan", "qashqai2")}
)
_DIGITS_MIN = 3  # "911" is a name by itself, "90" is not
_LETTERS_MIN = 3
_PLUGGED = ("{}electric", "{}ev", "e{}", "electrified{}")
_HYBRID = ("{}hybrid", "{}plugin", "{}phev")


T = TypeVar("T")


class NamedModel(NamedTuple):
    make: str
    slug: str


@dataclass(frozen=True)
class Vocabulary:
    """Every car that can be named; build it once and read many texts with it."""

    catalogue: Catalogue

    @cached_property
    def makes(self) -> Mapping[str, str]:
        """Makes by joined name, alias or nickname."""
        makes = self.catalogue.make_names.items()
        named = {key: make.key for key, make in makes if key not in _MAKES_NOT_ALONE}
        return {**_by_nickname(named), **named}

    @cached_property
    def models(self) -> Mapping[str, tuple[NamedModel, ...]]:
        """Models by joined name, with the make before it or, where that is clear, without."""
        found: dict[str, dict[NamedModel, None]] = {}
        for make_names, key, model in self._named():
            spelled = [name + key for name in make_names]
            for name in (*spelled, key) if _stands_alone(key) else spelled:
                found.setdefault(name, {})[model] = None
        named = {name: tuple(models) for name, models in found.items()}
        return {**_by_nickname(named), **named}

    def prepare(self) -> None:
        """Make all that is read from it, which takes a while, so that no thread does it twice."""
        _ = self.makes, self.models, self.kin
        self.spelling.prepare()

    def is_name(self, key: str) -> bool:
        """Whether a joined name is that of a model or a make."""
        return key in self.models or key in self.makes

    def of_badge(self, key: str, make: str | None) -> NamedModel | None:
        """Return the model that a badge means, beside its make or without: "320d"."""
        badge = model_of_badge(key)
        if badge is None or not (badge.make == make or (make is None and badge.is_certain)):
            return None
        return self._by_key.get((badge.make, badge.model))

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], NamedModel]:
        return {(model.make, key): model for _, key, model in self._named()}

    @cached_property
    def kin(self) -> Mapping[tuple[NamedModel, str], tuple[NamedModel, ...]]:
        """By model and fuel: the models that are it with that fuel ("Corsa Electric")."""
        by_key = self._by_key
        found: dict[tuple[NamedModel, str], tuple[NamedModel, ...]] = {}
        for (make, key), model in by_key.items():
            for fuel, patterns in (("electric", _PLUGGED), ("hybrid", _HYBRID)):
                keys = [(make, pattern.format(key)) for pattern in patterns]
                if kin := tuple(by_key[other] for other in keys if other in by_key):
                    found[model, fuel] = kin
        return found

    @cached_property
    def spelling(self) -> Spelling:
        """The words that a slip can be meant for."""
        named = {
            word
            for make in self.catalogue.makes
            for name in (*make.names, *(name for model in make.models for name in model.names))
            for word in (*_WORD.findall(fold(name).lower()), joined(name))
            if word.isalpha()
        }
        named |= {
            word
            for field in ("trims", "nickname")
            for lists in table(field).values()
            for names in lists.values()
            for name in names
            for word in _WORD.findall(name.lower())
        }
        named |= WELL_KNOWN
        return spelling_of(frozenset(named | WORDS | KEYWORDS.words | NEGATIONS.words))

    def _named(self) -> Iterator[tuple[list[str], str, NamedModel]]:
        """Every joined name of a model, with the joined names of its make."""
        for make in self.catalogue.makes:
            make_names = [joined(name) for name in make.names]
            for key, model in make.model_names.items():
                if (make.key, key) not in _NOT_NAMES and "door" not in key:
                    yield make_names, key, NamedModel(make.key, model)


def _by_nickname(named: Mapping[str, T]) -> dict[str, T]:
    """What buyers call the makes or models that are named."""
    return {
        joined(nickname): named[joined(name)]
        for name, lists in table("nickname").items()
        for nickname in lists["buyer"]
        if joined(name) in named
    }


def _stands_alone(key: str) -> bool:
    if key in NEEDS_MAKE:
        return False
    if key.isdecimal():
        return len(key) >= _DIGITS_MIN
    if key.isalpha():
        return len(key) >= _LETTERS_MIN or key in _SHORT_NAMES
    return len(key) > 1
