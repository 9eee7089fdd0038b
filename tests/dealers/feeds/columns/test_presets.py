"""Presets are data: each file is checked as a whole, and a mistake in one is told by its name."""

from pathlib import Path

import pytest

from dealers.feeds.cells import FIELDS
from dealers.feeds.columns.presets import PRESETS, InvalidPreset, read_presets
from dealers.feeds.files import header_key

GENERIC = '[fields]\nstock_ref = ["id"]\nprice = ["price", "amount"]\n'
SIGNS = 'signs = ["a1", "a2", "a3", "a4"]\n'


def folder_of(place: Path, **files: str) -> Path:
    for name, text in files.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return place


def test_every_preset_we_ship_maps_headers_to_fields() -> None:
    assert set(PRESETS) == {
        "auto_trader",
        "dms14",
        "generic",
        "google_vehicles",
        "inventory_presser",
        "meta_automotive",
        "mobile_de",
        "own_export",
        "own_stock",
        "schema_org",
    }
    for preset in PRESETS.values():
        assert {meaning.field for meaning in preset.meanings.values()} <= set(FIELDS)
        assert {header_key(header) for header in preset.meanings} == set(preset.meanings)


def test_a_preset_is_a_file_of_its_own_before_the_generic_headers(tmp_path: Path) -> None:
    own = SIGNS + '[fields]\nprice = ["Web Price"]\n[suffixed.price]\n"+ VAT" = ["net"]\n'
    found = read_presets(folder_of(tmp_path, generic=GENERIC, dealer_four=own))
    meanings = found["dealer_four"].meanings
    assert meanings["webprice"] == ("price", "", 0)
    assert meanings["net"] == ("price", " + VAT", 0)
    assert meanings["amount"] == ("price", "", 101)
    assert found["generic"].meanings["amount"] == ("price", "", 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SIGNS + '[fields]\nprise = ["x"]\n', "own.toml: prise is no field of an advert"),
        (SIGNS + '[suffixed.horses]\nps = ["x"]\n', "own.toml: horses is no field of an advert"),
        (
            SIGNS + '[fields]\nmake = ["Car Make"]\nmodel = ["car_make"]\n',
            "own.toml: car_make stands for make and for model",
        ),
        (
            SIGNS + '[fields]\nmake = ["Brand", "brand"]\n',
            "own.toml: brand stands for make and for make",
        ),
        (SIGNS + '[fields]\nmake = "brand"\n', "own.toml: the headers of make are no list"),
        (SIGNS + "[fields]\nmake = [1]\n", "own.toml: the headers of make are no list"),
        (SIGNS + '[columns]\nmake = ["x"]\n', "own.toml: columns means nothing here"),
        ('signs = ["a", "b", "c"]\n', "own.toml: a preset has 4 different signs"),
        ('signs = ["a", "b", "c", "C"]\n', "own.toml: a preset has 4 different signs"),
        ("signs = [", "own.toml: "),
        (SIGNS + "fields = 1\n", "own.toml: "),
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidPreset) as refusal:
        read_presets(folder_of(tmp_path, generic=GENERIC, own=text))
    assert str(refusal.value).startswith(told)


def test_presets_without_generic_headers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidPreset, match=r"generic\.toml"):
        read_presets(folder_of(tmp_path, own=SIGNS))
