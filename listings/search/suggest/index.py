"""Names and what they lead to, looked up by what somebody has typed so far."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from heapq import nsmallest
from typing import NamedTuple

from listings.language.spelling import Spelling
from listings.search.suggest.keys import Key, Keys, keys_of, words


class SuggestionKind(IntEnum):
    """What a suggestion is; of equally good ones the wider comes first."""

    MAKE = 1
    MODEL = 2
    DERIVATIVE = 3


@dataclasses.dataclass(frozen=True, eq=False, slots=True)
class SearchSuggestion:
    """Something to search for, and how many public adverts it has.

    `text` is for people; `make` and `model` are slugs; `phrase` is what an advert's text says.
    """

    kind: SuggestionKind
    text: str
    count: int
    make: str
    model: str | None = None
    phrase: str | None = None


class NamedSuggestion(NamedTuple):
    """A suggestion and the names it goes by, each as words; makes have no `phrases`."""

    suggestion: SearchSuggestion
    names: tuple[tuple[str, ...], ...]
    phrases: tuple[SearchSuggestion, ...] = ()


class Exactness(IntEnum):
    """How well a name fits, best first; `SLIP` is added where a slip had to be forgiven."""

    WHOLE = 0
    BEGINNING = 1
    INNER = 2
    SLIP = 3


Found = Iterator[tuple[int, SearchSuggestion]]


class Index:
    """Makes, models and derivatives by name; never changes once made."""

    def __init__(self, named: Sequence[NamedSuggestion], *, is_whole: bool = True) -> None:
        """`is_whole` tells whether everything is in it that should be."""
        self.is_whole = is_whole
        self._suggestions = [each.suggestion for each in named]
        self.counts = {(each.make, each.model): each.count for each in self._suggestions}
        self._keys = Keys(
            key
            for place, each in enumerate(named)
            for name in each.names
            for key in keys_of(list(name), place)
        )
        self._phrases = {
            place: _Phrases(each.phrases) for place, each in enumerate(named) if each.phrases
        }
        self._models = _models_of_makes(self._suggestions)
        words_of_names = (word for each in named for name in each.names for word in name)
        self._spelling = _spelling(frozenset(words_of_names))

    def find(self, text: str, limit: int) -> list[SearchSuggestion]:
        """Return the best suggestions.

        Slips are forgiven only where nothing fits without, and what nobody sells is suggested only
        where nothing that is sold fits as well.
        """
        typed = words(text)
        if not typed:
            return []
        for found in (self._direct(typed), self._slipped(typed), self._respelled(typed)):
            best: dict[SearchSuggestion, int] = {}
            for exactness, suggestion in found:
                best[suggestion] = min(exactness, best.get(suggestion, exactness))
            sold = {each: exactness for each, exactness in best.items() if each.count}
            if best:
                return nsmallest(limit, sold or best, key=lambda each: _rank(each, best[each]))
        return []

    def _direct(self, typed: list[str]) -> Found:
        yield from self._named("".join(typed))
        for head, rest in _splits(typed):
            for place in self._called(head):
                for each in self._with_models(place):
                    yield from self._phrases[each].starting(rest)

    def _slipped(self, typed: list[str]) -> Found:
        whole = "".join(typed)
        for beginning in self._keys.slips(whole):
            yield from _forgiven(self._named(beginning), is_first=beginning[0] != whole[0])
        for head, rest in _splits(typed):
            for place in self._called(head):
                if place in self._phrases:
                    yield from _forgiven(self._phrases[place].slipped(rest))
            for near in self._keys.slips(head):
                is_first = near[0] != head[0]
                for place in self._called(near):
                    for each in self._with_models(place):
                        yield from _forgiven(self._phrases[each].starting(rest), is_first=is_first)

    def _respelled(self, typed: list[str]) -> Found:
        """What was meant where a whole word has more than one slip: "citeron"."""
        meant = [self._spelling.meant(word, may_be_ordinary=True) or word for word in typed]
        if meant != typed:
            yield from _forgiven(self._direct(meant))

    def _named(self, beginning: str) -> Found:
        for key in self._keys.starting(beginning):
            yield _exactness(key, beginning), self._suggestions[key.target]

    def _called(self, name: str) -> set[int]:
        """Return what has exactly this name."""
        starting = self._keys.starting(name)
        return {key.target for key in starting if key.text == name and not key.is_inner}

    def _with_models(self, place: int) -> list[int]:
        """Return a model, or the models of a make, as far as there are phrases of it."""
        return [each for each in (place, *self._models.get(place, ())) if each in self._phrases]


class _Phrases:
    """What the adverts of one model say of themselves."""

    def __init__(self, suggestions: Sequence[SearchSuggestion]) -> None:
        self._suggestions = suggestions
        self._keys = Keys(
            key
            for place, each in enumerate(suggestions)
            for key in keys_of(words(each.phrase or ""), place)
        )

    def starting(self, text: str) -> Found:
        for key in self._keys.starting(text):
            yield _exactness(key, text), self._suggestions[key.target]

    def slipped(self, text: str) -> Found:
        for beginning in self._keys.slips(text):
            yield from self.starting(beginning)


@lru_cache(maxsize=1)
def _spelling(names: frozenset[str]) -> Spelling:
    """Return the same as before where the names are, so that an index costs little."""
    return Spelling(names)


def _models_of_makes(suggestions: Iterable[SearchSuggestion]) -> Mapping[int, list[int]]:
    models: defaultdict[str, list[int]] = defaultdict(list)
    makes: dict[int, str] = {}
    for place, each in enumerate(suggestions):
        if each.kind is SuggestionKind.MAKE:
            makes[place] = each.make
        else:
            models[each.make].append(place)
    return {place: models[make] for place, make in makes.items()}


def _splits(typed: list[str]) -> Iterator[tuple[str, str]]:
    """Yield every way to take the words as a name and what follows it."""
    for place in range(1, len(typed)):
        yield "".join(typed[:place]), "".join(typed[place:])


def _exactness(key: Key, typed: str) -> Exactness:
    if key.is_inner:
        return Exactness.INNER
    return Exactness.WHOLE if key.text == typed else Exactness.BEGINNING


def _forgiven(found: Found, *, is_first: bool = False) -> Found:
    """Put what fits with a slip behind, further where the slip is in the first letter."""
    for exactness, suggestion in found:
        yield exactness + Exactness.SLIP * (1 + is_first), suggestion


def _rank(suggestion: SearchSuggestion, exactness: int) -> tuple[int, int, int, str, str, str]:
    return (
        exactness,
        suggestion.kind,
        -suggestion.count,
        suggestion.text,
        suggestion.make,
        suggestion.model or "",
    )
