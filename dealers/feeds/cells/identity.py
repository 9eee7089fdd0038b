"""A car's mark and VIN. Findings never repeat them."""

import re

from dealers.feeds.cells.cell import BLANK, UNSAID, Read, bare, says_nothing
from listings.identifiers import (
    InvalidVin,
    InvalidVrm,
    normalise_vin,
    normalise_vrm,
    vin_check_digit_is_valid,
)

_NO_MARK = re.compile(
    r"un-?reg|not reg|no reg|new|to follow|private|cherished|\bnil\b", re.IGNORECASE
)
_ASIDE = re.compile(r"(?:(?<!\s)\s++)?+[(\[].*")
_ADVERT = re.compile(r"[0-9]{1,18}")
_NORTH_AMERICAN = frozenset("12345")


def read_vrm(text: str) -> Read:
    """Return a mark, without what is said of it in brackets: "AB17 CDE (private)"."""
    said = bare(text)
    if says_nothing(said):
        return BLANK
    try:
        return Read(normalise_vrm(_ASIDE.sub("", said.strip("\"'. "))))
    except InvalidVrm as refusal:
        if _NO_MARK.search(said):
            return BLANK
        return Read(UNSAID, "unreadable_vrm", refusal.message)


def read_advert(text: str) -> Read:
    """Return the number that an advert has here, as our own export tells it."""
    said = bare(text)
    if says_nothing(said):
        return BLANK
    if not _ADVERT.fullmatch(said):
        return Read(UNSAID, "unreadable_advert", "This is not the number of an advert.")
    return Read(int(said))


def read_vin(text: str) -> Read:
    """Return a VIN; a wrong check digit is only spoken of where the law demands one."""
    said = bare(text)
    if says_nothing(said) or not said.strip("0-. "):
        return BLANK
    try:
        vin = normalise_vin(said.strip("\"'.* "))
    except InvalidVin as refusal:
        return Read(UNSAID, "unreadable_vin", refusal.message)
    if len(set(vin)) == 1:
        return Read(UNSAID, "unreadable_vin", InvalidVin().message)
    if vin[0] in _NORTH_AMERICAN and not vin_check_digit_is_valid(vin):
        return Read(vin, "vin_check_digit", "The VIN's check digit is wrong: is there a slip?")
    return Read(vin)
