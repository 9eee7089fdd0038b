"""Days and years."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dealers.feeds.cells.cell import BLANK, Read, impossible, says_nothing, unreadable, value_text
from listings.identifiers import registration_years
from listings.models.rules import YEAR_MAX, YEAR_MIN
from marketplace.london_time import LONDON

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
# A moment that says where: its day is London's.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})? ?(z|[+-]\d\d:?\d\d)"
)
_CLOCK = re.compile(r"(?<![t ,])[t ,]++(\d{1,2}):(\d\d)(?::\d\d(?:\.\d{1,9}+)?)?$")
_BEFORE_A_DATE = re.compile(
    r"(?:(?:mot|until|till?|to|expir(?:es|y)|due|valid|date|on)\b[\s:.-]*+)++"
)
_BRITISH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[-/ .]*(?:of )?"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,20}[-/ .,]*+(\d{4}|\d{2})(?!\d)"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.\d+)?$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# What systems write for no date: the first day of their calendars.
_NO_DATE = re.compile(r"0000|0001|1753|1899|1900-01-0|01/01/1900|1970-01-01|01/01/1970|9999")
_SPREADSHEETS_ZERO = date(1899, 12, 30)

_FOUR_DIGITS = re.compile(r"(?<![\d.,])\d{4}(?!\d)")
_GROUPED_YEAR = re.compile(r"^(\d),(\d{3})$")
_PLATE = re.compile(r"(?<![\d.,])(?<!\d[a-z])(\d{2})(?![\d.,])")
_LETTER = re.compile(r"([a-y])[ -]?(?:reg|plate)")
_FIRST_PLATE_OF_SEPTEMBER = 51
_LAST_PLATE_OF_SEPTEMBER = 84


@lru_cache(maxsize=32_768)
def read_date(text: str) -> Read:
    """Return a day: ISO, British order, with a named month, or a spreadsheet's number.

    A month without a day is no day. Where British order is impossible and American order is not,
    it is American, with a warning. Of a moment with its offset it is the day in London.
    """
    said = value_text(text)
    if says_nothing(said) or said == "0" or _NO_DATE.match(said):
        return BLANK
    if before := _BEFORE_A_DATE.match(said):
        said = said[before.end() :]
    if found := _MOMENT.fullmatch(said):
        return _day_in_london(found)
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
    years = {int(year) for year in _FOUR_DIGITS.findall(_GROUPED_YEAR.sub(r"\1\2", said))}
    plausible = [year for year in years if YEAR_MIN <= year <= YEAR_MAX]
    if plausible:
        return Read(plausible[0]) if len(plausible) == 1 else unreadable("year", "one year")
    if years or re.search(r"\d{5}", said):
        return impossible("year", "No car is of this year.")
    if found := _PLATE.search(said):
        return Read(years_of_digits(int(found[1]))[0])
    found = _LETTER.search(said)
    issued = registration_years(f"{found[1].upper()}1AAA") if found else None
    return Read(issued.start) if issued else unreadable("year", "a year")


@lru_cache(maxsize=8_192)
def read_end(text: str) -> Read:
    """Return the moment at which something ends: of a day, its end in London.

    A time of day without an offset is London's.
    """
    said = value_text(text)
    if found := _MOMENT.fullmatch(said):
        moment = _moment(found)
        return Read(moment) if moment else unreadable("date", "a date")
    clock = _CLOCK.search(said)
    day = read_date(said[: clock.start()] if clock else said)
    if not isinstance(day.value, date):
        return day
    try:
        if clock is None:
            return day._replace(value=_at(day.value + timedelta(days=1), time()))
        return day._replace(value=_at(day.value, time(int(clock[1]), int(clock[2]))))
    except (ValueError, OverflowError):
        return unreadable("date", "a date")


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON)


def _by_month(said: str) -> Read:
    if found := _NAMED.search(said):
        month = _MONTHS.index(found[2]) + 1
        return _day(_century(found[3]), month, int(found[1]))
    if found := _SERIAL.match(said):
        return Read(_SPREADSHEETS_ZERO + timedelta(days=int(found[1])))
    return unreadable("date", "a date")


def _day_in_london(found: re.Match[str]) -> Read:
    moment = _moment(found)
    return Read(moment.date()) if moment else unreadable("date", "a date")


def _moment(found: re.Match[str]) -> datetime | None:
    """Return a moment that says where, on London's clock; None for one that never was."""
    offset = "+00:00" if found[3] == "z" else found[3]
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").astimezone(LONDON)
    except (ValueError, OverflowError):
        return None


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


@lru_cache(maxsize=8_192)
def two_digits_of_year(text: str) -> int | None:
    """Return the two digits that a cell says a year by; None where it says it otherwise."""
    said = value_text(text)
    found = None if re.search(r"\d{3}", said) else _PLATE.search(said)
    return int(found[1]) if found else None


def years_of_digits(digits: int) -> tuple[int, ...]:
    """Return the years that two digits may stand for, as a plate or a year, the likeliest first."""
    if digits < _FIRST_PLATE_OF_SEPTEMBER:
        return 2000 + digits, 1900 + digits
    if digits <= _LAST_PLATE_OF_SEPTEMBER:
        return 1950 + digits, 1900 + digits
    return (1900 + digits,)
