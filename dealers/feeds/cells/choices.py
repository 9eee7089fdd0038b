"""Cells that choose one of few values: fuel, gearbox, body, colour and their like."""

import re
from collections.abc import Mapping
from functools import lru_cache

from dealers.feeds.cells.cell import BLANK, SILENT, UNSAID, Read, bare, says_nothing, unreadable
from dealers.feeds.cells.words import (
    BODIES,
    COLOURS,
    DRIVETRAINS,
    FUELS,
    SERVICE_HISTORIES,
    TRANSMISSIONS,
    VAT_SCHEMES,
)
from listings.choices import Drivetrain, EuroStandard, WriteOff
from listings.language.derivative import read

YES = frozenset(["y", "yes", "true", "1", "t"])
NO = frozenset(["n", "no", "false", "0", "f"])
_WORD = re.compile(r"[a-z0-9]+")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
_EURO = re.compile(
    r"^(?:e(?:u(?:ro)?)?\s*+)?-?\s*+(?:stage\s*+)?([1-7]|i{1,3}|iv|vi{0,2})(?![\da-z]*\d)"
)
_CATEGORY = re.compile(r"\bcat(?:egory)?\.?[\s:-]*([abcdsnx])\b|^([abcds])(?:\s*cat\w*)?$")
_NOT_WRITTEN_OFF = NO - {"n"} | {"none", "clear", "hpi clear", "not recorded", "never"}
_CATEGORY_N = re.compile(r"^n\s+cat")
_SOLD = re.compile(
    r"\bsold\b|deliver|complete|out of stock|withdrawn|wastebin|removed|deleted|archiv|dead"
)
_UNSOLD = re.compile(r"un-?sold|not (?:sold|reserved)")
_RESERVED = re.compile(r"reserv|deposit|under offer|on hold|pending|allocated|in progress")
_AVAILABLE = re.compile(r"avail|in stock|for sale|live|active|forecourt|advertis|ready|due in|used")
_SEPARATED = re.compile(r"[/&,+]| and | with ")


@lru_cache(maxsize=4_096)
def read_fuel(text: str) -> Read:
    said = _words(text)
    if says_nothing(said):
        return BLANK
    fuel = _first_of(FUELS, said)
    return Read(fuel) if fuel else unreadable("fuel", "a fuel")


@lru_cache(maxsize=4_096)
def read_transmission(text: str) -> Read:
    said = _words(text)
    if says_nothing(said):
        return BLANK
    found = _first_of(TRANSMISSIONS, said) or read(said).transmission
    return Read(found) if found else unreadable("transmission", "a gearbox")


@lru_cache(maxsize=4_096)
def read_body(text: str) -> Read:
    said = _words(text)
    if says_nothing(said):
        return BLANK
    found = _first_of(BODIES, said) or read(said).body_type
    return Read(found) if found else unreadable("body", "a body type")


@lru_cache(maxsize=4_096)
def doors_of_body(text: str) -> int | None:
    """Return the doors of "5 Dr Hatch"."""
    return read(bare(text)).doors


@lru_cache(maxsize=16_384)
def read_colour(text: str) -> Read:
    """Return the basic colour of "Metallic Deep Sea Blue" or "Black with red roof"."""
    said = bare(text).lower()
    if says_nothing(said):
        return BLANK
    parts = [_WORD.findall(part) for part in _SEPARATED.split(said)]
    for words in parts:
        found = [COLOURS[word] for word in words if word in COLOURS]
        if found:
            return Read(found[-1])
    return unreadable("colour", "a colour")


@lru_cache(maxsize=4_096)
def read_drivetrain(text: str) -> Read:
    """Return the driven wheels; a plain yes answers a column named for four-wheel drive."""
    said = _words(text)
    if says_nothing(said):
        return BLANK
    if said in YES:
        return Read(Drivetrain.FOUR_WHEEL)
    if said in NO or said in ("2wd", "4x2", "two wheel drive"):
        return SILENT
    found = _first_of(DRIVETRAINS, said) or read(said).drivetrain
    return Read(found) if found else unreadable("drivetrain", "a drivetrain")


@lru_cache(maxsize=1_024)
def read_euro(text: str) -> Read:
    said = bare(text).lower()
    if says_nothing(said) or said == "0":
        return BLANK
    found = _EURO.match(said)
    if found is None:
        return unreadable("euro", "an emission standard")
    return Read(EuroStandard(_ROMAN.get(found[1]) or int(found[1])))


@lru_cache(maxsize=4_096)
def read_service_history(text: str) -> Read:
    said = _words(text)
    if not said or (says_nothing(said) and said != "none"):
        return BLANK
    found = _first_of(SERVICE_HISTORIES, said)
    if found is None and said in YES:
        return SILENT
    return Read(found) if found else unreadable("service_history", "a service history")


@lru_cache(maxsize=1_024)
def read_vat(text: str) -> Read:
    """Return the VAT scheme; yes and no answer whether the car is VAT qualifying."""
    said = bare(text).lower()
    if says_nothing(said):
        return BLANK
    found = _first_of(VAT_SCHEMES, f" {said} ")
    return Read(found) if found else unreadable("vat", "a VAT scheme")


@lru_cache(maxsize=1_024)
def read_write_off(text: str) -> Read:
    """Return the salvage category; an "N" alone may be a no, and says nothing for sure.

    Categories A and B are refused, and so is a write-off that names no category.
    """
    said = bare(text).lower().replace("-", " ")
    answer = said.removesuffix(" category")
    if answer in _NOT_WRITTEN_OFF:
        return Read(None)
    if says_nothing(answer):
        return BLANK
    if _CATEGORY_N.match(said):
        return Read(WriteOff.N)
    found = _CATEGORY.search(said)
    if found is None or (found[1] or found[2]) == "x":
        return _unnamed_category(said)
    category = WriteOff(found[1] or found[2])
    if category in (WriteOff.A, WriteOff.B):
        message = "A car written off in category A or B may not be sold."
        return Read(UNSAID, "scrapped_car", message, is_error=True)
    return Read(category)


def _unnamed_category(said: str) -> Read:
    if said == "n":
        message = "Is this category N or a no? Write “Cat N” or “No”."
        return Read(UNSAID, "ambiguous_write_off", message)
    if said in YES or "category" in said or "cat" in said or "write" in said:
        message = "A write-off is only advertised with its category."
        return Read(UNSAID, "unknown_write_off", message, is_error=True)
    return unreadable("write_off", "a write-off category")


@lru_cache(maxsize=1_024)
def read_availability(text: str) -> Read:
    """Return "available", "reserved" or "sold"; "Y sold" and "N sold" answer a column's name."""
    said = _words(text)
    if says_nothing(said) or says_nothing(said.partition(" ")[0]):
        return BLANK
    answer, _, asked = said.partition(" ")
    if asked in ("sold", "reserved") and answer in YES | NO:
        return Read(asked if answer in YES else "available")
    if _SOLD.search(said) and not _UNSOLD.search(said):
        return Read("sold")
    if _RESERVED.search(said) and not _UNSOLD.search(said):
        return Read("reserved")
    if _AVAILABLE.search(said) or _UNSOLD.search(said) or said == "new":
        return Read("available")
    return unreadable("availability", "whether the car is for sale")


def _words(text: str) -> str:
    return " ".join(bare(text).lower().replace("_", " ").split())


def _first_of(table: Mapping[re.Pattern[str], str], said: str) -> str | None:
    return next((value for pattern, value in table.items() if pattern.search(said)), None)
