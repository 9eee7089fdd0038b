"""Days and years."""

import re
from datetime import date, timedelta
from functools import lru_cache

from dealers.feeds.cells.cell import BLANK, Read, impossible, says_nothing, unreadable, value_text
from listings.identifiers import registration_years
from listings.models.rules import YEAR_MAX, YEAR_MIN

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_BRITISH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[-/ .]*(?:of )?)?"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,20}[-/ .,]*+(\d{4}|\d{2})(?!\d)"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_MONTH = re.compile(r"(\d{1,2})[-/. ]((?:19|20)\d{2})$")
_ISO_MONTH = re.compile(r"((?:19|20)\d{2})[-/.](\d{1,2})$")
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.\d+)?$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# What systems write for no date: the first day of their calendars.
_NO_DATE = re.compile(r"0000|0001|1753|1899|1900-01-0|01/01/1900|1970-01-01|01/01/1970|9999")
_SPREADSHEETS_ZERO = date(1899, 12, 30)

_FOUR_DIGITS = re.compile(r"(?<![\d.,])\d{4}(?!\d)")
_PLATE = re.compile(r"(?<![\d.,])(\d{2})(?![\d.,])")
_LETTER = re.compile(r"([a-y])[ -]?(?:reg|plate)")
_FIRST_PLATE_OF_SEPTEMBER = 51
_LAST_PLATE_OF_SEPTEMBER = 84


@lru_cache(maxsize=32_768)
def read_date(text: str) -> Read:
    """Return a day: ISO, British order, with a named month, or a spreadsheet's number.

    A month without a day is its first day. Where British order is impossible and American order
    is not, it is American, with a warning.
    """
    said = value_text(text)
    if says_nothing(said) or said == "0" or _NO_DATE.match(said):
        return BLANK
    if found := _ISO.match(said) or _COMPACT.match(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _BRITISH.match(said):
        first, second, year = int(found[1]), int(found[2]), _century(found[3])
        if second > 12 >= first:
            read = _day(year, first, second)
            return read._replace(code="american_date", message="The month comes first here.")
        return _day(year, second, first)
    return _by_month(said)


@lru_cache(maxsize=8_192)
def read_year(text: str) -> Read:
    """Return a year of four digits, or the year of "67 plate", "17", "P reg" or a date."""
    said = value_text(text)
    if says_nothing(said) or said in ("0", "0000"):
        return BLANK
    years = [int(year) for year in _FOUR_DIGITS.findall(said)]
    plausible = [year for year in years if YEAR_MIN <= year <= YEAR_MAX]
    if plausible:
        return Read(plausible[0])
    if years or re.search(r"\d{5}", said):
        return impossible("year", "No car is of this year.")
    if found := _PLATE.search(said):
        return Read(_year_of_plate(int(found[1])))
    found = _LETTER.search(said)
    issued = registration_years(f"{found[1].upper()}1AAA") if found else None
    return Read(issued.start) if issued else unreadable("year", "a year")


def _by_month(said: str) -> Read:
    if found := _NAMED.search(said):
        month = _MONTHS.index(found[2]) + 1
        return _day(_century(found[3]), month, int(found[1] or 1))
    if found := _MONTH.match(said):
        return _day(int(found[2]), int(found[1]), 1)
    if found := _ISO_MONTH.match(said):
        return _day(int(found[1]), int(found[2]), 1)
    if found := _SERIAL.match(said):
        return Read(_SPREADSHEETS_ZERO + timedelta(days=int(found[1])))
    return unreadable("date", "a date")


def _day(year: int, month: int, day: int) -> Read:
    if year < YEAR_MIN:
        return BLANK
    try:
        return Read(date(year, month, day))
    except ValueError:
        return unreadable("date", "a date")


def _century(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _year_of_plate(digits: int) -> int:
    if digits < _FIRST_PLATE_OF_SEPTEMBER:
        return 2000 + digits
    return (1950 if digits <= _LAST_PLATE_OF_SEPTEMBER else 1900) + digits
