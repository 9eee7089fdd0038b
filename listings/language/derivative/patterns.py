"""Words that state something by their shape: sizes, counts, and badges built on a number."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import starmap

from listings.choices import Drivetrain, EuroStandard
from listings.language.derivative.facts import Facts, Mark, Slot
from listings.language.derivative.markers import MARKERS, gearbox_of
from listings.language.lexicon import Speaker, table
from listings.language.model_badges import model_of_badge
from listings.language.quantities import read_quantities

# The letters that follow a badge's number, joined too: "C 220 d", "2.0 T".
SUFFIXES = frozenset(["d", "e", "i", "t", "h", "de", "td", "ci", "cd", "ti", "st"])

# The letters written on to the size itself: "1.4i", "2.0T", "3.0d", "2.0h".
SIZE_LETTERS = ("i", "T", "d", "sd", "Di", "si", "h", "F")

_SEATS_MAX = 17  # the largest minibus
_KW_MIN = 33  # what an electric car's motor has; 7, 11 and 22 kW are its chargers
_TONNES = frozenset(map(Decimal, ("3.5", "5.0", "7.5")))  # what vans weigh; no turbo is as large
_POWER_MAX = 2_000
_LITRES = (Decimal("0.6"), Decimal("8.4"))
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
# A bare number behind an engine's badge is its power in PS ("TDI 150"). Higher ones are as often
# the weight class of a van ("EcoBlue 350").
BARE_PS = frozenset(map(str, range(60, 246)))

_VALUE = Facts("", Slot.VALUE)
_ENGINE = Facts("", Slot.ENGINE)
_LITRE_SUFFIXES: dict[str, tuple[Mark, ...]] = {
    "": (),
    "i": (Mark.PERHAPS_PETROL,),
    "t": (Mark.PERHAPS_PETROL,),
    "d": (Mark.DIESEL,),
    "sd": (Mark.DIESEL,),
    "di": (Mark.DIESEL,),
    "si": (Mark.PETROL,),
    "h": (Mark.HYBRID,),
    "f": (),  # Ford's and Volvo's for ethanol
}


def _litres(number: str, suffix: str) -> Facts | None:
    litres = Decimal(number.replace(",", "."))
    if not _LITRES[0] <= litres <= _LITRES[1]:
        return None
    if suffix == "t" and litres in _TONNES:
        return None
    if suffix in _LITRE_SUFFIXES:
        marks = _LITRE_SUFFIXES[suffix]
        name = next((letter for letter in SIZE_LETTERS if letter.lower() == suffix), "")
        facts = replace(_ENGINE if suffix else _VALUE, name=name, marks=marks)
        return facts.saying(engine_litres=litres)
    badge = MARKERS.meaning(suffix)
    is_badge = badge is not None and badge.facts.slot is Slot.ENGINE
    return badge.facts.saying(engine_litres=litres) if badge and is_badge else None


def _euro(standard: str) -> Facts:
    return _VALUE.saying(euro_standard=EuroStandard(_ROMAN.get(standard) or int(standard)))


def _seats(number: str) -> Facts:
    return _VALUE.saying(seats=int(number))


def _badge_and_power(badge: str, number: str) -> Facts | None:
    """A badge with its power written to it: "TDI130"."""
    marker = MARKERS.meaning(badge)
    if marker is None or not marker.facts.takes_power or number not in BARE_PS:
        return None
    return marker.facts.saying(power_ps=int(number))


def _number_and_badge(letters: str, number: str, badge: str) -> Facts | None:
    """Mercedes-Benz: "C200CDI", "120CDI"."""
    marker = MARKERS.meaning(badge)
    if marker is None or not marker.facts.takes_power or marker.only_after_litres:
        return None
    name = f"{letters.upper()}{number}{marker.facts.name}"
    return replace(marker.facts, name=name, takes_power=False)


def _badge(mark: Mark, *, drive: str = "", letters: str, tail: str) -> Facts:
    says = {"drivetrain": Drivetrain.FOUR_WHEEL} if drive == "xdrive" else {}
    name = f"{drive.replace('drive', 'Drive')}{letters.upper()}{tail}"
    return replace(_ENGINE, name=name, marks=(mark,), says=says)


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
    says = {"drivetrain": Drivetrain.FOUR_WHEEL}
    return replace(_ENGINE, name=name, marks=(Mark.ELECTRIC,), says=says)


def _land_rover(letter: str, number: str, plug: str) -> Facts:
    """Jaguar Land Rover since 2017: D or P for the fuel and the power in PS, e for a plug."""
    mark = Mark.PLUG_IN if plug else Mark.DIESEL if letter == "d" else Mark.PETROL
    return replace(_ENGINE, name=f"{letter.upper()}{number}{plug}", marks=(mark,))


def _counted(word: str, unit: str) -> Facts | None:
    """Doors or seats that are counted in a word: "five-door"."""
    number = table("numbers")["words"].get(word)
    return None if number is None else facts_of(f"{number}{unit}")


def _model_code(key: str) -> Facts | None:
    """A model and its engine in one: "C200", "GLC250"."""
    badge = model_of_badge(key)
    return replace(_ENGINE, name=key.upper()) if badge and badge.is_certain else None


def _electric_badge(whole: str) -> Facts:
    return replace(_ENGINE, name=whole, marks=(Mark.ELECTRIC,))


Builder = Callable[..., Facts | None]

_SHAPES: tuple[tuple[str, Builder], ...] = (
    (r"(\d[.,]\d{1,2})-?([a-z][a-z0-9-]*|)", _litres),
    (r"eu(?:ro?)?-?([1-7]|i{1,3}|iv|vi{0,2})(?:\.\d|[a-e][a-z-]*)?", _euro),
    (r"e([56])", _euro),
    (r"([5-9])st", _seats),
    (r"([a-z][a-z-]*[a-z])(\d{2,3})", _badge_and_power),
    (r"([a-z]{0,3})([1-9]\d\d)([a-z]{3,})", _number_and_badge),
    (r"(p?)(60|70|75|85|90|100)d", _tesla),
    (r"([dp])([1-6]\d\d)(e?)", _land_rover),
    (r"([sx]drive|)([a-z]{0,3})([1-8]\d\d)([lcx]?(?:de|[die])|t[di]|dh|h\+?)", _numbered),
    # BMW's X, Z and i models and its M cars carry two figures only.
    (r"([sx]drive|)(m?)(16|18|20|23|25|30|35|40|50)(d)", _numbered),
    (r"([sx]drive|)(m?)(18|20|23|25|28|30|35|40|48|50|60)(i)", _numbered),
    (r"([sx]drive|)()(25|30|40|45|50)(e)", _numbered),
    (r"([a-z]{3,5})-([a-z]{2,7})", _counted),
    (r"([a-z]{1,3}\d{3}l?)", _model_code),
    (r"(edrive\d\d|ev\d{3}|e-?(?:107|108|208|308|408|2008|3008|5008|c[345]))", _electric_badge),
)
_COMPILED = tuple(
    starmap(lambda pattern, builder: (re.compile(pattern, re.ASCII), builder), _SHAPES)
)
_LENGTH_MAX = 24
_WITHOUT_MARKS = str.maketrans("", "", "./")


@lru_cache(maxsize=16_384)
def facts_of(key: str) -> Facts | None:
    """Return what one word states by its shape or its unit, or None."""
    if len(key) > _LENGTH_MAX or key.isdecimal():
        return None
    if key.isalpha() and not key.startswith("eu"):
        return gearbox_of(key)
    for pattern, build in _COMPILED:
        match = pattern.fullmatch(key)
        facts: Facts | None = build(*match.groups()) if match else None
        if facts is not None:
            return facts
    measured = _measured(key) if key[0].isdigit() else None
    return measured or gearbox_of(key) or _abbreviated(key)


def _abbreviated(key: str) -> Facts | None:
    """Return what a word with dots or a slash in it says without them: "d.s.g.", "G/Tronic"."""
    bare = key.translate(_WITHOUT_MARKS)
    marker = None if bare == key else MARKERS.meaning(bare)
    return marker.facts if marker and marker.facts.slot in (Slot.GEARBOX, Slot.ENGINE) else None


def _measured(key: str) -> Facts | None:
    read = read_quantities(key.replace("-", ""), Speaker.DERIVATIVE)
    if read.rest or len(read.quantities) != 1:
        return None
    quantity = read.quantities[0]
    if quantity.unit is None:
        is_sum = "+" in key and quantity.value <= _SEATS_MAX
        return _VALUE.saying(seats=int(quantity.value)) if is_sum else None
    field, least, most = _MEASURES.get(quantity.unit.name, ("", 0, 0))
    if not field or not least <= quantity.value <= most:
        return None
    if field == "gears":
        return Facts(f"{quantity.value} Speed", Slot.GEARBOX)
    if field == "doors" and "door" in key:
        field = "spelled_doors"
    value = quantity.value if field in ("engine_litres", "battery_kwh") else int(quantity.value)
    marks = (Mark.MOTOR,) if field == "power_kw" else ()
    return replace(_VALUE, marks=marks, says={field: value})


# By a unit's name: what it is a measure of, and between which ends one of a car can be.
_MEASURES: Mapping[str, tuple[str, Decimal | int, Decimal | int]] = {
    "doors": ("doors", 2, 6),
    "seats": ("seats", 2, _SEATS_MAX),
    "litres": ("engine_litres", *_LITRES),
    "cc": ("engine_cc", 600, 8_400),
    "kwh": ("battery_kwh", Decimal("0.3"), 250),
    "ps": ("power_ps", 10, _POWER_MAX),
    "bhp": ("power_bhp", 10, _POWER_MAX),
    "kw": ("power_kw", _KW_MIN, _POWER_MAX),
    "gears": ("gears", 4, 10),
}
