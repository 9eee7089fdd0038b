"""Reading a UK derivative: "3.0 TDV6 Vogue SE 4dr Auto" into what it states."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from listings.choices import BodyType, Fuel
from listings.language.derivative.facts import Facts, Mark, Slot
from listings.language.derivative.fuel import weigh
from listings.language.derivative.joined_words import words_of
from listings.language.derivative.markers import MARKERS, Marker
from listings.language.derivative.parsed_derivative import ParsedDerivative
from listings.language.derivative.patterns import BARE_PS, SUFFIXES, facts_of
from listings.language.lexicon import Speaker, condition, table
from listings.language.quantities import unit_phrases
from listings.language.tokens import CLOSING, OPENING, Token

_BRACKETED_PS = frozenset(map(str, range(50, 800)))

_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?", re.ASCII)
# "C 300 e" is a plug-in hybrid, "1.2 60 E" a Polo's trim.
_PLUG_IN_NUMBER_MIN = "225"
# What a letter of its own can belong to: "2.0 T", "C 220 d", "E300 d".
_BADGE_NUMBER = re.compile(r"\d\.\d|\d\d|[a-z]{0,3}\d{3}l?|[5-9]", re.ASCII)
_CUT_DOORS = frozenset({"2d", "3d", "4d", "5d"})
# Audi's classes of power: "40 TFSI".
_AUDI_CLASSES = frozenset({"25", "30", "35", "40", "45", "50", "55", "60"})
_AUDI_BADGES = frozenset({"tfsi", "tdi"})
_OPENERS = frozenset({OPENING, "euro", "eu"})
_NEGATIONS = frozenset({"no", "non", "not", "without", "by"})
_PLUGGED = frozenset({Mark.ELECTRIC, Mark.PLUG_IN, Mark.HYBRID})
_LEFT_OVER = Facts("", Slot.TRIM)
# What a number says of the car is not so before these words, or behind them.
_UNLESS_NEXT = {
    "engine_litres": condition("of_a_screen"),
    "power_kw": condition("of_a_charger"),
    "spelled_doors": condition("of_a_picture"),
}
_UNLESS_BEHIND = {"engine_litres": condition("before_a_version")}
_NO_WORDS: frozenset[str] = frozenset()

# Where these are said twice, the first counts; of the others none does that is contradicted.
_FIRST_COUNTS = frozenset(
    ["engine_litres", "engine_cc", "battery_kwh", "power_ps", "power_bhp", "power_kw", "stop_start"]
)


@dataclass(slots=True)
class _Sorted:
    """The words of a derivative, sorted into what is understood and what is left."""

    evidence: list[tuple[str, Facts]] = field(default_factory=list)
    trim: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    bracket: list[tuple[str, Facts | None]] | None = None
    has_litres: bool = False

    def sort(self, words: Sequence[Token], facts: Facts | None) -> None:
        if words[0].key in (OPENING, CLOSING) and facts is None:
            self.turn(words[0].key)
            return
        text = words[0].text if len(words) == 1 else " ".join([word.text for word in words])
        if facts and self.has_litres and facts.has_litres:
            if self.trim and self.trim[-1].lower() == "or":  # "1.2 or 1.4": which one, nobody knows
                self.evidence = [said for said in self.evidence if not said[1].has_litres]
            facts = None  # a second size belongs to something else: "Sync 3.0"
        if facts and facts.slot is Slot.TRIM:
            facts = None
        if facts and facts.has_litres:
            self.has_litres = True
        if self.bracket is not None:
            self.bracket.append((text, facts))
        elif facts is None:
            self.trim.append(text)
        else:
            self.evidence.append((text, facts))

    def turn(self, bracket: str) -> None:
        """Go into a bracket or out of one; beside other words a body is an option's there."""
        within, self.bracket = self.bracket or (), [] if bracket == OPENING else None
        is_option = any(facts is None for _, facts in within)
        left = []
        for text, facts in within:
            if facts is None or (is_option and _may_be_of_an_option(facts)):
                left.append(text)
            else:
                self.evidence.append((text, facts))
        if left:
            self.options.append(" ".join(left))


