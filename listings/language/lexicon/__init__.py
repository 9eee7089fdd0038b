"""The words of the trade as data: one TOML file for each field, by who says them.

In a file stands one table for each stored value of the field, with lists of phrases: `said` by
everybody, and what only a `derivative`, a `feed`, a `buyer` or an `article` says; a `header` is the
name of a feed's column, and `cell` is what says it where it is the whole cell of a feed. "A|B"
spells the same thing twice and is written back as "A". `unless_next` names a list of
`conditions.toml`: words behind which the phrase means something else.
"""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from listings.language.matcher import Phrases
from listings.language.once import once

_FOLDER = Path(__file__).parent


class Speaker(StrEnum):
    DERIVATIVE = "derivative"
    FEED = "feed"
    BUYER = "buyer"
    ARTICLE = "article"
    HEADER = "header"


class Term(NamedTuple):
    """The spellings of one thing, the one to be written first, and the value that it says."""

    names: tuple[str, ...]
    value: str
    unless_next: frozenset[str] = frozenset()


@once
def table(name: str) -> Mapping[str, Any]:
    """Return a file of the lexicon as it stands."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@once
def condition(name: str) -> frozenset[str]:
    """Return the words of a list of `conditions.toml`, none for no name."""
    return frozenset(table("conditions")[name].split() if name else ())


@once
def terms(field: str, speaker: Speaker) -> tuple[Term, ...]:
    """Return what a speaker says of a field, in the order of the file."""
    return tuple(
        _term(entry, value)
        for value, lists in table(field).items()
        for who in ("said", speaker.value)
        for entry in lists.get(who, ())
    )


@once
def whole_cells(field: str) -> Mapping[str, str]:
    """Return the values by the texts that say so as the whole cell of a feed only."""
    return {
        text.lower(): value
        for value, lists in table(field).items()
        for text in lists.get("cell", ())
    }


@once
def phrases(field: str, speaker: Speaker) -> Phrases[Term]:
    """Return the phrases that a speaker says of a field, and the term of each."""
    return Phrases((name, term) for term in terms(field, speaker) for name in term.names)


def values(field: str, speaker: Speaker) -> Iterator[tuple[str, str]]:
    """Yield every phrase that a speaker says of a field, with the value that it says."""
    for term in terms(field, speaker):
        for name in term.names:
            yield name.lower(), term.value


def _term(entry: str | Mapping[str, str], value: str) -> Term:
    if isinstance(entry, str):
        return Term(tuple(entry.split("|")), value)
    unless_next = condition(entry["unless_next"])
    return Term(tuple(entry["names"].split("|")), value, unless_next)
