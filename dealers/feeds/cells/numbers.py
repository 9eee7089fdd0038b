"""Numbers as people and spreadsheets write them."""

import re
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from dealers.feeds.cells.cell import BLANK, Read, bare, impossible, odd, says_nothing, unreadable
from listings.models.rules import MILEAGE_MAX

NUMBER = re.compile(r"\d{1,3}(?:[ '\u2019]\d{3})+(?![\d])(?:[.,]\d{1,2}\b)?|\d(?:[\d.,]*\d)?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_GROUPS_OF_ONE_KIND = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+")
_DIGITS_MAX = 15

_KILOMETRES = re.compile(r"\d\s*k(?:m|ms|lm|ilomet\w*)\b|\bkilomet|\bkms?\b")
_THOUSANDS = re.compile(r"\d\s*k\b")
_MILES_PER_KILOMETRE = Decimal("0.621371")
_MILES = re.compile(r"\d\s*(?:k\s*)?(?:m|mi|mls|miles?|milage|mileage)\b")
_BESIDE_A_MILEAGE = """
k km kms klm klms kilometre kilometres kilometer kilometers miles mileage approx approximately
circa c ca about only just warranted recorded genuine current total odometer odo reading
under below over less than
"""
_OF_A_MILEAGE = frozenset(_BESIDE_A_MILEAGE.split())
_WORD = re.compile("[a-z]+")
_ODD_MILEAGE = 300_000
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_BHP_PER_PS = Decimal("0.98632")
_BHP_PER_KW = Decimal("1.34102")
_VALVES = re.compile(r"\b\d{1,2}\s*v(?:alves?)?\b")
_LITRES_ON_100_KM = re.compile(r"/\s*100\s*k")
_MPG_AT_1_LITRE = Decimal("282.481")


def amount(token: str) -> Decimal | None:
    """Return a number in which dots and commas group thousands or begin the decimals.

    Three digits after a dot or comma are thousands, so "12.995" and "12,995" are the same.
    """
    digits = re.sub(r"[ '\u2019]", "", token)
    if len(digits) > _DIGITS_MAX:
        return None
    if _GROUPS_OF_ONE_KIND.fullmatch(digits):
        return Decimal(re.sub(r"[.,]", "", digits))
    return decimal(digits)


def decimal(token: str) -> Decimal | None:
    """Return a number whose last dot or comma begins the decimals."""
    if len(token) > _DIGITS_MAX:
        return None
    at = max(token.rfind("."), token.rfind(","))
    if at < 0:
        return Decimal(token) if token.isdecimal() else None
    whole, rest = re.sub(r"[.,]", "", token[:at]), token[at + 1 :]
    if not rest.isdecimal() or not (whole or "0").isdecimal():
        return None
    return Decimal(f"{whole or 0}.{rest}")


def only_words(said: str, known: Collection[str]) -> bool:
    """Whether a number stands alone, or among words that may stand beside it."""
    return all(word in known for word in _WORD.findall(said))


def rounded(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))


@lru_cache(maxsize=65_536)
def read_mileage(text: str) -> Read:
    """Return whole miles; kilometres are converted, with a warning."""
    said = bare(text).lower()
    if says_nothing(said):
        return BLANK
    found = NUMBER.findall(said)
    if not found and "delivery" in said:
        return odd(0, "mileage", "Delivery mileage is taken for none.")
    number = amount(found[0]) if len(found) == 1 else None
    if number is None or not (_MILES.search(said) or only_words(said, _OF_A_MILEAGE)):
        return unreadable("mileage", "a mileage")
    if said.startswith("-"):
        return impossible("mileage", "A mileage is not negative.")
    return _miles(number, said)


def _miles(number: Decimal, said: str) -> Read:
    if _KILOMETRES.search(said):
        miles = rounded(number * _MILES_PER_KILOMETRE)
        message = f"Kilometres are shown as {miles:,} miles."
        return _plausible(miles, Read(miles, "kilometres_converted", message))
    miles = rounded(number * 1000 if _THOUSANDS.search(said) else number)
    return _plausible(miles, Read(miles))


def _plausible(miles: int, read: Read) -> Read:
    if miles > MILEAGE_MAX:
        return impossible("mileage", f"No car has done more than {MILEAGE_MAX:,} miles.")
    if miles >= _ODD_MILEAGE:
        return odd(miles, "mileage", f"{miles:,} miles are very many: is it a placeholder?")
    return read