def read(text: str) -> ParsedDerivative:
    """Return what the derivative `text` states; never raises, in time linear in its length."""
    words = words_of(text)
    found = _Sorted()
    position = 0
    previous: Facts | None = None
    while position < len(words):
        previous, length = _understood(words, position, previous)
        before = words[position - 1].key if position else ""
        if previous and _is_of_another(previous, before, words[position + length :][:1]):
            previous = None
        found.sort(words[position : position + length], previous)
        position += length
    found.turn(CLOSING)
    return _parsed(found)


def _may_be_of_an_option(facts: Facts) -> bool:
    """Whether words beside others in a bracket may be equipment: "[Touring Spec]", "(EV Ready)"."""
    return facts.slot in (Slot.BODY, Slot.DRIVE) or not _PLUGGED.isdisjoint(facts.marks)


def _is_of_another(facts: Facts, before: str, following: Sequence[Token]) -> bool:
    """Whether words are denied ("non hybrid") or say something of another thing ("Mk 2.5")."""
    next_key = following[0].key if following else ""
    return before in _NEGATIONS or any(
        next_key in _UNLESS_NEXT.get(name, _NO_WORDS)
        or before in _UNLESS_BEHIND.get(name, _NO_WORDS)
        for name in facts.says
    )


def _understood(
    words: Sequence[Token], position: int, previous: Facts | None
) -> tuple[Facts | None, int]:
    """Return what is stated at `position`, and how many words say it."""
    key = words[position].key
    if MARKERS.begins(key):
        for marker, end in MARKERS.every(words, position):
            if _matches(marker, words[position:end], words[end : end + 1], previous):
                return marker.facts, end - position
    if key[-1].isdigit() or key[-1] == "l" or key in _OPENERS or key in table("numbers")["words"]:
        pair = _joined(words[position : position + 4])
        if pair is not None:
            return pair
        if previous is not None and previous.takes_power and key in BARE_PS:
            return Facts("", Slot.VALUE, says={"power_ps": int(key)}), 1
    if key in _CUT_DOORS:
        return Facts("", Slot.VALUE, says={"spelled_doors": int(key[0])}), 1
    return facts_of(key), 1


def _joined(words: Sequence[Token]) -> tuple[Facts | None, int] | None:
    """Return what a number and its unit say in words of their own, or None if this is no pair."""
    if len(words) == 1:
        return None
    ahead = [word.key for word in words[:3]]
    key, following = str(table("numbers")["words"].get(ahead[0], ahead[0])), ahead[1]
    facts, length = None, 2
    if key == OPENING:
        facts, length = _bracketed_power(ahead), 3
    elif key in _AUDI_CLASSES and following in _AUDI_BADGES:
        facts, length = Facts(key, Slot.ENGINE), 1
    elif key in ("euro", "eu"):
        facts = facts_of(f"euro{following}")
    elif following in SUFFIXES and _BADGE_NUMBER.fullmatch(key):
        is_trim = following == "e" and key < _PLUG_IN_NUMBER_MIN
        facts = None if is_trim else facts_of(f"{key}{following}")
    elif not _NUMBER.fullmatch(key):
        return None
    elif following == "+":
        facts, length = facts_of(f"{key}+{ahead[-1]}"), 3
    else:
        unit, length = unit_phrases(Speaker.DERIVATIVE).find(words, 1)
        written = " ".join([word.key for word in words[1:length]])
        # "8.0 inch" is not a size of engine: what the pair does not say, the number does not.
        facts = None if unit is None else facts_of(f"{key}{written}") or _LEFT_OVER
    return None if facts is None else (facts, length)


