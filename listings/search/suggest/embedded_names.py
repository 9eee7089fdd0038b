"""Makes and models that are named among other words, and by badges: "golf gti", "merc c220"."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from listings.language.lexicon import table
from listings.language.model_badges import model_of_badge
from listings.language.spelling import is_ordinary
from listings.search.suggest.keys import Keys
from listings.search.suggest.suggestions import (
    Exactness,
    Found,
    NamedSuggestion,
    SuggestionKind,
)
from listings.search.suggest.trims import has_trim, is_trim

NAME_LENGTH_MIN = 3
BADGE_WORDS_MAX = 3
# "Ford Edge" is a car, "edge" by itself a word.
_NEEDS_MAKE = frozenset(table("bare_name")["needs_make"]["names"])


class Badge(NamedTuple):
    """The place of the model that is sold by a badge, and the words that are the badge.

    It `is_certain` where a make stands before it or only this model has it.
    """

    target: int
    first: int
    last: int
    is_certain: bool


class EmbeddedNames:
    """Finds names in words of which some say something else."""

    def __init__(self, named: Sequence[NamedSuggestion], keys: Keys) -> None:
        self._suggestions = [each.suggestion for each in named]
        self._keys = keys
        self._words = frozenset(word for each in named for name in each.names for word in name)
        self._models = {
            (each.suggestion.make, "".join(name)): target
            for target, each in enumerate(named)
            if each.suggestion.kind is SuggestionKind.MODEL
            for name in each.names
        }

    def badges(self, typed: list[str]) -> Iterator[Badge]:
        """Yield the badges among the words."""
        for first in range(len(typed)):
            makes = {self._suggestions[at].make for at in self._keys.called("".join(typed[:first]))}
            if first and not makes:
                continue
            for last in range(first + 1, min(first + BADGE_WORDS_MAX, len(typed)) + 1):
                badge = model_of_badge("".join(typed[first:last]))
                if badge is None or (makes and badge.make not in makes):
                    continue
                target = self._models.get((badge.make, badge.model))
                if target is not None:
                    yield Badge(target, first, last, bool(makes) or badge.is_certain)

    def find(self, typed: list[str], kind: SuggestionKind) -> Found:
        """What is named among words that nobody sells by: "golf gti" where no advert says GTI.

        The longest name wins; one that is an everyday word, or too short, needs its make.
        """
        if kind is SuggestionKind.MODEL:
            for badge in self.badges(typed):
                if badge.is_certain:
                    yield Exactness.WHOLE, self._suggestions[badge.target]
        for count in range(len(typed), 0, -1):
            found = [
                self._suggestions[place]
                for first in range(len(typed) - count + 1)
                for place in self._called_among(typed, first, first + count)
                if self._suggestions[place].kind is kind
            ]
            if found:
                yield from ((Exactness.WHOLE, each) for each in found)
                return

    def _called_among(self, typed: list[str], first: int, last: int) -> list[int]:
        """Return what the words from `first` to `last` name beside the others.

        A make's name is the make, though another's model is called so too (Rover Mini).
        """
        name, rest = "".join(typed[first:last]), typed[last:]
        is_short = len(name) < NAME_LENGTH_MIN and (
            name.isdecimal() or (name.isalpha() and (first > 0 or is_ordinary(name)))
        )
        is_cut = last - first > 1 and (
            not self._words.issuperset(typed[first:last])  # "go lf"
            or (bool(rest) and is_trim(typed[last - 1] + rest[0]))  # "i20 N Line" is an i20
        )
        if is_short or is_cut:
            return []
        called = self._keys.called(name)
        makes = [at for at in called if self._suggestions[at].kind is SuggestionKind.MAKE]
        found = makes or called
        if name not in _NEEDS_MAKE:
            return found
        trim = "".join(rest)
        return [at for at in found if trim and has_trim(self._suggestions[at].make, trim)]
