"""What a buyer types with a slip leads to the make or model that was meant."""

from pathlib import Path

import pytest

from listings.catalogue import load_seed
from listings.search.suggest.builder import build_index
from listings.search.suggest.index import Index, NamedSuggestion, SearchSuggestion, SuggestionKind

LINES = (Path(__file__).parent / "slips.txt").read_text(encoding="utf-8").splitlines()
LABELLED = [line.partition(" | ")[::2] for line in LINES if not line.startswith("#")]


@pytest.mark.django_db
def test_a_beginning_with_a_slip_is_what_was_meant() -> None:
    load_seed()
    found = build_index(None)
    first = {typed: [each.text for each in found.find(typed, 1)] for typed, _ in LABELLED}
    assert first == {typed: [meant] for typed, meant in LABELLED}


def test_a_slip_in_the_first_letter_comes_behind_others() -> None:
    arnage = SearchSuggestion(SuggestionKind.MODEL, "Bentley Arnage", 9, "bentley", "arnage")
    ranger = SearchSuggestion(SuggestionKind.MODEL, "Ford Ranger", 1, "ford", "ranger")
    index = Index(
        [NamedSuggestion(arnage, (("arnage",),)), NamedSuggestion(ranger, (("ranger",),))]
    )
    assert index.find("rnag", 2) == [ranger, arnage]
