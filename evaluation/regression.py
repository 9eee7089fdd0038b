"""The sets by which the tests keep rules, read where they stand as cases of the common form."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.labelled_sets import Case, LabelledSet
from evaluation.scorers.derivatives import FIELDS
from tests.listings.language.derivative import corpus

SINCE = date(2026, 11, 23)
_TESTS = Path(corpus.__file__).parents[3]
_QUERIES = _TESTS / "listings/language/query/corpus.txt"
_SLIPS = _TESTS / "listings/search/slips.txt"
_ARTICLES = _TESTS / "listings/language/article"
_YEAR_OF_QUERIES = 2025
_WHOLE = ("_min", "_max", "_miles", "_days")
_POWERS = {"power_bhp": "1", "power_ps": "0.98632", "power_kw": "1.34102"}


def regression_sets() -> Iterator[LabelledSet]:
    path = Path(corpus.__file__).with_name("corpus.txt")
    yield _set("derivatives", path, _derivatives())
    yield _set("phrases", _QUERIES, _phrases())
    yield _set("names", _SLIPS, _slips())
    for path in sorted(_ARTICLES.glob("*.toml")):
        yield _set("pages", path, _pages(path))


def _set(kind: str, path: Path, cases: Iterator[Case]) -> LabelledSet:
    return LabelledSet(kind, path, tuple(cases), SINCE)


def _derivatives() -> Iterator[Case]:
    """Yield the corpus; what it does not label is not stated."""
    for number, row in enumerate(corpus.labelled(), start=1):
        expect = {name: value for name, value in row.expected.items() if name in FIELDS}
        for name, factor in _POWERS.items():
            if name in row.expected:
                expect["power_bhp"] = round(float(str(row.expected[name])) * float(factor))
        yield {
            "id": f"{number}",
            "text": row.derivative,
            "make": row.make,
            "model": row.model,
            "expect": expect,
            "absent": [name for name in FIELDS if name not in expect],
        }


def _phrases() -> Iterator[Case]:
    for number, text, label in _lines(_QUERIES):
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


def _slips() -> Iterator[Case]:
    for number, typed, meant in _lines(_SLIPS):
        yield {"id": number, "typed": typed, "expect_first": meant, "any_of_first_five": [meant]}


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
