"""What the cells of a column say about its meaning."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from dealers.feeds.cells import choices, dates, identity, numbers, photos
from dealers.feeds.cells.bounds import CELL_MAX, PHOTOS_CELL_MAX
from dealers.feeds.cells.cell import BLANK, UNSAID, Read, unreadable

_SAMPLES_MIN = 5
_SHARE_MIN = 0.8
_CREDIBLE_SHARE_MIN = 0.34
_YEAR = re.compile(r"\s*(?:19[5-9]|20[0-4])\d(?:\D.{0,9})?")


def _reads_photos(text: str) -> Read:
    return Read(text) if photos.read_photos(text[:PHOTOS_CELL_MAX]).urls else BLANK


def _reads_long_year(text: str) -> Read:
    """Only four digits are a year for certain: 17 may be anything."""
    return dates.read_year(text) if _YEAR.fullmatch(text) else BLANK


_BY_CELLS: Mapping[str, Callable[[str], Read]] = {
    "vin": identity.read_vin,
    "vrm": identity.read_vrm,
    "photos": _reads_photos,
    "fuel": choices.read_fuel,
    "transmission": choices.read_transmission,
    "body_type": choices.read_body,
    "colour": choices.read_colour,
    "year": _reads_long_year,
}
_CHECKED: Mapping[str, Callable[[str], Read]] = {
    "vrm": identity.read_vrm,
    "vin": identity.read_vin,
    "mileage": numbers.read_mileage,
    "engine_cc": numbers.read_engine,
    "write_off": choices.read_write_off,
    "availability": choices.read_availability,
    "body_type": choices.read_body,
    "mot_expires_on": dates.read_date,
    "first_registered_on": dates.read_date,
    "doors": numbers.read_doors,
    "electric_range_miles": numbers.read_electric_range,
}
"""Fields whose usual headers mean something else as well: "Reg" the year, "Category" cars."""


def is_credible(field: str, texts: Sequence[str]) -> bool:
    """Whether the cells do not speak against a column's meaning what its header says."""
    reader = _CHECKED.get(field)
    said = [text for text in texts if text.strip()]
    if reader is None or len(said) < _SAMPLES_MIN:
        return True
    reads = [_read(reader, text) for text in said]
    return sum(not read.code.startswith("unreadable") for read in reads) >= (
        len(reads) * _CREDIBLE_SHARE_MIN
    )


def guessed(
    headers: Sequence[str], samples: Sequence[Mapping[str, str]], taken: Collection[str]
) -> dict[str, str]:
    """Return headers for fields that no header names, by what nearly all of their cells are."""
    found: dict[str, str] = {}
    for header in headers:
        said = [text for row in samples if (text := row.get(header, "")).strip()]
        if len(said) < _SAMPLES_MIN:
            continue
        for field, reader in _BY_CELLS.items():
            if field in taken or field in found:
                continue
            if sum(_read(reader, text).value is not UNSAID for text in said) >= (
                len(said) * _SHARE_MIN
            ):
                found[field] = header
                break
    return found


def _read(reader: Callable[[str], Read], text: str) -> Read:
    """Read a cell as one of a row: what is longer than its field can be is nothing of its kind."""
    is_short = reader is _reads_photos or len(text) <= CELL_MAX
    return reader(text) if is_short else unreadable("cell", "a value")
