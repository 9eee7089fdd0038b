"""What an advert's texts say the car has."""

from pathlib import Path

import pytest

from listings.choices import Equipment
from listings.language.equipment import read_equipment
from listings.language.lexicon import table

LINES = [
    line.split(" |")
    for line in Path(__file__).with_name("corpus.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def read(*features: str, description: str = "", derivative: str = "") -> set[str]:
    bits = read_equipment(derivative=derivative, features=features, description=description)
    return set(Equipment.of_bits(bits))


@pytest.mark.parametrize(("text", "values"), LINES)
def test_a_text_says_what_the_car_has(text: str, values: str) -> None:
    assert read(description=text) == set(values.split())
    assert read(text) == set(values.split())
    assert read(text.upper()) == set(values.split())


def test_all_texts_count() -> None:
    had = read("Bluetooth", "Isofix", description="With a towbar.", derivative="1.6 SE Nav 5dr")
    assert had == {"bluetooth", "isofix", "towbar", "sat_nav"}


def test_a_text_says_nothing_of_another() -> None:
    assert read("No", "Towbar", "Optional:", "Isofix") == {"towbar", "isofix"}


def test_what_is_listed_below_a_heading_is_lacking_up_to_a_blank_line() -> None:
    text = "Optional extras:\r\n• Towbar\r\n• Sat nav\r\n\r\nBluetooth"
    assert read(description=text) == {"bluetooth"}
    assert read(description="Features:\n- Towbar\n- Sat nav\n\nBluetooth") == {
        *("towbar", "sat_nav", "bluetooth"),
    }


def test_a_text_without_a_stop_is_read_to_its_end() -> None:
    assert read(description=f"Towbar {'and much more ' * 100} Isofix") == {"towbar", "isofix"}


def test_every_value_has_words_and_bits_of_its_own() -> None:
    assert set(table("equipment")) == set(Equipment.values)
    assert len(Equipment.values) <= 62
    for place, value in enumerate(Equipment.values):
        assert Equipment.bits([value]) == 1 << place
        assert Equipment.of_bits(1 << place) == [value]


@pytest.mark.parametrize(("value", "lists"), table("equipment").items())
def test_every_phrase_says_its_value(value: str, lists: dict[str, list[object]]) -> None:
    for phrase in (*lists["said"], *lists.get("feed", [])):
        name = phrase["names"] if isinstance(phrase, dict) else phrase
        assert value in read(str(name)), name
