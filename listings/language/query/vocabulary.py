"""The names of makes, models and places that a buyer's words can hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from listings.language.derivative import Catalogue
from listings.language.query.measures import WORDS
from listings.language.query.phrases import KEYWORDS, NEGATIONS
from listings.language.query.table import PhraseTable, words_of
from listings.language.spelling import Spelling
from listings.language.tokens import fold

_KEY = re.compile(r"[a-z0-9+#]+")
_WORD = re.compile(r"[a-z]{4,}")

# Names that are ordinary words of a search, or badges of other makes' cars: they mean the model
# only right after its make ("Ford Edge"), and are words of the title elsewhere.
NEEDS_MAKE = words_of(
    """
    academy across arena cabrio cabriolet camper carry classic combo compact connect convertible
    coupe csr dawn delta e edge electric elite europa evolution excel expert gran gt gtc gts
    hatch hatchback holidays idea insight legend life logo man master maxi move
    mpv note pilot roadster seven shuttle spider spirit sport spring spyder stream super traveller
    up wind metro one plus ram lm sei sts ace partner pride junior daily v8
    """
)
# Two letters that mean nothing else.
_SHORT_NAMES = frozenset({"tt", "ka", "xf", "xe", "xk", "mx"})
_MAKES_NOT_ALONE = frozenset({"ac", "man"})
# Names kept for feeds that a buyer does not mean so: every body of a MINI is sold as a Cooper, and
# an "Audi cabriolet" is any Audi without a roof.
_NOT_NAMES = frozenset({("mini", "cooper"), ("audi", "cabriolet"), ("mini", "electric")})
_DIGITS_MIN = 3  # "911" is a name by itself, "90" is not
_LETTERS_MIN = 3
_PLACE_LETTERS_MIN = 6
_PLUGGED = ("{}electric", "{}ev", "e{}", "electrified{}")
_HYBRID = ("{}hybrid", "{}plugin", "{}phev")


class NamedModel(NamedTuple):
    make: str
    slug: str


@dataclass(frozen=True)
class Vocabulary:
    """Everything that can be named; build it once and read many texts with it.

    `places` maps what buyers call a place, in lower case, to what `near` takes.
    """

    catalogue: Catalogue
    places: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def makes(self) -> Mapping[str, str]:
        """Makes by joined name or alias."""
        return {
            key: make.key
            for make in self.catalogue.makes
            for key in map(joined, make.names)
            if key not in _MAKES_NOT_ALONE
        }

    @cached_property
    def models(self) -> Mapping[str, tuple[NamedModel, ...]]:
        """Models by joined name, with the make before it or, where that is clear, without."""
        found: dict[str, dict[NamedModel, None]] = {}
        for make_names, key, model in self._named():
            spelled = [name + key for name in make_names]
            for name in (*spelled, key) if _stands_alone(key) else spelled:
                found.setdefault(name, {})[model] = None
        return {name: tuple(models) for name, models in found.items()}

    @cached_property
    def kin(self) -> Mapping[tuple[NamedModel, str], tuple[NamedModel, ...]]:
        """By model and fuel: the models that are it with that fuel ("Corsa Electric")."""
        by_key = {(model.make, key): model for _, key, model in self._named()}
        found: dict[tuple[NamedModel, str], tuple[NamedModel, ...]] = {}
        for (make, key), model in by_key.items():
            for fuel, patterns in (("electric", _PLUGGED), ("hybrid", _HYBRID)):
                keys = [(make, pattern.format(key)) for pattern in patterns]
                if kin := tuple(by_key[other] for other in keys if other in by_key):
                    found[model, fuel] = kin
        return found

    @cached_property
    def place_names(self) -> PhraseTable[str]:
        """What `near` takes, by the words of a place's name."""
        return PhraseTable({tuple(name.split()): value for name, value in self.places.items()})

    @cached_property
    def place_spelling(self) -> Spelling:
        """The words that a slip can be meant for where a place must be."""
        return Spelling(self.place_names.words)

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
        named |= {word for word in self.place_names.words if len(word) >= _PLACE_LETTERS_MIN}
        return Spelling(frozenset(named | WORDS | KEYWORDS.words | NEGATIONS.words))

    def _named(self) -> Iterator[tuple[list[str], str, NamedModel]]:
        """Every joined name of a model, with the joined names of its make."""
        for make in self.catalogue.makes:
            make_names = [joined(name) for name in make.names]
            for model in make.models:
                for key in map(joined, model.names):
                    if (make.key, key) not in _NOT_NAMES and "door" not in key:
                        yield make_names, key, NamedModel(make.key, model.key)


def joined(name: str) -> str:
    """Return what the spellings of a name share; plus and hash tell models apart."""
    return "".join(_KEY.findall(fold(name).lower()))


def _stands_alone(key: str) -> bool:
    if key in NEEDS_MAKE:
        return False
    if key.isdecimal():
        return len(key) >= _DIGITS_MIN
    if key.isalpha():
        return len(key) >= _LETTERS_MIN or key in _SHORT_NAMES
    return len(key) > 1
