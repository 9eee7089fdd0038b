"""Words that state something by their shape: sizes, counts, and badges built on a number."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import starmap

from listings.choices import Drivetrain
from listings.language.derivative.facts import Facts, Mark, Slot
from listings.language.derivative.markers import MARKERS

# Numbers and their units are one word or two: "5dr", "5 dr"; the reader joins them.
UNITS = frozenset(
    [
        "dr",
        "drs",
        "door",
        "doors",
        "seat",
        "seats",
        "seater",
        "str",
        "kwh",
        "kw",
        "ps",
        "bhp",
        "hp",
        "cc",
        "litre",
        "litres",
        "ltr",
        "ltrs",
        "l",
        "spd",
        "speed",
        "tonne",
        "tonnes",
        "ton",
        "kg",
        "mm",
        "cm",
        "inch",
        "mpg",
        "miles",
        "gb",
    ]
)
# The letters that follow a badge's number, joined too: "C 220 d", "2.0 T".
SUFFIXES = frozenset(["d", "e", "i", "t", "h", "de", "td", "ci", "cd", "ti", "st"])

# The letters written on to the size itself: "1.4i", "2.0T", "3.0d", "2.0h".
SIZE_LETTERS = ("i", "T", "d", "sd", "si", "h")

_SEATS_MAX = 17  # the largest minibus
_KW_MIN = 33  # what an electric car's motor has; 7, 11 and 22 kW are its chargers
_TONNES = frozenset(map(Decimal, ("3.5", "5.0", "7.5")))  # what vans weigh; no turbo is as large
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}

_VALUE = Facts("", Slot.VALUE)
_ENGINE = Facts("", Slot.ENGINE)
_LITRE_SUFFIXES: dict[str, tuple[Mark, ...]] = {
    "": (),
    "l": (),
    "litre": (),
    "litres": (),
    "ltr": (),
    "ltrs": (),
    "i": (Mark.PERHAPS_PETROL,),
    "t": (Mark.PERHAPS_PETROL,),
    "d": (Mark.DIESEL,),
    "sd": (Mark.DIESEL,),
    "si": (Mark.PETROL,),
    "h": (Mark.HYBRID,),
}


def _litres(number: str, suffix: str) -> Facts | None:
    litres = Decimal(number.replace(",", "."))
    if not Decimal("0.6") <= litres <= Decimal("8.4"):
        return None
    if suffix == "t" and litres in _TONNES:
        return None
    if suffix in _LITRE_SUFFIXES:
        marks = _LITRE_SUFFIXES[suffix]
        name = next((letter for letter in SIZE_LETTERS if letter.lower() == suffix), "")
        return replace(_ENGINE if marks else _VALUE, name=name, litres=litres, marks=marks)
    for badge in MARKERS.get(suffix, ()):
        if badge.facts.slot is Slot.ENGINE:
            return replace(badge.facts, litres=litres)
    return None


def _whole_litres(number: str) -> Facts:
    return replace(_VALUE, litres=Decimal(number))


def _cc(number: str) -> Facts | None:
    return replace(_VALUE, cc=int(number)) if 600 <= int(number) <= 8400 else None


def _kwh(number: str) -> Facts | None:
    kwh = Decimal(number.replace(",", "."))
    return replace(_VALUE, kwh=kwh) if Decimal("0.3") <= kwh <= 250 else None


def _power(number: str, unit: str) -> Facts | None:
    figure = int(number)
    if unit == "kw":
        return replace(_VALUE, kw=figure, marks=(Mark.MOTOR,)) if figure >= _KW_MIN else None
    if unit == "ps":
        return replace(_VALUE, ps=figure)
    return replace(_VALUE, bhp=figure)


def _doors(number: str, unit: str) -> Facts:
    if unit.startswith("door"):
        return replace(_VALUE, spelled_doors=int(number))
    return replace(_VALUE, doors=int(number))


def _seats(number: str) -> Facts | None:
    return replace(_VALUE, seats=int(number)) if 2 <= int(number) <= _SEATS_MAX else None


def _two_rows(front: str, rear: str) -> Facts:
    return replace(_VALUE, seats=int(front) + int(rear))


def _euro(standard: str) -> Facts:
    return replace(_VALUE, euro=_ROMAN.get(standard) or int(standard))


def _gears(number: str) -> Facts:
    return Facts(f"{number} Speed", Slot.GEARBOX)


def _badge(mark: Mark, *, drive: str = "", letters: str, tail: str) -> Facts:
    drivetrain = Drivetrain.FOUR_WHEEL if drive == "xdrive" else None
    name = f"{drive.replace('drive', 'Drive')}{letters.upper()}{tail}"
    return replace(_ENGINE, name=name, marks=(mark,), drivetrain=drivetrain)


def _numbered(drive: str, prefix: str, number: str, suffix: str) -> Facts | None:
    """BMW, Mercedes-Benz, Lexus and Infiniti: 320d, xDrive30e, GLC300de, RX450h, M340i."""
    mark = _SUFFIX_MARKS[suffix.lstrip("lcx")]
    if not prefix and f"{number}{suffix}" in {"500e", "600e"}:  # Fiat's, or a Mercedes-Benz S 500 e
        mark = Mark.PLUG_IN_OR_ELECTRIC
    if prefix in {"ux", "rz"} and suffix == "e":  # Lexus
        mark = Mark.ELECTRIC
    if suffix == "h" and prefix and prefix not in _LEXUS:  # Auto Trader's C200h
        mark = Mark.MILD_HYBRID
    return _badge(mark, drive=drive, letters=prefix, tail=f"{number}{suffix}")


_SUFFIX_MARKS = {
    "d": Mark.DIESEL,
    "td": Mark.DIESEL,
    "i": Mark.PETROL,
    "ti": Mark.PETROL,
    "h": Mark.HYBRID,
    "e": Mark.PLUG_IN,
    "de": Mark.PLUG_IN,
    "h+": Mark.PLUG_IN,
    "dh": Mark.DIESEL,  # Auto Trader's E220dh, a mild hybrid
}
_LEXUS = frozenset(["ct", "es", "gs", "is", "lc", "lm", "ls", "nx", "rc", "rx", "ux", "lbx"])


def _tesla(performance: str, number: str) -> Facts:
    name = f"{performance.upper()}{number}D"
    return replace(_ENGINE, name=name, marks=(Mark.ELECTRIC,), drivetrain=Drivetrain.FOUR_WHEEL)


def _land_rover(letter: str, number: str, plug: str) -> Facts:
    """Jaguar Land Rover since 2017: D or P for the fuel and the power in PS, e for a plug."""
    mark = Mark.PLUG_IN if plug else Mark.DIESEL if letter == "d" else Mark.PETROL
    return replace(_ENGINE, name=f"{letter.upper()}{number}{plug}", marks=(mark,))


def _electric_badge(whole: str) -> Facts:
    return replace(_ENGINE, name=whole, marks=(Mark.ELECTRIC,))


Builder = Callable[..., Facts | None]

_SHAPES: tuple[tuple[str, Builder], ...] = (
    (r"([2-6])-?(drs?|doors?)", _doors),
    (r"(\d{1,3}(?:[.,]\d{1,2})?)-?kwh", _kwh),
    (r"(\d[.,]\d{1,2})-?([a-z][a-z0-9-]*|)", _litres),
    (r"([1-8])-?(?:litres?|ltrs?)", _whole_litres),
    (r"eu(?:ro?)?-?([1-7]|i{1,3}|iv|vi{0,2})(?:\.\d|[a-e][a-z-]*)?", _euro),
    (r"e([56])", _euro),
    (r"(\d{1,2})-?(?:seats?|seater|str)", _seats),
    (r"([5-9])st", _seats),
    (r"([245])\+([1-3])", _two_rows),
    (r"(\d{3,4})-?cc", _cc),
    (r"(\d{2,4})-?(ps|bhp|hp|kw)", _power),
    (r"([4-9]|10)-?(?:spd|speed)", _gears),
    (r"(p?)(60|70|75|85|90|100)d", _tesla),
    (r"([dp])([1-6]\d\d)(e?)", _land_rover),
    (r"([sx]drive|)([a-z]{0,3})([1-8]\d\d)([lcx]?(?:de|[die])|t[di]|dh|h\+?)", _numbered),
    # BMW's X, Z and i models and its M cars carry two figures only.
    (r"([sx]drive|)(m?)(16|18|20|23|25|30|35|40|50)(d)", _numbered),
    (r"([sx]drive|)(m?)(18|20|23|25|28|30|35|40|48|50|60)(i)", _numbered),
    (r"([sx]drive|)()(25|30|40|45|50)(e)", _numbered),
    (r"(edrive\d\d|ev\d{3}|e-?(?:107|108|208|308|408|2008|3008|5008|c[345]))", _electric_badge),
)
_COMPILED = tuple(
    starmap(lambda pattern, builder: (re.compile(pattern, re.ASCII), builder), _SHAPES)
)
_LENGTH_MAX = 24


@lru_cache(maxsize=16_384)
def facts_of(key: str) -> Facts | None:
    """Return what the shape of one word states, or None."""
    if len(key) > _LENGTH_MAX:
        return None
    for pattern, build in _COMPILED:
        if match := pattern.fullmatch(key):
            facts: Facts | None = build(*match.groups())
            return facts
    return None
