"""Cells within bounds: what is longer than its field can be is cut, before anything reads it."""

from collections.abc import Mapping

from dealers.feeds.cells.cell import VALUE_CHARACTERS_MAX, RowFinding

CELL_MAX = 200
"""Characters of a number, a choice, a date or a mark: what is longer is no such thing."""
NAME_MAX = 2_000
PROSE_MAX = 64 * 1024
PHOTOS_CELL_MAX = 200_000
UNITS = {"mileage": "mileage_unit", "price": "price_extra"}
"""The fields whose unit or condition may have a column of its own: "KM", "EUR", "+ VAT"."""

_CUT = {
    **dict.fromkeys(("derivative", "trim", "title"), NAME_MAX),
    **dict.fromkeys(("description", "features"), PROSE_MAX),
    "photos": PHOTOS_CELL_MAX,
}
_OF_ITEMS = frozenset({"description", "features", "photos"})
_BETWEEN_ITEMS = "|\n\r\t ,;>"
_NEEDED = frozenset({"stock_ref", "make", "model"})
"""Without it a row may be taken for that of another car: it is rejected."""


def bounded(
    cells: Mapping[str, str], warnings: list[RowFinding], errors: list[RowFinding]
) -> Mapping[str, str]:
    """Return the cells with prose and lists cut to what is read, and without others as long.

    Nothing is read of a number that does not end: what is cut off may say another. Each is told.
    """
    if max(map(len, cells.values()), default=0) <= CELL_MAX:
        return cells
    kept = {}
    for name, text in cells.items():
        most = _CUT.get(name, CELL_MAX)
        said = text if len(text) <= most else text.strip()
        if len(said) <= most:
            kept[name] = said
        elif name in _CUT:
            kept[name] = _cut(said, most) if name in _OF_ITEMS else said[:most]
            message = f"Only the first {most:,} characters are read."
            warnings.append(RowFinding("cut_off", name, message))
        else:
            message = f"This has more than {most} characters, and is not read."
            value = "" if name in ("vrm", "vin") else said[:VALUE_CHARACTERS_MAX]
            found = RowFinding("too_long", name, message, value)
            (errors if name in _NEEDED else warnings).append(found)
    return _without_half(kept, cells)


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text, without the word or the address that does not end there."""
    cut = text[:most]
    end = max(map(cut.rfind, _BETWEEN_ITEMS))
    return cut[:end] if end > 0 else cut


def _without_half(kept: dict[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """Leave out a number whose unit is not read: it may be one of kilometres, or of euros."""
    for name, unit in UNITS.items():
        if unit in cells and unit not in kept:
            kept.pop(name, None)
    return kept
