"""Reading a UK derivative: "3.0 TDV6 Vogue SE 4dr Auto" into what it states."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from listings.choices import BodyType, Drivetrain, EuroStandard, Fuel, Transmission
from listings.language.derivative.facts import Facts, Slot
from listings.language.derivative.fuel import weigh
from listings.language.derivative.markers import MARKERS, Marker
from listings.language.derivative.patterns import SUFFIXES, UNITS, facts_of
from listings.language.tokens import CLOSING, OPENING, Token, spaced_words

T = TypeVar("T")

# A bare number after an engine's badge is its power in PS ("TDI 150"). Higher ones are as often the
# weight class of a van ("EcoBlue 350").
_BARE_PS = frozenset(map(str, range(60, 246)))
_BRACKETED_PS = frozenset(map(str, range(50, 800)))

_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?", re.ASCII)
# "C 300 e" is a plug-in hybrid, "1.2 60 E" a Polo's trim.
_PLUG_IN_NUMBER_MIN = "225"
# What a letter of its own can belong to: "2.0 T", "C 220 d", "E300 d".
_BADGE_NUMBER = re.compile(r"\d\.\d|\d\d|[a-z]{0,3}\d{3}|[5-9]", re.ASCII)
# The last word of a text that was cut off.
_CUT_DOORS = frozenset({"2d", "3d", "4d", "5d"})
_OPENERS = frozenset({OPENING, "euro", "eu"})
_LEFT_OVER = Facts("", Slot.TRIM)

_BHP_PER_PS = Decimal("0.98632")
_BHP_PER_KW = Decimal("1.34102")


@dataclass(frozen=True, slots=True)
class ParsedDerivative:
    """What a derivative states; None, or empty words, where it states nothing.

    `badge`, `trim`, `body`, `gearbox` and `drive` keep the words themselves, in the text's order;
    `options` are the packs named in brackets. Power is as stated: PS, bhp or kW.
    """

    engine_litres: Decimal | None = None
    engine_cc: int | None = None
    battery_kwh: Decimal | None = None
    power_ps: int | None = None
    power_bhp: int | None = None
    power_kw: int | None = None
    fuel: Fuel | None = None
    transmission: Transmission | None = None
    drivetrain: Drivetrain | None = None
    euro_standard: EuroStandard | None = None
    stop_start: bool | None = None
    doors: int | None = None
    seats: int | None = None
    body_type: BodyType | None = None
    badge: str = ""
    trim: str = ""
    body: str = ""
    gearbox: str = ""
    drive: str = ""
    options: tuple[str, ...] = ()

    @property
    def brake_horsepower(self) -> int | None:
        """The power in bhp, converted from PS or kW where those are stated."""
        if self.power_bhp is not None:
            return self.power_bhp
        if self.power_ps is not None:
            return round(self.power_ps * _BHP_PER_PS)
        return None if self.power_kw is None else round(self.power_kw * _BHP_PER_KW)


@dataclass(slots=True)
class _Sorted:
    """The words of a derivative, sorted into what is understood and what is left."""

    facts: list[Facts] = field(default_factory=list)
    trim: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    bracket: list[str] | None = None
    has_litres: bool = False

    def sort(self, words: Sequence[Token], facts: Facts | None) -> None:
        if words[0].key in (OPENING, CLOSING) and facts is None:
            self.turn(words[0].key)
        elif facts is None or facts.slot is Slot.TRIM or (self.has_litres and facts.litres):
            # A second size belongs to something else: "Sync 3.0".
            left = self.trim if self.bracket is None else self.bracket
            left.extend(word.text for word in words)
        else:
            self.facts.append(facts)
            self.has_litres = self.has_litres or facts.litres is not None

    def turn(self, bracket: str) -> None:
        if self.bracket:
            self.options.append(" ".join(self.bracket))
        self.bracket = [] if bracket == OPENING else None


def read(text: str) -> ParsedDerivative:
    """Return what the derivative `text` states; never raises, in time linear in its length."""
    words = spaced_words(text)
    found = _Sorted()
    position = 0
    previous: Facts | None = None
    while position < len(words):
        previous, length = _understood(words, position, previous)
        found.sort(words[position : position + length], previous)
        position += length
    found.turn(CLOSING)
    return _parsed(found)


def _understood(
    words: Sequence[Token], position: int, previous: Facts | None
) -> tuple[Facts | None, int]:
    """Return what is stated at `position`, and how many words say it."""
    key = words[position].key
    following = words[position + 1].key if position + 1 < len(words) else ""
    for markers in (MARKERS.get(f"{key} {following}"), MARKERS.get(key)):
        for marker in markers or ():
            if _matches(marker, words, position, previous):
                return marker.facts, marker.length
    if key[-1].isdigit() or key in _OPENERS:
        pair = _joined([word.key for word in words[position : position + 3]])
        if pair is not None:
            return pair
        if previous is not None and previous.takes_power and key in _BARE_PS:
            return Facts("", Slot.VALUE, ps=int(key)), 1
    if not following and key in _CUT_DOORS:
        return facts_of(f"{key}r"), 1
    return facts_of(key), 1


def _joined(ahead: Sequence[str]) -> tuple[Facts | None, int] | None:
    """Return what a number and its unit say in words of their own, or None if this is no pair."""
    if len(ahead) == 1:
        return None
    key, following = ahead[0], ahead[1]
    facts, length = None, 2
    if key == OPENING:
        facts, length = _bracketed_power(ahead), 3
    elif key in ("euro", "eu"):
        facts = facts_of(f"euro{following}")
    elif following in SUFFIXES and _BADGE_NUMBER.fullmatch(key):
        is_trim = following == "e" and key < _PLUG_IN_NUMBER_MIN
        facts = None if is_trim else facts_of(f"{key}{following}")
    elif not _NUMBER.fullmatch(key):
        return None
    elif following == "+":
        facts, length = facts_of(f"{key}+{ahead[-1]}"), 3
    elif following in UNITS:
        # "8.0 inch" is not a size of engine: what the pair does not say, the number does not.
        facts = facts_of(f"{key}{following}") or _LEFT_OVER
    return None if facts is None else (facts, length)


def _bracketed_power(ahead: Sequence[str]) -> Facts | None:
    """Return the power that CAP writes as "[190]"."""
    if len(ahead) == 3 and ahead[2] == CLOSING and ahead[1] in _BRACKETED_PS:
        return Facts("", Slot.VALUE, ps=int(ahead[1]))
    return None


def _matches(marker: Marker, words: Sequence[Token], position: int, previous: Facts | None) -> bool:
    after = position + marker.length
    if marker.rest and tuple(word.key for word in words[position + 2 : after]) != marker.rest:
        return False
    row = marker.row
    if row.only_after_litres and (previous is None or previous.litres is None):
        return False
    return not (row.unless_next and after < len(words) and words[after].key in row.unless_next)


def _parsed(found: _Sorted) -> ParsedDerivative:
    values = _values(found.facts)
    litres, kwh = values["engine_litres"], values["battery_kwh"]
    fuel, badges = _fuel(found.facts, litres, kwh)
    return ParsedDerivative(
        **values,
        fuel=fuel,
        badge=" ".join(badge.name for badge in badges),
        trim=" ".join(found.trim),
        body=_names(found.facts, Slot.BODY),
        gearbox=_names(found.facts, Slot.GEARBOX),
        drive=_names(found.facts, Slot.DRIVE),
        options=tuple(found.options),
    )


def _values(facts: Sequence[Facts]) -> dict[str, Any]:
    litres = _first([fact.litres for fact in facts])
    cc = _first([fact.cc for fact in facts])
    doors = _doors(facts)
    euro = _only([fact.euro for fact in facts])
    return {
        "engine_litres": _rounded(cc) if litres is None else litres,
        "engine_cc": cc,
        "battery_kwh": _first([fact.kwh for fact in facts]),
        "power_ps": _first([fact.ps for fact in facts]),
        "power_bhp": _first([fact.bhp for fact in facts]),
        "power_kw": _first([fact.kw for fact in facts]),
        "transmission": _only([fact.transmission for fact in facts]),
        "drivetrain": _only([fact.drivetrain for fact in facts]),
        "euro_standard": None if euro is None else EuroStandard(euro),
        "stop_start": _first([fact.stop_start for fact in facts]),
        "doors": doors,
        "seats": _only([fact.seats for fact in facts]),
        "body_type": _body(facts, doors),
    }


def _rounded(cc: int | None) -> Decimal | None:
    return None if cc is None else (Decimal(cc) / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _fuel(
    facts: Sequence[Facts], litres: Decimal | None, kwh: Decimal | None
) -> tuple[Fuel | None, list[Facts]]:
    """Return the fuel and the badges, without a word such as "Diesel" where a badge says it."""
    engine = [fact for fact in facts if fact.marks or fact.slot is Slot.ENGINE]
    engine.sort(key=lambda fact: fact.litres is None)  # "2.0T", "3.0d": the letter stays with it
    fuel = weigh({mark for fact in engine for mark in fact.marks}, litres, kwh)
    in_slot = [fact for fact in engine if fact.slot is Slot.ENGINE]
    badges = [fact for fact in in_slot if not fact.is_fuel_word]
    if len(badges) == len(in_slot):
        return fuel, in_slot
    marks = {mark for fact in engine if not fact.is_fuel_word for mark in fact.marks}
    return fuel, badges if weigh(marks, litres, kwh) == fuel else in_slot


def _doors(facts: Sequence[Facts]) -> int | None:
    """Return the doors: "5dr" goes before "4-Door", which can be part of a model's name."""
    if any(fact.doors is not None for fact in facts):
        return _only([fact.doors for fact in facts])
    return _only([fact.spelled_doors for fact in facts])


def _body(facts: Sequence[Facts], doors: int | None) -> BodyType | None:
    bodies = {fact.body for fact in facts if fact.body is not None}
    if doors is not None and doors > 3:
        bodies.discard(BodyType.COUPE)  # a "coupe" with four doors is a saloon, hatchback or SUV
    if doors == 2:
        bodies.discard(BodyType.ESTATE)  # "Touring" can be a trim
    return bodies.pop() if len(bodies) == 1 else None


def _names(facts: Sequence[Facts], slot: Slot) -> str:
    return " ".join(fact.name for fact in facts if fact.slot is slot)


def _first(values: Sequence[T | None]) -> T | None:
    for value in values:
        if value is not None:
            return value
    return None


def _only(values: Sequence[T | None]) -> T | None:
    """Return the value that all who state one agree on."""
    stated = {value for value in values if value is not None}
    return stated.pop() if len(stated) == 1 else None
