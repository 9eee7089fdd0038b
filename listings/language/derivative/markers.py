"""The phrases of the lexicon that derivatives hold, and what each one states."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from listings.choices import BodyType, Drivetrain, Transmission
from listings.language.derivative.facts import Facts, Mark, Slot
from listings.language.lexicon import Speaker, condition, table, terms
from listings.language.matcher import Phrases
from listings.language.tokens import spaced_words

_CUT_LETTERS_MIN = 4
_JOINED_MIN = 3
_LAST_PART = re.compile(r"[ -](\w+)$")
_NUMERAL = re.compile(r"-?(?:i{1,3}|[2-9]|\+)$")
_FIELDS = (
    ("transmission", Slot.GEARBOX, Transmission),
    ("drivetrain", Slot.DRIVE, Drivetrain),
    ("body_type", Slot.BODY, BodyType),
)
_FUEL_MARKS: Mapping[str, Mark] = {
    "petrol": Mark.PETROL,
    "diesel": Mark.DIESEL,
    "electric": Mark.ELECTRIC,
    "hybrid": Mark.HYBRID,
    "plug_in_hybrid": Mark.PLUG_IN,
    "lpg": Mark.LPG,
    "hydrogen": Mark.HYDROGEN,
}


class Marker(NamedTuple):
    """What a phrase states; not where one of `unless_next` follows ("Auto Lights").

    `exact` are the only spellings that count, where case and hyphens matter.
    """

    facts: Facts
    unless_next: frozenset[str] = frozenset()
    only_after_litres: bool = False
    or_next: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()


def badge_marks() -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """Yield the badges that hint at the fuel whoever says them, and not only in a derivative."""
    for badge in table("badges")["badge"]:
        if "marks" in badge and "only" not in badge:
            for entry in badge["names"]:
                yield from ((name, _marks(badge)) for name in entry.split("|"))


@cache
def fuel_phrases(speaker: Speaker) -> Phrases[tuple[Mark, ...]]:
    """Return what hints at the fuel where a speaker names it, without what only badges say."""
    named = terms("fuel", speaker)
    said = ((name, (_FUEL_MARKS[term.value],)) for term in named for name in term.names)
    return Phrases((*badge_marks(), *said))


def _marks(badge: Mapping[str, Any]) -> tuple[Mark, ...]:
    return tuple(Mark[name.upper()] for name in badge.get("marks", ()))


def _markers() -> Iterator[tuple[str, Marker]]:
    for field, slot, choice in _FIELDS:
        for term in terms(field, Speaker.DERIVATIVE):
            facts = Facts(term.names[0], slot, says={field: choice(term.value)})
            names = _with_cut(term.names) if slot is Slot.GEARBOX else term.names
            yield from ((name, Marker(facts, term.unless_next)) for name in names)
    for term in terms("fuel", Speaker.DERIVATIVE):
        is_word = term.names[0].lower() == term.value
        marks = (_FUEL_MARKS[term.value],)
        facts = Facts(term.names[0], Slot.ENGINE, marks=marks, is_fuel_word=is_word)
        yield from ((name, Marker(facts, term.unless_next)) for name in term.names)
    for badge in table("badges")["badge"]:
        yield from _of_badge(badge)


def _of_badge(badge: Mapping[str, Any]) -> Iterator[tuple[str, Marker]]:
    says: dict[str, object] = {}
    if "transmission" in badge:
        says["transmission"] = Transmission(badge["transmission"])
    if "stop_start" in badge:
        says["stop_start"] = badge["stop_start"]
    facts = Facts(
        "",
        Slot[badge.get("slot", "engine").upper()],
        marks=_marks(badge),
        takes_power=badge.get("takes_power", False),
        says=says,
    )
    for entry in badge["names"]:
        names = entry.split("|")
        exact = frozenset(names) if "exact" in badge else frozenset()
        marker = Marker(
            replace(facts, name=names[0]),
            condition(badge.get("unless_next", "")),
            only_after_litres=badge.get("only_after_litres", False),
            or_next=condition(badge.get("or_next", "")),
            exact=exact,
        )
        yield from ((name, marker) for name in names)


def _with_cut(names: Iterable[str]) -> Iterator[str]:
    """Yield names of gearboxes, and what systems that cut them off leave: "S Tron"."""
    for name in names:
        yield name
        last = _LAST_PART.search(name)
        if last:
            for end in range(last.start(1) + _CUT_LETTERS_MIN, len(name)):
                yield name[:end]


MARKERS = Phrases(_markers(), spaced_words)


def gearbox_of(key: str) -> Facts | None:
    """Return what a gearbox states with its generation or another name written to it: "DSGII"."""
    numeral = _NUMERAL.search(key)
    marker = MARKERS.meaning(key[: numeral.start()]) if numeral else None
    if numeral and marker and marker.facts.slot is Slot.GEARBOX:
        return replace(marker.facts, name=marker.facts.name + key[numeral.start() :].upper())
    for cut in range(_JOINED_MIN, len(key) - _JOINED_MIN + 1):
        first, second = MARKERS.meaning(key[:cut]), MARKERS.meaning(key[cut:])
        if first and second and first.facts.slot is second.facts.slot is Slot.GEARBOX:
            return first.facts
    return None
