"""A text is cut once; what each reader looks at is a view of the same tokens."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.language.tokens import spaced_words, title_words, tokens


def keys(text: str) -> list[str]:
    return [token.key for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kia e-Niro, 64kWh", ["kia", "e", "niro", ",", "64kwh"]),
        ("ID.4 and v.good", ["id", "4", "and", "v", "good"]),
        ("2.0TDI", ["2.0tdi"]),
        ("1,6 HDi", ["1,6", "hdi"]),
        ("£13,450.50 - 9'995", ["£", "13,450.50", "-", "9995"]),
        ("2016-2019 -petrol", ["2016", "-", "2019", "-", "petrol"]),
        ("CITROËN doesn\u2019t", ["citroen", "doesnt"]),
        ("7.5.3, 1,2,3", ["7.5.3", ",", "1,2", ",", "3"]),
        ("Ka+ smart #1", ["ka", "+", "smart", "#", "1"]),
        ("", []),
    ],
)
def test_words_numbers_and_signs(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("word", "number", "unit"),
    [
        ("190ps", "190", "ps"),
        ("8,450", "8450", ""),
        ("1.998", "1.998", ""),
        ("22.450,00", "22450.00", ""),
        ("1,4", "1.4", ""),
        ("3.2e4", "32000", ""),
        ("320d", "320", "d"),
        ("4x4", "4", "x4"),
        ("1.2.3", None, ""),
        ("x5", None, ""),
        ("9" * 40, None, ""),
    ],
)
def test_a_number_and_what_is_written_to_it(word: str, number: str | None, unit: str) -> None:
    (token,) = tokens(word)
    assert (token.number, token.unit) == (None if number is None else Decimal(number), unit)


def test_a_token_knows_what_stands_before_it() -> None:
    first, glued, behind_comma, opening = (
        token for token in tokens("Old-style, new. Then") if not token.is_sign
    )
    assert (first.is_glued, first.opens) == (False, True)
    assert (glued.is_glued, glued.follows_stop) == (True, False)
    assert (behind_comma.follows_stop, behind_comma.opens) == (True, False)
    assert (opening.follows_stop, opening.opens) == (True, True)


@given(st.text(max_size=200) | st.text("aB1 .,-'\u2019()\n\u00e9/&", max_size=200))
def test_a_token_is_found_where_it_says(text: str) -> None:
    found = tokens(text)
    assert [text[token.start : token.end] for token in found] == [token.text for token in found]
    ends = [0, *(token.end for token in found)]
    assert all(start <= token.start < token.end for start, token in zip(ends, found, strict=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2.2 SDV6 S-Tronic [Nav/DAB] 5dr.",
            ["2.2", "SDV6", "S-Tronic", "[", "Nav/DAB", "]", "5dr"],
        ),
        ("1,9 TDI, s/s; 'GT'", ["1,9", "TDI", "s/s", "GT"]),
        ("a\x00b\tc", ["a", "b", "c"]),
    ],
)
def test_spaced_words_keep_their_hyphens_and_slashes(text: str, expected: list[str]) -> None:
    assert [word.text for word in spaced_words(text)] == expected


def test_brackets_of_either_kind_have_one_key() -> None:
    assert [word.key for word in spaced_words("(ss)")] == ["[", "ss", "]"]


def test_the_words_of_a_title() -> None:
    assert title_words("Škoda Octavia 1.5 e-TEC [s/s]") == [
        "skoda",
        "octavia",
        "1",
        "5",
        "e",
        "tec",
        "s",
        "s",
    ]
