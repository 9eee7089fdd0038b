"""Buyers' words, written and labelled by hand, are read into exactly the search they mean."""

from pathlib import Path

import pytest

from listings.language.query import ParsedQuery, parse_query
from listings.search.criteria import Criteria
from tests.listings.language.query.names import vocabulary

FOLDER = Path(__file__).parent
LINES = [
    line
    for name in ("corpus.txt", "phrases.txt", "more_phrases.txt", "kinds_of_phrases.txt")
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()
]
LABELLED = [
    (line.partition("|")[0].strip(), line.partition("|")[2].strip())
    for line in LINES
    if not line.startswith("#")
]


def read(text: str) -> ParsedQuery:
    return parse_query(text, vocabulary(), year=2025)


def test_the_corpus_holds_more_than_two_hundred_searches() -> None:
    assert len(LABELLED) == len(dict(LABELLED)) > 200


@pytest.mark.parametrize(("text", "label"), LABELLED)
def test_a_buyers_words_are_the_search_they_mean(text: str, label: str) -> None:
    parsed = read(text)
    said = {**parsed.parameters, "ordering": list(parsed.ordering)}
    written = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in said.items()
        if value != []
    }
    written["reduced"] = written.get("reduced", "").lower()
    expected = dict(pair.split("=") for pair in label.split())
    assert {name: value for name, value in written.items() if value} == {
        name: value.replace("+", " ") for name, value in expected.items()
    }
    Criteria.from_parameters(parsed.parameters)
