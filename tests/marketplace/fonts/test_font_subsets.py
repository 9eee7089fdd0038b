"""The subsets have what pages show: every icon, and each letter that `fonts.css` names."""

import re

from fontTools.ttLib import TTFont

from tests.marketplace.checkouts import ROOT
from tests.marketplace.fonts.subsets import ICONS, LATIN, LETTERS, TARGET, icon_glyphs, used_icons

STYLES = ROOT / "marketplace" / "static" / "marketplace" / "fonts.css"
SHOWN = {code for block in LATIN for code in block}
NOT_PRINTED = {*range(0x20), *range(0x7F, 0xA0)}


def test_every_icon_is_in_the_subset() -> None:
    missing = used_icons() - set(icon_glyphs(TTFont(TARGET / ICONS)))
    assert missing == set(), "make fonts"


def test_each_weight_has_the_letters_for_which_it_is_loaded() -> None:
    ranges = re.findall(r"unicode-range: ([^;]+);", STYLES.read_text())
    assert len(ranges) == len(LETTERS)
    for text in ranges:
        assert _codes(text) == SHOWN | NOT_PRINTED
    source = SHOWN & set(TTFont(TARGET / LETTERS["Regular"]).getBestCmap())
    assert {ord(letter) for letter in "Aa09£€\u2019\u2013…→≥₂éłŽ"} <= source
    for name in LETTERS.values():
        assert set(TTFont(TARGET / name).getBestCmap()) == source


def test_a_subset_is_a_tenth_of_what_unfold_ships() -> None:
    assert sum(file.stat().st_size for file in TARGET.glob("*.woff2")) < 80_000


def _codes(ranges: str) -> set[int]:
    found: set[int] = set()
    for part in ranges.replace("U+", "").split(", "):
        first, _, last = part.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return found
