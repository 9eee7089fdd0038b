"""What a buyer types with a slip leads to the make or model that was meant."""

from pathlib import Path

import pytest

from listings.catalogue import load_seed
from listings.search.suggest.builder import build_index
from listings.search.suggest.index import Index
from listings.search.suggest.suggestions import NamedSuggestion, SearchSuggestion, SuggestionKind

FOLDER = Path(__file__).parent


def labelled(name: str) -> dict[str, list[str]]:
    """What is typed and what it means, nothing where it is nonsense."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(" |")[::2] for line in lines if not line.startswith("#")]
    return {typed: [meant.strip()] if meant.strip() else [] for typed, meant in pairs}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["slips.txt", "typed_names.txt", "kinds_of_names.txt"])
def test_what_is_typed_leads_to_what_was_meant(name: str) -> None:
    load_seed()
    found = build_index(None)
    meant = labelled(name)
    first = {typed: [each.text for each in found.find(typed, 1)] for typed in meant}
    assert {typed: texts for typed, texts in first.items() if texts != meant[typed]} == {}


def test_a_slip_in_the_first_letter_comes_behind_others() -> None:
    arnage = SearchSuggestion(SuggestionKind.MODEL, "Bentley Arnage", 9, "bentley", "arnage")
    ranger = SearchSuggestion(SuggestionKind.MODEL, "Ford Ranger", 1, "ford", "ranger")
    index = Index(
        [NamedSuggestion(arnage, (("arnage",),)), NamedSuggestion(ranger, (("ranger",),))]
    )
    assert index.find("rnag", 2) == [ranger, arnage]
