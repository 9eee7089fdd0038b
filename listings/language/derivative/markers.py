"""The phrases of `listings.language.derivative.names`, found by their first word."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product, zip_longest
from typing import NamedTuple

from listings.language.derivative.facts import Facts
from listings.language.derivative.names import ROWS, LexiconRow


class Marker(NamedTuple):
    """A phrase of `length` words: what it states, and its keys after the second one."""

    length: int
    rest: tuple[str, ...]
    facts: Facts
    row: LexiconRow


_GAP = re.compile(r"[ -]")


def _markers() -> Iterator[tuple[str, Marker]]:
    for row in ROWS:
        for names in _alternatives(row):
            facts = replace(row.facts, name=names[0])
            for keys in set().union(*map(_spellings, names)):
                yield " ".join(keys[:2]), Marker(len(keys), keys[2:], facts, row)


def _alternatives(row: LexiconRow) -> Iterator[list[str]]:
    for alternatives in " ".join(row.names.split()).split(","):
        yield [name.strip() for name in alternatives.split("|")]


def _spellings(name: str) -> set[tuple[str, ...]]:
    parts = _GAP.split(name.lower())
    spellings = set()
    for gaps in product((" ", "-", ""), repeat=len(parts) - 1):
        joined = "".join(chain.from_iterable(zip_longest(parts, gaps, fillvalue="")))
        spellings.add(tuple(joined.split()))
    return spellings


def _index() -> dict[str, tuple[Marker, ...]]:
    index: dict[str, list[Marker]] = {}
    for beginning, marker in _markers():
        index.setdefault(beginning, []).append(marker)
    return {
        beginning: tuple(sorted(markers, key=lambda marker: -marker.length))
        for beginning, markers in index.items()
    }


# By its first key, or its first two: the markers that begin so, the longest first.
MARKERS = _index()