def _bracketed_power(ahead: Sequence[str]) -> Facts | None:
    """Return the power that CAP writes as "[190]"."""
    if len(ahead) == 3 and ahead[2] == CLOSING and ahead[1] in _BRACKETED_PS:
        return Facts("", Slot.VALUE, says={"power_ps": int(ahead[1])})
    return None


def _matches(
    marker: Marker, words: Sequence[Token], following: Sequence[Token], previous: Facts | None
) -> bool:
    next_key = following[0].key if following else ""
    is_after_litres = previous is not None and previous.has_litres
    if marker.only_after_litres and not is_after_litres and next_key not in marker.or_next:
        return False
    if marker.exact and " ".join(word.text for word in words) not in marker.exact:
        return False
    if len(words) > 1 and words[-1].key.isdecimal() and _counts(next_key):
        return False  # "DSG 7 seats"
    return next_key not in marker.unless_next


def _counts(key: str) -> bool:
    return unit_phrases(Speaker.DERIVATIVE).meaning(key) is not None


def _parsed(found: _Sorted) -> ParsedDerivative:
    facts = [each for _, each in found.evidence]
    values = _values(facts)
    fuel, badges = _fuel(facts, values.get("engine_litres"), values.get("battery_kwh"))
    return ParsedDerivative(
        **values,
        fuel=fuel,
        badge=" ".join([badge.name for badge in badges]),
        trim=" ".join(found.trim),
        body=_names(facts, Slot.BODY),
        gearbox=_names(facts, Slot.GEARBOX),
        drive=_names(facts, Slot.DRIVE),
        options=tuple(found.options),
        evidence=tuple(found.evidence),
    )


def _values(facts: Sequence[Facts]) -> dict[str, Any]:
    said: dict[str, list[Any]] = {}
    for each in facts:
        for name, value in each.says.items():
            said.setdefault(name, []).append(value)
    values: dict[str, Any] = {
        name: found[0] if name in _FIRST_COUNTS or len(set(found)) == 1 else None
        for name, found in said.items()
    }
    # "5dr" goes before "4-Door", which can be part of a model's name.
    spelled = values.pop("spelled_doors", None)
    values.setdefault("doors", spelled)
    if "engine_cc" in values:
        values.setdefault("engine_litres", _rounded(values["engine_cc"]))
    if "body_type" in said:
        values["body_type"] = _body(said["body_type"], values["doors"])
    return values


def _rounded(cc: int) -> Decimal:
    return (Decimal(cc) / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _fuel(
    facts: Sequence[Facts], litres: Decimal | None, kwh: Decimal | None
) -> tuple[Fuel | None, list[Facts]]:
    """Return the fuel and the badges, without a word such as "Diesel" where a badge says it."""
    engine = [fact for fact in facts if fact.marks or fact.slot is Slot.ENGINE]
    engine.sort(key=lambda fact: not fact.has_litres)  # "2.0T", "3.0d": the letter stays with it
    fuel = weigh({mark for fact in engine for mark in fact.marks}, litres, kwh)
    in_slot = [fact for fact in engine if fact.slot is Slot.ENGINE]
    badges = [fact for fact in in_slot if not fact.is_fuel_word]
    if len(badges) == len(in_slot):
        return fuel, in_slot
    marks = {mark for fact in engine if not fact.is_fuel_word for mark in fact.marks}
    return fuel, badges if weigh(marks, litres, kwh) == fuel else in_slot


def _body(said: Sequence[BodyType], doors: int | None) -> BodyType | None:
    bodies = set(said)
    if doors is not None and doors > 3:
        bodies.discard(BodyType.COUPE)  # a "coupe" with four doors is a saloon, hatchback or SUV
    if doors == 2:
        bodies.discard(BodyType.ESTATE)  # "Touring" can be a trim
    return bodies.pop() if len(bodies) == 1 else None


def _names(facts: Sequence[Facts], slot: Slot) -> str:
    return " ".join([fact.name for fact in facts if fact.slot is slot])
