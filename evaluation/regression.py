"""The sets by which the tests keep rules, read where they stand as cases of the common form."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.labelled_sets import Case, LabelledSet
from evaluation.scorers.derivatives import FIELDS
from tests.listings.language.derivative import corpus

_FIRST, _SECOND = date(2026, 11, 23), date(2026, 11, 28)
_FIRST_SETS = frozenset(
    ["corpus", "slips", "articles", "more_articles", "fresh_articles", "blind_articles"]
)
_DERIVATIVES = Path(corpus.__file__).with_name("corpus.txt")
_TESTS = _DERIVATIVES.parents[3]
_YEAR_OF_QUERIES = 2025
_WHOLE = ("_min", "_max", "_miles", "_days")
_POWERS = {"power_bhp": 1.0, "power_ps": 0.98632, "power_kw": 1.34102}
_SPACES = {"\\u202f": "\u202f", "\\u2009": "\u2009", "\\u00a0": "\u00a0"}


def regression_sets() -> Iterator[LabelledSet]:
    """Yield the sets of every kind; a file that is put beside them is one too."""
    yield _set("derivatives", _DERIVATIVES, _derivatives())
    kinds: Mapping[str, tuple[str, Callable[[Path], Iterator[Case]]]] = {
        "phrases": ("listings/language/query/*.txt", _phrases),
        "names": ("listings/search/*.txt", _typed),
        "pages": ("listings/language/article/*.toml", _pages),
        "feed_cells": ("dealers/feeds/cells/*.txt", _cells),
    }
    for kind, (pattern, read) in kinds.items():
        for path in sorted(_TESTS.glob(pattern)):
            yield _set(kind, path, read(path))


def _set(kind: str, path: Path, cases: Iterator[Case]) -> LabelledSet:
    since = _FIRST if path.stem in _FIRST_SETS else _SECOND
    return LabelledSet(kind, path, tuple(cases), since)


def _derivatives() -> Iterator[Case]:
    """Yield the corpus; what it does not label is not stated."""
    for number, row in enumerate(corpus.labelled(), start=1):
        expect = {name: value for name, value in row.expected.items() if name in FIELDS}
        for name, factor in _POWERS.items():
            if name in row.expected:
                expect["power_bhp"] = round(float(str(row.expected[name])) * factor)
        yield {
            "id": f"{number}",
            "text": row.derivative,
            "make": row.make,
            "model": row.model,
            "expect": expect,
            "absent": [name for name in FIELDS if name not in expect],
        }


def _phrases(path: Path) -> Iterator[Case]:
    for number, text, label in _lines(path):
        pairs = dict(pair.split("=") for pair in label.split())
        expect = {name: _value(name, value.replace("+", " ")) for name, value in pairs.items()}
        yield {"id": number, "text": text, "expect": expect, "year": _YEAR_OF_QUERIES}


def _value(name: str, value: str) -> object:
    """Return a label's value as the flat form of a search has it."""
    if name.endswith(_WHOLE):
        return int(value)
    if name == "near":
        return value
    return value == "true" if name == "reduced" else value.split(",")


def _typed(path: Path) -> Iterator[Case]:
    for number, typed, meant in _lines(path):
        several = [meant] if meant else []
        first = meant or None
        yield {"id": number, "typed": typed, "expect_first": first, "any_of_first_five": several}


def _cells(path: Path) -> Iterator[Case]:
    for number, field, rest in _lines(path):
        cell, _, value = rest.rpartition("|")
        for written, space in _SPACES.items():
            cell = cell.replace(written, space)
        expect = None if value == "-" else value
        names = {"header": field, "field": field}
        yield {"id": number, **names, "cell": cell, "expect": expect, "warning": None}


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            text, _, label = line.partition("|")
            yield str(number), text.strip(), label.strip()


def _pages(path: Path) -> Iterator[Case]:
    articles = tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    for number, article in enumerate(articles, start=1):
        members = ("title", "standfirst", "text", "headings", "tags")
        said = {name: article[name] for name in members if name in article}
        yield {"id": f"{number}", **said, "expect": _expected(article)}


def _expected(article: Mapping[str, Any]) -> dict[str, list[str]] | None:
    about = [each.partition("/") for each in article["about"]]
    if not about:
        return None
    makes = [make for make, _, _ in about]
    return {"make": makes, "model": [model for _, _, model in about if model]}
