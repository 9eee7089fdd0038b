"""Where a buyer looks, in words: which place, how far around it, and in which order."""

from pathlib import Path

import pytest

from listings.language.query import parse_query
from tests.listings.language.query.names import vocabulary

LINES = (Path(__file__).parent / "places.txt").read_text(encoding="utf-8").splitlines()
LABELLED = [
    (line.partition("|")[0].strip(), line.partition("|")[2].strip())
    for line in LINES
    if not line.startswith("#")
]
# What ranks and narrows by words is no matter of places.
WORDS = ("text", "prefer")


@pytest.mark.parametrize(("text", "label"), LABELLED)
def test_a_place_is_the_one_that_is_meant_and_other_words_are_none(text: str, label: str) -> None:
    parsed = parse_query(text, vocabulary(), year=2025)
    said = {**parsed.parameters, "ordering": list(parsed.ordering)}
    written = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in said.items()
        if value != [] and name not in WORDS
    }
    expected = dict(pair.split("=") for pair in label.split())
    assert written == {name: value.replace("+", " ") for name, value in expected.items()}
