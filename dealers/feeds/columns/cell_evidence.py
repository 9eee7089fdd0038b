"""What the cells of a column say of its meaning: for a field that no name gives, or against one."""

import re
from collections import abc
from collections.abc import Callable, Collection, Sequence

from dealers.feeds.cells import availability, choices, dates, identity, numbers, photos
from dealers.feeds.cells.availability import asked
from dealers.feeds.cells.cell import (
    BLANK,
    CELL_MAX,
    PHOTOS_CELL_MAX,
    UNSAID,
    Read,
    read_address,
    unreadable,
)
from dealers.feeds.columns.mapping import AVAILABILITY
from listings.identifiers import registration_years

Samples = Sequence[abc.Mapping[str, str]]

SAMPLES_MIN = 5
SHARE_MIN = 0.8
_CREDIBLE_SHARE_MIN = 0.34
_PICTURE = re.compile(
    r"\.(?:jpe?g|png|webp|avif|heic|gif|bmp)(?:$|[?#/&|])|[/_.-](?:image|photo|picture|img|pic)s?[/_.?-]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*(?:19[5-9]|20[0-4])\d(?:\D.{0,9})?")


def _reads_photos(text: str) -> Read:
    """Only what looks like a picture is one: the address of a page is an address as well."""
    urls = photos.read_photos(text[:PHOTOS_CELL_MAX]).urls
    return Read(text) if urls and all(map(_PICTURE.search, urls)) else BLANK


def _has_addresses(text: str) -> Read:
    urls = photos.read_photos(text[:PHOTOS_CELL_MAX]).urls
    return Read(text) if urls else unreadable("photos", "an address of a picture")


def _reads_long_year(text: str) -> Read:
    """Only four digits are a year for certain: 17 may be anything."""
    return dates.read_year(text) if _YEAR.fullmatch(text) else BLANK


def _reads_dated_mark(text: str) -> Read:
    """Only a mark of its age is one for certain: HB-2200 may be any reference."""
    read = identity.read_vrm(text)
    return read if registration_years(str(read.value)) is not None else BLANK


_BY_CELLS: abc.Mapping[str, Callable[[str], Read]] = {
    "vin": identity.read_vin,
    "vrm": _reads_dated_mark,
    "photos": _reads_photos,
    "fuel": choices.read_fuel,
    "transmission": choices.read_transmission,
    "body_type": choices.read_body,
    "colour": choices.read_colour,
    "year": _reads_long_year,
}
_CHECKED: abc.Mapping[str, Callable[[str], Read]] = {
    "vrm": identity.read_vrm,
    "vin": identity.read_vin,
    "mileage": numbers.read_mileage,
    "engine_cc": numbers.read_engine,
    "write_off": choices.read_write_off,
    "availability": availability.read_availability,
    "body_type": choices.read_body,
    "mot_expires_on": dates.read_date,
    "first_registered_on": dates.read_date,
    "doors": numbers.read_doors,
    "electric_range_miles": numbers.read_electric_range,
    "photos": _has_addresses,
}
"""Fields whose usual headers mean something else as well: "Reg" the year, "Category" cars."""


def is_credible(field: str, header: str, samples: Samples) -> bool:
    """Whether the cells do not speak against a column's meaning what its header says."""
    reader = _CHECKED.get(field)
    said = [text for row in samples if (text := row.get(header, "")).strip()]
    if field == AVAILABILITY:
        said = [asked(text, header) for text in said]
    if reader is None or len(said) < SAMPLES_MIN:
        return True
    reads = [_read(reader, text) for text in said]
    return sum(not read.code.startswith("unreadable") for read in reads) >= (
        len(reads) * _CREDIBLE_SHARE_MIN
    )


def guessed(headers: Sequence[str], samples: Samples, taken: Collection[str]) -> dict[str, str]:
    """Return headers for fields that no header names, by what nearly all of their cells are."""
    found: dict[str, str] = {}
    for header in headers:
        said = [text for row in samples if (text := row.get(header, "")).strip()]
        if len(said) < SAMPLES_MIN:
            continue
        for field, reader in _BY_CELLS.items():
            if field in taken or field in found:
                continue
            if sum(_read(reader, text).value is not UNSAID for text in said) >= (
                len(said) * SHARE_MIN
            ):
                found[field] = header
                break
    return found


def _read(reader: Callable[[str], Read], text: str) -> Read:
    """Read a cell as one of a row: what is longer than its field can be is nothing of its kind."""
    if reader in (_reads_photos, _has_addresses):
        return reader(text)
    return read_address(text, reader) if len(text) <= CELL_MAX else unreadable("cell", "a value")
