"""The lexicon's files hold known values, and each phrase is found in every spelling of it."""

from pathlib import Path

import pytest

from dealers.feeds.cells.availability import SaleState
from listings import choices
from listings.language import lexicon
from listings.language.lexicon import Speaker
from listings.language.matcher import Phrases
from listings.language.tokens import spaced_words, tokens

FIELDS = {
    "fuel": choices.Fuel,
    "transmission": choices.Transmission,
    "body_type": choices.BodyType,
    "colour": choices.Colour,
    "drivetrain": choices.Drivetrain,
    "service_history": choices.ServiceHistory,
    "vat_scheme": choices.VatScheme,
    "ulez": choices.Ulez,
    "availability": SaleState,
}
LISTS = {"said", "cell", *(speaker.value for speaker in Speaker)}


@pytest.mark.parametrize(("field", "values"), FIELDS.items())
def test_a_field_has_tables_for_stored_values_only(field: str, values: type) -> None:
    table = lexicon.table(field)
    assert {*table} <= {value.value for value in values}  # type: ignore[attr-defined]
    assert {name for lists in table.values() for name in lists} <= LISTS


@pytest.mark.parametrize("speaker", Speaker)
@pytest.mark.parametrize("field", FIELDS)
def test_no_phrase_says_two_things(field: str, speaker: Speaker) -> None:
    said: dict[tuple[str, ...], str] = {}
    for name, value in lexicon.values(field, speaker):
        keys = tuple(token.key for token in tokens(name))
        assert said.setdefault(keys, value) == value, name


def test_every_file_can_be_read() -> None:
    names = {path.stem for path in Path(lexicon.__file__).parent.glob("*.toml")}
    assert names >= {*FIELDS, "badges", "conditions", "units", "numbers"}
    assert all(lexicon.table(name) for name in names)


@pytest.mark.parametrize("text", ["s tronic", "S-Tronic", "STRONIC"])
def test_spaces_and_hyphens_of_a_phrase_are_optional(text: str) -> None:
    term, end = lexicon.phrases("transmission", Speaker.BUYER).find(tokens(text), 0)
    assert term is not None
    assert (term.value, end) == ("automatic", len(tokens(text)))


@pytest.mark.parametrize(
    ("field", "speaker", "text", "value"),
    [
        ("transmission", Speaker.BUYER, "DSG", "automatic"),
        ("transmission", Speaker.DERIVATIVE, "Man", "manual"),
        ("transmission", Speaker.BUYER, "man", None),
        ("colour", Speaker.BUYER, "teal", "turquoise"),
        ("colour", Speaker.BUYER, "graphite", "grey"),
        ("colour", Speaker.FEED, "Nero", "black"),
        ("colour", Speaker.BUYER, "tan", None),
        ("drivetrain", Speaker.FEED, "quattro", "four_wheel"),
        ("fuel", Speaker.FEED, "Heavy Oil", "diesel"),
        ("fuel", Speaker.ARTICLE, "diesels", None),
    ],
)
def test_who_says_what(field: str, speaker: Speaker, text: str, value: str | None) -> None:
    term, _ = lexicon.phrases(field, speaker).find(tokens(text), 0)
    assert (term and term.value) == value


def test_the_longest_phrase_wins_and_the_shorter_ones_are_offered() -> None:
    phrases = Phrases([("rack", 1), ("roof rack", 2), ("roof", 3), ("roof rack bars", 4)])
    found = tokens("black roof-rack")
    assert phrases.find(found, 0) == (None, 0)
    assert list(phrases.every(found, 1)) == [(2, 3), (3, 2)]
    assert list(phrases.parts(found)) == [(None, 0, 1), (2, 1, 3)]
    assert (phrases.meaning("roof"), phrases.meaning("bars")) == (3, None)


def test_phrases_can_be_looked_for_in_spaced_words() -> None:
    phrases = Phrases([("Start/Stop", 1)], spaced_words)
    assert phrases.find(spaced_words("(start/stop)"), 1) == (1, 2)
