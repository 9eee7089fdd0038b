"""What is suggested, and how well it fits what somebody has typed."""

import dataclasses
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from listings.search.suggest.keys import Key


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


def exactness_of(key: Key, typed: str) -> Exactness:
    if key.is_inner:
        return Exactness.INNER
    return Exactness.WHOLE if key.text == typed else Exactness.BEGINNING


def forgiven(found: Found, *, is_first: bool = False) -> Found:
    """Put what fits with a slip behind, further where the slip is in the first letter."""
    for exactness, suggestion in found:
        yield exactness + Exactness.SLIP * (1 + is_first), suggestion


def rank(suggestion: SearchSuggestion, exactness: int) -> tuple[int, int, int, str, str, str]:
    return (
        exactness,
        suggestion.kind,
        -suggestion.count,
        suggestion.text,
        suggestion.make,
        suggestion.model or "",
    )
