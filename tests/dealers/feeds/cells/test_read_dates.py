"""Days and years, in every order and from every calendar's first day."""

from datetime import date

import pytest

from dealers.feeds.cells import dates
from dealers.feeds.cells.cell import BLANK, UNSAID, Read


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/24", date(2024, 12, 31)),
        ("1/2/2024", date(2024, 2, 1)),
        ("01.02.2024", date(2024, 2, 1)),
        ("1-2-99", date(1999, 2, 1)),
        ("2024-02-01", date(2024, 2, 1)),
        ("2024-02-01T00:00:00Z", date(2024, 2, 1)),
        ("01/02/2024 00:00:00", date(2024, 2, 1)),
        ("20240201", date(2024, 2, 1)),
        ("1 Feb 2024", date(2024, 2, 1)),
        ("1st February 2024", date(2024, 2, 1)),
        ("44927", date(2023, 1, 1)),
    ],
)
def test_a_date_is_read_the_british_way(text: str, day: date) -> None:
    assert dates.read_date(text) == Read(day)


def test_a_month_that_cannot_be_one_makes_a_date_american() -> None:
    read = dates.read_date("03/25/2020")
    assert (read.value, read.code, read.is_error) == (date(2020, 3, 25), "american_date", False)


@pytest.mark.parametrize(
    "text", ["1970-01-01", "01/01/1900", "0000-00-00", "01/01/0001", "1899-12-30", "", "N/A", "0"]
)
def test_the_first_day_of_a_calendar_is_no_date(text: str) -> None:
    assert dates.read_date(text) is BLANK


@pytest.mark.parametrize(
    "text", ["31/02/2024", "Feb-24", "02/2024", "2024-02", "Expired", "12 months", "99/99/9999"]
)
def test_what_is_no_date_is_a_warning(text: str) -> None:
    read = dates.read_date(text)
    assert (read.value, read.code, read.is_error) == (UNSAID, "unreadable_date", False)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2017", 2017),
        ("2017.0", 2017),
        ("2003 (03 reg)", 2003),
        ("(67) 2017", 2017),
        ("2023/73", 2023),
        ("01/03/2017", 2017),
        ("17", 2017),
        ("67 plate", 2017),
        ("03 reg", 2003),
        ("99", 1999),
        ("X reg", 2000),
        ("1970", 1970),
        ("2060", 2060),
    ],
)
def test_a_year_may_be_a_plate_or_a_date(text: str, year: int) -> None:
    assert dates.read_year(text) == Read(year)


@pytest.mark.parametrize("text", ["3017", "20177", "1880"])
def test_a_year_without_cars_is_an_error(text: str) -> None:
    assert dates.read_year(text).is_error


def test_what_is_no_year_is_a_warning() -> None:
    assert dates.read_year("old") == Read(
        UNSAID, "unreadable_year", "This is not a year that we can read."
    )
