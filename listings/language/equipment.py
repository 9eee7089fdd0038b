"""What an advert's texts say the car has.

One pass finds where anything is named. Around it the text is cut into clauses, which repeat from
advert to advert: most are looked up. In a clause a phrase counts unless something before or behind
it says that the car lacks it, or might have it.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import ahocorasick

from listings.choices import Equipment
from listings.language.lexicon import Speaker, Term, condition, terms
from listings.language.matcher import Phrases, spellings
from listings.language.once import once
from listings.language.tokens import Token, key_at, tokens

_SHORT_MAX = 120  # characters of a text that others are likely to have as well
_REMEMBERED = 20_000  # clauses and features, some 200 bytes each
_REACH = 4  # words between what is lacking and the word that says so
_DASHES = frozenset("-\u2013\u2014")
_PLAIN = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2019\u00a0", "-----' ")
_JOINTS = frozenset({"and", "or", "&", "+", "/", "with", "a", "an", "the", "any"})
_NAMED, _COLON, _COMMA, _DOT, _END, _LINE = range(6)
_MARKS = {
    **dict.fromkeys(",;|)[]{}", _COMMA),
    **dict.fromkeys("!?*\u2022\u2026", _END),
    ":": _COLON,
    ".": _DOT,
    "\n": _LINE,
}
_IMPLIED = {
    Equipment.CLIMATE_CONTROL: Equipment.AIR_CONDITIONING,
    Equipment.ADAPTIVE_CRUISE: Equipment.CRUISE_CONTROL,
    Equipment.CAMERA_360: Equipment.REVERSING_CAMERA,
}


class _Meaning(NamedTuple):
    bits: int
    unless_next: frozenset[str]


class _Clause(NamedTuple):
    """What a clause says the car has, and how it goes on.

    It is a heading where what is listed behind it is lacking, too ("Optional: ..."), `is_open`
    where a thing is lacking at its end, and `is_bare` where it names nothing but things.
    """

    bits: int = 0
    is_heading: bool = False
    is_open: bool = False
    is_bare: bool = False
    has_or: bool = False


_NOTHING = _Clause()


class _Reading:
    """The clauses of a text so far.

    Of "no sat nav, leather or towbar" all three are lacking; "no dents, leather" has leather. What
    stands below a heading of its own line is lacking up to a blank line.
    """

    def __init__(self) -> None:
        self.found = 0
        self._held = 0
        self.is_pending = False  # whether anything but `found` matters for what follows
        self._is_open = self._is_listing = self._is_block = False

    def add(self, clause: _Clause) -> None:
        self._is_listing = self._is_listing or clause.is_heading
        if self._is_open and clause.is_bare:
            self._held = 0 if clause.has_or else self._held | clause.bits
            self._is_open = not clause.has_or
            return
        if not (self._is_listing or self._is_block):
            self.found |= self._held | clause.bits
        self._held, self._is_open = 0, clause.is_open
        self.is_pending = self._is_open or self._is_listing or self._is_block

    def end(self, mark: int, clause: str) -> None:
        """End a sentence or a line with its last clause."""
        if mark == _LINE:
            is_heading = self._is_listing and clause.endswith(":")
            self._is_block = bool(clause) and (self._is_block or is_heading)
        if not (self._is_listing or self._is_block):
            self.found |= self._held
        self._held, self._is_open, self._is_listing = 0, False, False
        self.is_pending = self._is_block


def read_equipment(*, derivative: str, features: Iterable[str], description: str) -> int:
    """Return what the texts say, as `Equipment.bits` has it."""
    found = _read(derivative) | _read(description)
    for feature in features:
        found |= _short_text(feature) if len(feature) <= _SHORT_MAX else _read(feature)
    for having, implied in _implied_bits():
        if found & having:
            found |= implied
    return found


def _read(text: str) -> int:
    if not text:
        return 0
    low = text.lower()
    low = low if low.isascii() else low.translate(_PLAIN)
    reading, start, is_telling = _Reading(), 0, False
    for at, mark in _finder().iter(f"{low}\n".replace("-", " ")):
        if mark <= _COLON:
            is_telling = True
            continue
        if mark == _DOT and low[at + 1 : at + 2].isdigit():
            continue
        if is_telling or reading.is_pending:
            clause = low[start:at].strip()
            if clause:
                reading.add(_clause(clause) if is_telling else _NOTHING)
            if mark != _COMMA and reading.is_pending:
                reading.end(mark, clause)
        start, is_telling = at + 1, False
    return reading.found


def _clause(text: str) -> _Clause:
    return _short_clause(text) if len(text) <= _SHORT_MAX else _judged(text)


def _judged(text: str) -> _Clause:
    found = tokens(text)
    bits = reach = others = 0
    is_heading = is_open = False
    for meaning, at, end in _phrases().parts(found):
        key = found[at].key
        if meaning is None:
            reach = _reach(found, at, reach)
            is_heading = is_heading or (key == ":" and reach > 0)
            others += key not in _JOINTS and key not in condition("lacking")
            continue
        is_next = key_at(found, end) in meaning.unless_next
        is_open = reach > 0
        if not is_open and not is_next and not _is_denied_after(found, end):
            bits |= meaning.bits
        reach = _REACH if is_open else 0
    keys = {token.key for token in found}
    return _Clause(bits, is_heading, is_open, not others, "or" in keys or "nor" in keys)


def _reach(found: list[Token], at: int, reach: int) -> int:
    """Return over how many words more something is lacking, after one that stands at a place."""
    key = found[at].key
    if key in condition("lacking"):
        return _REACH + 1
    if key in condition("lacking_ends") or (key in _DASHES and not found[at].is_glued):
        return 0
    return reach if key in _JOINTS or key == ":" else max(reach - 1, 0)


def _is_denied_after(found: list[Token], end: int) -> bool:
    for place in range(end, min(end + 3, len(found))):
        key = found[place].key
        if key in condition("lacking_after"):
            return True
        if key in condition("lacking") and key_at(found, place + 1) in condition("not_so"):
            return True
        if key in condition("denied_after"):
            return place + 1 == len(found) or found[place + 1].is_sign
        if key in _JOINTS:
            return False
    return False


_short_text = lru_cache(maxsize=_REMEMBERED)(_read)
_short_clause = lru_cache(maxsize=_REMEMBERED)(_judged)


@once
def _phrases() -> Phrases[_Meaning]:
    meanings: dict[str, _Meaning] = {}
    for term in _terms():
        bits = Equipment.bits([term.value])
        for name in term.names:
            known = meanings.get(name.lower(), _Meaning(0, frozenset()))
            meanings[name.lower()] = _Meaning(known.bits | bits, term.unless_next)
    return Phrases(meanings.items())


@once
def _finder() -> "ahocorasick.Automaton":
    """Return what finds every phrase and every mark that parts clauses, in one pass."""
    finder = ahocorasick.Automaton()
    for term in _terms():
        for name in term.names:
            for keys in (*spellings(name.lower()), (name.lower(),)):
                finder.add_word(" ".join(keys).replace("-", " "), _NAMED)
    for sign, mark in _MARKS.items():
        finder.add_word(sign, mark)
    finder.make_automaton()
    return finder


def _terms() -> Iterator[Term]:
    for field in ("not_equipment", "equipment"):
        yield from terms(field, Speaker.FEED)


@once
def _implied_bits() -> tuple[tuple[int, int], ...]:
    return tuple(
        (Equipment.bits([having]), Equipment.bits([implied]))
        for having, implied in _IMPLIED.items()
    )
