"""Numbers as dealers' systems write them: prices, mileages, engines, counts."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from dealers.feeds.cells import numbers, prices
from dealers.feeds.cells.cell import BLANK, UNSAID, Read


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("£30,495", 30495),
        ("13995 GBP", 13995),
        ("GBP 13,995.00", 13995),
        ("12,995", 12995),
        ("30.495,00", 30495),
        ("13 995", 13995),
        ("12995.99", 12996),
        ("Â£9,995", 9995),
        ("12.9k", 12900),
        ("£ 7,995 ono", 7995),
        ("12,995.-", 12995),
        ('="12995"', 12995),
        ("Was £13,995 Now £12,995", 12995),
        ("£12,995 (was £13,995)", 12995),
        ("£12,995 20% VAT Qualifying", 12995),
        ("POA", None),
        ("P.O.A.", None),
        ("0", None),
        ("0.00", None),
        ("TBC", None),
        ("Price on application", None),
        ("Please call", None),
    ],
)
def test_a_price_is_whole_pounds_or_on_application(text: str, pounds: int | None) -> None:
    assert prices.read_price(text) == Read(pounds)


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("£12,995 + VAT", 15594, "vat_added"),
        ("10000 ex VAT", 12000, "vat_added"),
        ("1", None, "odd_price"),
        ("150", UNSAID, "odd_price"),
        ("999999", UNSAID, "odd_price"),
        ("12.995", UNSAID, "unreadable_price"),
        ("£199 per month", UNSAID, "unreadable_price"),
        ("free!", UNSAID, "unreadable_price"),
        ("12995 13995", UNSAID, "unreadable_price"),
    ],
)
def test_an_odd_price_is_a_warning(text: str, value: object, code: str) -> None:
    read = prices.read_price(text)
    assert (read.value, read.code, read.is_error) == (value, code, False)


@pytest.mark.parametrize("text", ["€12,000", "13995 EUR", "$9000", "-5", "£-12,995", "99999999"])
def test_an_impossible_price_is_an_error(text: str) -> None:
    read = prices.read_price(text)
    assert (read.value, read.code, read.is_error) == (UNSAID, "impossible_price", True)


@pytest.mark.parametrize(
    ("text", "miles"),
    [
        (" 53739 mi", 53739),
        ("53,739 miles", 53739),
        ("1", 1),
        ("0", 0),
        ("45k", 45000),
        ("45.5K miles", 45500),
        ("12345.0", 12345),
        ("000123", 123),
    ],
)
def test_a_mileage_is_whole_miles(text: str, miles: int) -> None:
    assert numbers.read_mileage(text) == Read(miles)


@pytest.mark.parametrize(
    ("text", "value", "code", "is_error"),
    [
        ("80,000 km", 49710, "kilometres_converted", False),
        ("80000KMS", 49710, "kilometres_converted", False),
        ("999,998", 999998, "odd_mileage", False),
        ("999,999", UNSAID, "odd_mileage", False),
        ("delivery miles", UNSAID, "unreadable_mileage", False),
        ("12.345", UNSAID, "unreadable_mileage", False),
        ("under 100 miles", UNSAID, "unreadable_mileage", False),
        ("Less than 50", UNSAID, "unreadable_mileage", False),
        ("1000000", UNSAID, "impossible_mileage", True),
        ("-5", UNSAID, "impossible_mileage", True),
        ("low", UNSAID, "unreadable_mileage", False),
        ("10,000-20,000", UNSAID, "unreadable_mileage", False),
    ],
)
def test_an_odd_mileage_is_a_warning_and_an_impossible_one_an_error(
    text: str, value: object, code: str, is_error: bool
) -> None:
    read = numbers.read_mileage(text)
    assert (read.value, read.code, read.is_error) == (value, code, is_error)


@pytest.mark.parametrize(
    ("text", "cc"),
    [
        ("2148CC", 2148),
        ("1.0T", 1000),
        ("2.0", 2000),
        ("2", 2000),
        ("1,6 l", 1600),
        ("1,998 cc", 1998),
        ("1,598", 1598),
        ("1.998", 1998),
        ("1998.0", 1998),
        ("2.0 TDI", 2000),
        ("1.6 Litre", 1600),
        ("16v 1.6", 1600),
        ("2.0 16 valve", 2000),
    ],
)
def test_an_engine_is_cubic_centimetres(text: str, cc: int) -> None:
    assert numbers.read_engine(text) == Read(cc)


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (numbers.read_power, "150 bhp", 150),
        (numbers.read_power, "150PS", 148),
        (numbers.read_power, "110 kW", 148),
        (numbers.read_doors, "5dr", 5),
        (numbers.read_doors, "5.0", 5),
        (numbers.read_doors, "Five doors", 5),
        (numbers.read_seats, "7 Seats", 7),
        (numbers.read_owners, "0", 0),
        (numbers.read_owners, "None", 0),
        (numbers.read_owners, "One owner", 1),
        (numbers.read_co2, "0", 0),
        (numbers.read_co2, "119 g/km", 119),
        (numbers.read_mpg, "55.44 mpg", Decimal("55.4")),
        (numbers.read_mpg, "5.2 l/100km", Decimal("54.3")),
        (numbers.read_battery, "64kWh", Decimal("64.0")),
        (numbers.read_electric_range, "400 km", 249),
    ],
)
def test_other_numbers_lose_their_units(
    reader: Callable[[str], Read], text: str, value: object
) -> None:
    assert reader(text) == Read(value)


@pytest.mark.parametrize("text", ["", " ", "N/A", "Null", "nan", "Unknown", "-", "None", "#N/A"])
@pytest.mark.parametrize(
    "reader", [prices.read_price, numbers.read_mileage, numbers.read_engine, numbers.read_doors]
)
def test_a_cell_can_say_nothing_in_many_words(reader: Callable[[str], Read], text: str) -> None:
    assert reader(text) is BLANK


@pytest.mark.parametrize("reader", [numbers.read_engine, numbers.read_doors, numbers.read_mpg])
def test_nought_says_nothing_where_no_car_has_it(reader: Callable[[str], Read]) -> None:
    assert reader("0.0") is BLANK


@pytest.mark.parametrize(
    "text", ["9" * 5_000, "1" + "," * 5_000, "1" + ",111" * 2_000, "£" * 9_000]
)
@pytest.mark.parametrize(
    "reader", [prices.read_price, numbers.read_mileage, numbers.read_engine, numbers.read_owners]
)
def test_endless_numbers_are_unreadable_or_impossible(
    reader: Callable[[str], Read], text: str
) -> None:
    assert reader(text).value is UNSAID or text.startswith("1,")
