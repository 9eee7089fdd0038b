"""What a buyer does not want is never read as wanted, and what no filter knows is told."""

import pytest

from listings.language.query import ParsedQuery, parse_query
from listings.language.query.exclusions import CANNOT
from listings.language.query.phrases import UNASKED
from tests.listings.language.query.names import vocabulary

NEGATIONS = ["not", "no", "without", "except", "excluding", "dont want", "anything but"]
VALUES = {
    "diesel": ("fuel", "diesel"),
    "automatic": ("transmission", "automatic"),
    "estate": ("body_type", "estate"),
    "white": ("colour", "white"),
    "4x4": ("drivetrain", "four_wheel"),
}
OTHERS = [
    "ford",
    "corsa",
    "gti",
    "ulez",
    "7 seater",
    "2016",
    "fsh",
    "near leeds",
    "reduced",
    "cheap",
]


def read(text: str) -> ParsedQuery:
    return parse_query(text, vocabulary(), year=2025)


def notes(text: str) -> list[tuple[str, str]]:
    """Return what is told of the words that filter nothing."""
    told = (each for each in read(text).phrases if each.name in (None, "prefer"))
    return [(each.words, each.note) for each in told]


@pytest.mark.parametrize("negation", NEGATIONS)
@pytest.mark.parametrize("word", VALUES)
def test_a_value_left_out_leaves_the_others(negation: str, word: str) -> None:
    field, value = VALUES[word]
    values = read(f"{negation} {word}").parameters[field]
    assert isinstance(values, list)
    assert values
    assert value not in values


@pytest.mark.parametrize("negation", NEGATIONS)
@pytest.mark.parametrize("words", OTHERS)
def test_what_no_filter_can_leave_out_is_told(negation: str, words: str) -> None:
    text = f"{negation} {words}"
    parsed = read(text)
    assert (dict(parsed.parameters), parsed.ordering) == ({}, ())
    assert notes(text) == [(text, CANNOT)]


def test_a_dash_written_to_a_word_leaves_it_out() -> None:
    assert "diesel" not in read("golf -diesel").parameters["fuel"]  # type: ignore[operator]  # a list
    assert read("golf - diesel").parameters["fuel"] == ["diesel"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no diesel or automatic", {"transmission": ["manual"]}),
        ("not red, blue or green", {}),
        ("no diesel, automatic", {"transmission": ["automatic"]}),
    ],
)
def test_or_carries_a_negation_on(text: str, left: dict[str, list[str]]) -> None:
    parameters = read(text).parameters
    chosen = {*parameters.get("colour", []), *parameters.get("fuel", [])}  # type: ignore[misc]  # lists
    assert not chosen & {"red", "blue", "green", "diesel"}
    assert {name: parameters[name] for name in left} == left


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("nothing over 8k", ("price_max", 8_000)),
        ("dont want anything under 5k", ("price_min", 5_000)),
        ("no cars over 60k miles", ("mileage_max", 60_000)),
        ("nothing older than 2015", ("year_min", 2_015)),
    ],
)
def test_a_denied_comparison_is_its_opposite(text: str, parameter: tuple[str, int]) -> None:
    assert dict(read(text).parameters) == dict([parameter])


@pytest.mark.parametrize(
    "text",
    [
        "long mot",
        "£20 road tax",
        "runaround",
        "p/x",
        "12 months mot",
        "50 mpg",
        "£200 a month",
        "finance",
    ],
)
def test_what_no_filter_knows_is_told_and_narrows_nothing(text: str) -> None:
    assert read(text).parameters.keys() <= {"prefer"}
    assert notes(text) == [(text, UNASKED)]
