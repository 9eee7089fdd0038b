"""A car's two names: its registration mark (VRM) and its vehicle identification number (VIN).

A refusal never repeats the text it refuses: marks and VINs stay out of logs and answers.
"""

import re

from marketplace.errors import Invalid

_SEPARATORS = re.compile(r"[\s\-]+")

_CURRENT = re.compile(r"[A-Z]{2}(?P<age>[0-9]{2})[A-Z]{3}")
_PREFIX = re.compile(r"(?P<age>[A-Z])[0-9]{1,3}[A-Z]{3}")
_SUFFIX = re.compile(r"[A-Z]{3}[0-9]{1,3}(?P<age>[A-Z])")
_DATELESS = re.compile(r"[A-Z]{1,3}[0-9]{1,4}|[0-9]{1,4}[A-Z]{1,3}")

_OLDER_SHAPES = (_PREFIX, _SUFFIX, _DATELESS)

_PREFIX_YEARS = {
    **{letter: (1983 + n, 1984 + n) for n, letter in enumerate("ABCDEFGHJKLMNPR")},
    "S": (1998, 1999),
    "T": (1999, 1999),
    "V": (1999, 2000),
    "W": (2000, 2000),
    "X": (2000, 2001),
    "Y": (2001, 2001),
}
_SUFFIX_YEARS = {
    **{letter: (1963 + n, 1963 + n) for n, letter in enumerate("ABCDE")},
    **{letter: (1967 + n, 1968 + n) for n, letter in enumerate("FGHJKLMNPRSTVWXY")},
}

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}


class InvalidVrm(Invalid):
    code = "invalid_vrm"

    def __init__(self) -> None:
        message = "This is not the shape of a UK registration mark."
        super().__init__(message, fields={"vrm": [message]})


class InvalidVin(Invalid):
    code = "invalid_vin"

    def __init__(self) -> None:
        message = "A VIN has 17 letters and digits, and none of I, O or Q."
        super().__init__(message, fields={"vin": [message]})


def normalise_vrm(text: str) -> str:
    """Return a registration mark in capitals without spaces or hyphens, such as AB15CDE.

    Accepts every shape on a UK number plate: current (AB15CDE), prefix and Q (A123BCD), suffix
    (ABC123D), dateless either way round, and Northern Ireland's (AIZ1234). Raises `InvalidVrm`.
    Source: DVLA INF104, "Vehicle registration numbers and number plates".
    """
    mark = _SEPARATORS.sub("", text).upper()
    if _CURRENT.fullmatch(mark) or any(shape.fullmatch(mark) for shape in _OLDER_SHAPES):
        return mark
    raise InvalidVrm


def registration_years(vrm: str) -> range | None:
    """Return the years in which a normalised mark was first issued; None if dateless.

    A car never wears a mark newer than itself, but a private plate may be older: a car older than
    the first year contradicts its mark, a car newer than the last one only may.
    Source: DVLA INF104; the age identifiers of 1963 to 2001, and those of the present system.
    """
    if match := _CURRENT.fullmatch(vrm):
        return _current_years(int(match["age"]))
    for shape, years in ((_PREFIX, _PREFIX_YEARS), (_SUFFIX, _SUFFIX_YEARS)):
        match = shape.fullmatch(vrm)
        if match and match["age"] in years:
            first, last = years[match["age"]]
            return range(first, last + 1)
    return None


def normalise_vin(text: str) -> str:
    """Return a VIN in capitals without spaces or hyphens. Raises `InvalidVin`.

    Source: ISO 3779:2009, which leaves out I, O and Q.
    """
    vin = _SEPARATORS.sub("", text).upper()
    if _VIN.fullmatch(vin):
        return vin
    raise InvalidVin


def vin_check_digit_is_valid(vin: str) -> bool:
    """Return whether the ninth character of a normalised VIN is its check digit.

    Only North America demands one, so that a wrong digit is a hint and never a refusal.
    Source: 49 CFR 565.15 (formerly FMVSS 115).
    """
    total = sum(
        _VIN_VALUES[character] * weight for character, weight in zip(vin, _VIN_WEIGHTS, strict=True)
    )
    return vin[8] == "0123456789X"[total % 11]


def _current_years(age: int) -> range | None:
    """Return the years of a two-digit age: 15 is March 2015 on, 65 September 2015 to February."""
    if age == 1:
        return None
    if 2 <= age <= 50:
        return range(2000 + age, 2001 + age)
    first = 2050 if age == 0 else 1950 + age
    return range(first, first + 2)
