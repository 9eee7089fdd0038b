"""What holds of every text, whoever typed it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.language.query import ParsedQuery, parse_query
from listings.language.tokens import title_words
from listings.search.criteria import Criteria
from tests.listings.language.query.names import vocabulary
from tests.listings.language.query.test_read_buyers_words import LABELLED
from tests.marketplace.linear.growth import least_seconds

# None of these leans on its neighbours, and none sets an order or a place.
INDEPENDENT = [
    "under £10k",
    "less than 60,000 miles",
    "2016 or newer",
    "diesel",
    "not automatic",
    "7 seater",
    "5dr",
    "bmw 3 series",
    "fiat 500",
    "peugeot 2008",
    "audi a4",
    "electric corsa",
    "convertible",
    "red",
    "over 200bhp",
    "vogue",
    "m sport",
    "66 plate",
    "full service history",
    "ulez compliant",
    "reduced",
    "added today",
    "1 owner",
    "wolksvagen golf",
    "near LS1 4AP",
    "for sale",
]
PIECES = st.sampled_from(
    [word for text, _ in LABELLED for word in text.split()]
    + list("£-\u2013+<>,&#'\u2019½²éß中🚗")
    + ["\x00", " "]
)
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(PIECES, max_size=40).map(lambda parts: " ".join(parts)[:200])
)


def read(text: str) -> ParsedQuery:
    return parse_query(text, vocabulary(), year=2025)


def search(parsed: ParsedQuery) -> object:
    parameters = {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in parsed.parameters.items()
    }
    return parameters, parsed.ordering


@given(TEXTS)
def test_any_text_is_a_search_that_can_be_asked(text: str) -> None:
    parsed = read(text)
    criteria = Criteria.from_parameters(parsed.parameters)
    assert Criteria.from_parameters(criteria.as_parameters()) == criteria
    assert read(text) == parsed


@given(TEXTS)
def test_every_word_is_in_a_phrase_in_the_order_of_the_text(text: str) -> None:
    phrases = read(text).phrases
    assert [phrase.start for phrase in phrases] == sorted(phrase.start for phrase in phrases)
    told = {phrase.start + place for phrase in phrases for place in range(len(phrase.words))}
    said = {place for place, letter in enumerate(text) if letter.isascii() and letter.isalnum()}
    assert said <= told
    assert all(text.startswith(phrase.words, phrase.start) for phrase in phrases)


@given(TEXTS)
def test_text_words_have_the_normal_form(text: str) -> None:
    for word in read(text).text:
        assert title_words(word) == [word]


@pytest.mark.parametrize("text", [text for text, _ in LABELLED])
def test_case_makes_no_difference(text: str) -> None:
    assert search(read(text)) == search(read(text.upper())) == search(read(text.title()))


@pytest.mark.parametrize("text", [text for text, _ in LABELLED])
def test_reading_what_was_understood_again_changes_nothing(text: str) -> None:
    phrases = dict.fromkeys(phrase.words for phrase in read(text).phrases)
    assert search(read(" ".join(phrases))) == search(read(text))


@given(st.lists(st.sampled_from(INDEPENDENT), unique=True, max_size=8), st.randoms())
def test_the_order_of_independent_phrases_makes_no_difference(
    phrases: list[str], dice: object
) -> None:
    first = search(read(", ".join(phrases)))
    dice.shuffle(phrases)  # type: ignore[attr-defined]  # random.Random, which st.randoms() hides
    assert search(read(", ".join(phrases))) == first


@pytest.mark.parametrize(
    "text",
    [
        "wolksvagen " * 18,
        "1 " * 100,
        "5-" * 100,
        "£" * 200,
        "a " * 100,
        "under 10k " * 20,
        "x" * 200,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """2 ms on the machine it was written on; ten times that here, for a busy one."""
    assert least_seconds(lambda: read(text[:200]), until=0.02) < 0.02
