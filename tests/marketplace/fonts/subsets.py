"""The fonts that pages of the panel and of the staff admin load: `make fonts` cuts them to size.

Unfold ships Material Symbols with four thousand icons, and Inter with every alphabet. Its own files
stay for what a subset lacks: a browser loads them only where a page has such a letter.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import unfold
from fontTools import subset
from fontTools.ttLib import TTFont

from tests.marketplace.checkouts import ROOT

UNFOLD = Path(unfold.__file__).parent
SOURCE = UNFOLD / "static" / "unfold" / "fonts"
SYMBOLS = SOURCE / "material-symbols" / "Material-Symbols-Outlined.woff2"
TARGET = ROOT / "marketplace" / "static" / "marketplace" / "fonts"
ICONS = "icons.woff2"
LETTERS = {"Regular": "inter-400.woff2", "Medium": "inter-500.woff2", "SemiBold": "inter-600.woff2"}

LATIN = (
    *(range(0x0020, 0x007F), range(0x00A0, 0x0180)),  # Basic Latin to Latin Extended-A
    *(range(0x2010, 0x2027), range(0x2030, 0x203B)),  # dashes, quotation marks, dots, primes
    *(range(0x2080, 0x208A), range(0x20AC, 0x20AD), range(0x2122, 0x2123)),  # CO₂, euro, trade mark
    *(range(0x2190, 0x2194), range(0x2212, 0x2213), range(0x2248, 0x2249), range(0x2264, 0x2266)),
)
"""What Inter's subsets have; the `unicode-range` of marketplace/fonts.css says the same."""

_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "liga", "tnum"]
_CODE = ("dealers/panel", "dealers/admin", "listings/admin", "dealers/signin")
_LOOKS = ("marketplace/panel_look.py", "marketplace/staff_look.py", "marketplace/staff_site.py")
_APPS = ("dealers", "listings", "marketplace")
_WORD = re.compile(r"[a-z][a-z0-9_]+")
_ICON = re.compile(r"material-symbols-outlined.*?</", re.DOTALL)
_CONTENT = re.compile(r"content:\s*[\"']([a-z][a-z0-9_]+)[\"']")
_QUOTED = re.compile(r"[\"']([a-z][a-z0-9_]+)[\"']")


def icon_glyphs(font: TTFont) -> dict[str, str]:
    """Return the glyph that a font of icons draws for each name."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for first, ligature in _ligatures(font):
        parts = (first, *ligature.Component)
        found["".join(letters.get(part, "") for part in parts)] = ligature.LigGlyph
    return found


def used_icons() -> set[str]:
    """Return the names of icons that stand in a template, a style, or the code that names icons.

    A word that only looks like an icon's name costs seventy bytes.
    """
    words: set[str] = set()
    for path in _templates():
        words.update(*(_WORD.findall(part) for part in _ICON.findall(path.read_text())))
    for path in _modules():
        words.update(_QUOTED.findall(path.read_text()))
    for path in _styles():
        words.update(_CONTENT.findall(path.read_text()))
    return words & set(icon_glyphs(TTFont(SYMBOLS)))


def main() -> None:
    """Write every subset, with the licences of both fonts."""
    TARGET.mkdir(exist_ok=True)
    _write_icons(sorted(used_icons()))
    letters = [code for block in LATIN for code in block]
    for weight, name in LETTERS.items():
        font = TTFont(SOURCE / "inter" / f"Inter-{weight}.woff2")
        _write(font, TARGET / name, unicodes=letters, features=_FEATURES)
    shutil.copy(SOURCE / "inter" / "LICENSE", TARGET / "inter-LICENSE.txt")
    shutil.copy(SOURCE / "material-symbols" / "LICENSE", TARGET / "icons-LICENSE.txt")


def _write_icons(names: list[str]) -> None:
    font = TTFont(SYMBOLS)
    drawn = icon_glyphs(font)
    wanted = {drawn[name] for name in names}
    # Otherwise the letters would bring every icon that can be spelt with them.
    for table in _ligature_tables(font):
        for first, ligatures in table.ligatures.items():
            table.ligatures[first] = [each for each in ligatures if each.LigGlyph in wanted]
    letters = sorted({ord(letter) for name in names for letter in name})
    _write(font, TARGET / ICONS, unicodes=letters, features=["rlig"])


def _write(font: TTFont, path: Path, *, unicodes: list[int], features: list[str]) -> None:
    options = subset.Options(flavor="woff2", layout_features=features, hinting=False)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=unicodes)
    cut.subset(font)
    font.flavor = "woff2"
    font.save(path)


def _ligature_tables(font: TTFont) -> Iterator[Any]:
    for lookup in font["GSUB"].table.LookupList.Lookup:
        yield from (table for table in lookup.SubTable if hasattr(table, "ligatures"))


def _ligatures(font: TTFont) -> Iterator[tuple[str, Any]]:
    for table in _ligature_tables(font):
        for first, ligatures in table.ligatures.items():
            yield from ((first, each) for each in ligatures)


def _templates() -> Iterator[Path]:
    for folder in (*(ROOT / app for app in _APPS), UNFOLD):
        yield from folder.rglob("*.html")


def _styles() -> Iterator[Path]:
    for folder in (*(ROOT / app / "static" for app in _APPS), UNFOLD / "static"):
        yield from folder.rglob("*.css")


def _modules() -> Iterator[Path]:
    for folder in (*(ROOT / each for each in _CODE), UNFOLD):
        yield from folder.rglob("*.py")
    for folder in (ROOT / app / "static" for app in _APPS):
        yield from folder.rglob("*.js")
    yield from (ROOT / each for each in _LOOKS)


if __name__ == "__main__":
    main()
