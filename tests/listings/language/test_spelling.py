"""A slip is put right where only one word can be meant, and an English word is no slip."""

import pytest

from listings.language.spelling import Spelling, is_ordinary

NAMES = Spelling(
    [
        "qashqai",
        "mokka",
        "octavia",
        "corsa",
        "cruze",
        "bora",
        "puma",
        "rover",
        "forester",
        "volkswagen",
    ]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qashqia", "qashqai"),
        ("qasqai", "qashqai"),
        ("moka", "mokka"),
        ("octvia", "octavia"),
        ("corrsa", "corsa"),
        ("ocrsa", "corsa"),
        ("volkswagon", "volkswagen"),
        ("vlokswagn", "volkswagen"),
        ("octavia", "octavia"),
        ("oktvia", "octavia"),
        ("kashkai", "qashqai"),
        ("foresta", "forester"),
        ("kwashkai", "qashqai"),
        ("kashmir", None),
        ("bor", None),
        ("xorsa", None),
        ("corsacorsacorsacorsa", None),
        ("", None),
        ("škoda", None),
    ],
)
def test_the_nearest_word_is_meant(typed: str, meant: str | None) -> None:
    assert NAMES.meant(typed) == meant


def test_of_two_that_are_as_near_neither_is_meant() -> None:
    assert Spelling(["astra", "astro"]).meant("astru") is None


@pytest.mark.parametrize("word", ["boar", "craze", "roper", "forster", "score", "cruise"])
def test_an_english_word_is_no_slip(word: str) -> None:
    assert is_ordinary(word)
    assert NAMES.meant(word) is None


def test_where_a_name_must_be_an_english_word_can_be_a_slip() -> None:
    assert (NAMES.meant("craze"), NAMES.meant("craze", may_be_ordinary=True)) == (None, "cruze")