@lru_cache(maxsize=4_096)
def read_engine(text: str) -> Read:
    """Return cubic centimetres of "2148CC", "1.0T", "2.0", "1,6 l" or "1998"."""
    said = bare(text).lower()
    if says_nothing(said) or "electric" in said or "kw" in said:
        return BLANK
    found = NUMBER.search(_VALVES.sub("", said))
    if found is None:
        return unreadable("engine", "the size of an engine")
    token = found[0]
    as_litres = decimal(token)
    is_grouped = bool(_GROUPED.fullmatch(token)) and "cc" in said
    number = amount(token) if is_grouped else as_litres
    if number is None:
        return unreadable("engine", "the size of an engine")
    if number == 0:
        return BLANK
    if number < 20:
        number *= 1000
    cc = rounded(number)
    if not 49 <= cc <= 30_000:
        return unreadable("engine", "the size of an engine")
    return Read(cc)


@lru_cache(maxsize=4_096)
def read_power(text: str) -> Read:
    """Return brake horsepower; PS and kW are converted."""
    said = bare(text).lower()
    number = _first(said)
    if number is None or number == 0:
        return BLANK if says_nothing(said) or number == 0 else unreadable("power", "a power")
    per_unit = Decimal(1)
    if re.search(r"kw\b", said):
        per_unit = _BHP_PER_KW
    elif re.search(r"\d\s*(?:ps|cv|pk)\b", said):
        per_unit = _BHP_PER_PS
    return _within(rounded(number * per_unit), 1, 3_000, "power", "a power")


@lru_cache(maxsize=1_024)
def read_doors(text: str) -> Read:
    return _count(text, 1, 9, "doors", "a number of doors")


@lru_cache(maxsize=1_024)
def read_seats(text: str) -> Read:
    return _count(text, 1, 60, "seats", "a number of seats")


@lru_cache(maxsize=1_024)
def read_owners(text: str) -> Read:
    said = bare(text).lower()
    if said in ("none", "no owners"):
        return Read(0)
    read = _count(text, 0, 99, "owners", "a number of owners", zero_is_said=True)
    if isinstance(read.value, int) and read.value > 20:
        return odd(read.value, "owners", "These are very many owners.")
    return read


@lru_cache(maxsize=4_096)
def read_co2(text: str) -> Read:
    return _count(text, 0, 999, "co2", "an emission in g/km", zero_is_said=True)


@lru_cache(maxsize=4_096)
def read_electric_range(text: str) -> Read:
    """Return whole miles; kilometres are converted."""
    said = bare(text).lower()
    read = _count(text, 1, 999, "range", "a range in miles")
    if isinstance(read.value, int) and _KILOMETRES.search(said):
        return Read(rounded(read.value * _MILES_PER_KILOMETRE))
    return read


@lru_cache(maxsize=4_096)
def read_mpg(text: str) -> Read:
    """Return miles per gallon; litres on 100 km are converted."""
    read = _tenths(text, "mpg", "a consumption in miles per gallon")
    if isinstance(read.value, Decimal) and _LITRES_ON_100_KM.search(text.lower()):
        return Read((_MPG_AT_1_LITRE / read.value).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return read


@lru_cache(maxsize=4_096)
def read_battery(text: str) -> Read:
    return _tenths(text, "battery", "a capacity in kWh")


def _first(said: str) -> Decimal | None:
    found = NUMBER.search(said)
    return None if found is None else decimal(found[0])


def _count(
    text: str, least: int, most: int, what: str, means: str, *, zero_is_said: bool = False
) -> Read:
    said = bare(text).lower()
    if says_nothing(said):
        return BLANK
    number = _first(said)
    if number is None:
        words = re.findall("[a-z]+", said)
        counted = [_WORDS.index(word) for word in words if word in _WORDS]
        return Read(counted[0]) if counted else unreadable(what, means)
    if number == 0 and not zero_is_said:
        return BLANK
    return _within(rounded(number), least, most, what, means)


def _within(number: int, least: int, most: int, what: str, means: str) -> Read:
    return Read(number) if least <= number <= most else unreadable(what, means)


def _tenths(text: str, what: str, means: str) -> Read:
    said = bare(text).lower()
    number = _first(said)
    if number is None or number == 0:
        return BLANK if says_nothing(said) or number == 0 else unreadable(what, means)
    tenths = number.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Read(tenths) if tenths and tenths < 1_000 else unreadable(what, means)
