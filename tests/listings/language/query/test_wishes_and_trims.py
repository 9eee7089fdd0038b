"""Only quoted words and known trims narrow by the title; others are wishes, talk is neither."""

import pytest
from hypothesis import given

from listings.language.lexicon import table
from listings.language.query import ParsedQuery, parse_query
from listings.language.tokens import title_words
from listings.search.fields import WISHES_MAX
from tests.listings.language.query.names import vocabulary
from tests.listings.language.query.test_words_of_any_kind import TEXTS

TRIM_WORDS = {
    word
    for make, models in table("trims").items()
    if make != "beside"
    for names in models.values()
    for name in names
    for word in title_words(name)
}


def read(text: str) -> ParsedQuery:
    return parse_query(text, vocabulary(), year=2025)


@given(TEXTS)
def test_without_quotation_marks_only_trims_must_be_in_the_title(text: str) -> None:
    assert set(read(text.replace('"', " ")).text) <= TRIM_WORDS


@pytest.mark.parametrize(
    ("beside", "alone"),
    [
        ("corsa sri", "sri"),
        ("vrs octavia", "vrs"),
        ("audi with an s-line kit", "s-line kit"),
        ("tucson nline", "nline"),
        ("yaris icon", "icon"),
    ],
)
def test_a_trim_narrows_beside_its_make_or_model(beside: str, alone: str) -> None:
    assert read(beside).text
    assert not read(alone).text


@pytest.mark.parametrize(
    "text", ["golf with sport seats", "yaris as an icon", "polo of the year r"]
)
def test_an_ordinary_word_is_a_trim_only_right_behind_the_model(text: str) -> None:
    assert not read(text).text


def test_quoted_words_narrow_whatever_they_mean_elsewhere() -> None:
    assert dict(read('"red diesel" golf').parameters) == {
        "make": ["volkswagen"],
        "model": ["golf"],
        "text": ["diesel", "red"],
    }


def test_a_mark_for_inches_quotes_nothing() -> None:
    assert read('golf 18" alloys 19"').text == ()


@pytest.mark.parametrize(
    "text",
    [
        "good afternoon could you please help me",
        "is there anything you would recommend",
        "what have you got in stock at the moment",
        "im just browsing thanks",
        "my wife and i would like to see one",
    ],
)
def test_talk_filters_nothing(text: str) -> None:
    assert read(text).parameters.keys() <= {"prefer"}
    assert read(text).ordering == ()


def test_no_more_wishes_are_kept_than_a_search_takes() -> None:
    text = " ".join(f"qz{letter}{other}" for letter in "abcdef" for other in "vwxyz")
    assert len(read(text).parameters["prefer"]) == WISHES_MAX  # type: ignore[arg-type]  # a list


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("no cat n/s", "write_off", ["none"]),
        ("not a category d", "write_off", ["none"]),
        ("cat c or d", "write_off", ["c", "d"]),
        ("euro 5 or better", "euro_standard", [5, 6, 7]),
        ("heated leather seats", "equipment", ["heated_seats", "leather"]),
        ("sports car", "body_type", ["convertible", "coupe"]),
        ("sports car coupe", "body_type", ["coupe"]),
    ],
)
def test_what_a_phrase_asks_for(text: str, field: str, values: list[object]) -> None:
    assert dict(read(text).parameters) == {field: values}


@pytest.mark.parametrize("text", ["for my cat", "18 inch wheels", "under 15 minutes", "max 3 kids"])
def test_a_number_or_word_that_counts_something_else_filters_nothing(text: str) -> None:
    assert read(text).parameters.keys() <= {"prefer"}
