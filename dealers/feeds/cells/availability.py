"""Whether a car is on sale, as its cells say: by whole phrases, and never by a guess.

A no before a word of the sale takes the car off it; a word that nobody knows is left to a person. A
column whose name asks ("Sold", "Show on website") is answered by yes and no.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache

from dealers.feeds.cells import dates
from dealers.feeds.cells.cell import (
    BLANK,
    CELL_MAX,
    UNSAID,
    Read,
    bare,
    says_nothing,
    value_text,
)
from listings.language.lexicon import Speaker, condition, phrases
from listings.language.tokens import Token, key_at, tokens


class SaleState(StrEnum):
    """Where a row says that its car stands; of several, the last in this order counts."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    UNKNOWN = "unknown"
    OFF_SALE = "off_sale"
    SOLD = "sold"


ANSWERS = {
    SaleState.AVAILABLE: "available",
    SaleState.RESERVED: "reserved",
    SaleState.OFF_SALE: "not for sale",
    SaleState.SOLD: "sold",
}
"""What a person may say that a word means, each as a cell that says so."""

NOT_FOR_SALE = frozenset({SaleState.UNKNOWN, SaleState.OFF_SALE, SaleState.SOLD})

_FIELD = "availability"
_ASKED = " ?"
"""What stands in a cell's text before what the name of its column asks."""
_LINE_MAX = CELL_MAX + len(_ASKED) + max(map(len, SaleState))
_YES = frozenset({"y", "yes", "true", "1", "t", "on", "x", "ja", "oui"})
_NO = frozenset({"n", "no", "false", "0", "f", "off", "nein", "non", "none", "never", "not"})
_UNKNOWN = "Nobody has said yet what this means: the car is not on sale until then."
_NO_DATE = re.compile(r"0000-00-00.*|0001-01-01.*|00/00/0000.*|1900-01-01.*|01/01/1900.*")
_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/(\w+)\s*", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.\[\]/@:#-]+|(?<=\d)(?=[A-Z])")
_ASKING = frozenset({"?", "%"})
_MONEY = frozenset({"£", "$", "€"})


def read_availability(text: str) -> Read:
    """Return a `SaleState` by what stands in the lines of a text, one for each column."""
    states = [state for line in text.split("\n") if (state := _state(line)) is not None]
    if not states:
        return BLANK
    if SaleState.UNKNOWN in states and SaleState.SOLD not in states:
        return Read(UNSAID, f"unreadable_{_FIELD}", _UNKNOWN)
    return Read(max(states, key=list(SaleState).index))


def state_of(text: str) -> SaleState | None:
    """Return where a car stands, unknown words and all; None where nothing is said of it."""
    if not text:
        return None
    read = read_availability(text)
    if read.value is UNSAID:
        return SaleState.UNKNOWN if read.code else None
    return SaleState(str(read.value))


def unknown_words(text: str) -> list[str]:
    """Return the lines of a text that a person has to say the meaning of."""
    return [line for line in text.split("\n") if _state(line) is SaleState.UNKNOWN]


def word_key(line: str) -> str:
    """Return by what an answer is remembered: a line without case and spaces around it."""
    return " ".join(value_text(line[:_LINE_MAX]).replace("_", " ").split())


def word_shown(line: str) -> str:
    """Return a line as a person is asked about it: its word, and what its column asks."""
    said, asks, question = line[:_LINE_MAX].rpartition(_ASKED)
    if not asks or question not in ANSWERS:
        return line[:CELL_MAX]
    return f"{said.strip() or 'an empty cell'} (where a yes means: {ANSWERS[SaleState(question)]})"


def with_answers(text: str, answers: Mapping[str, str]) -> str:
    """Return a text with the words that a person has explained said in words that we know."""
    if not answers:
        return text
    lines = text.split("\n")
    known = (answers.get(word_key(line)) for line in lines)
    return "\n".join(
        ANSWERS[SaleState(state)] if state in ANSWERS else line
        for state, line in zip(known, lines, strict=True)
    )


def asked(text: str, header: str) -> str:
    """Return a cell with what the name of its column asks, if that asks anything."""
    question = question_of(header)
    text = " ".join(text.split())
    return f"{text}{_ASKED}{question}" if question else text


@lru_cache(maxsize=4_096)
def question_of(header: str) -> str:
    """Return the state that a yes in a column means: "sold" of "Is Sold?", "" where none is."""
    found = tokens(" ".join(_HUMP.sub(" ", header[:CELL_MAX]).split()))
    known = phrases(_FIELD, Speaker.HEADER)
    states: set[str] = set()
    rest: set[str] = set()
    for term, at, _ in known.parts(found):
        if term is not None:
            states.add(term.value)
        elif not found[at].is_sign:
            rest.add(found[at].key)
    moments = rest & condition("of_a_moment")
    if len(states) != 1 or rest - moments - condition("beside_a_question"):
        return ""
    state = states.pop()
    return "" if moments and state == SaleState.AVAILABLE else state


@lru_cache(maxsize=4_096)
def is_end_of_reservation(header: str) -> bool:
    """Whether the name of a column asks until when a car is reserved: "Reserved Until"."""
    if question_of(header) != SaleState.RESERVED:
        return False
    keys = {each.key for each in tokens(" ".join(_HUMP.sub(" ", header[:CELL_MAX]).split()))}
    return not keys.isdisjoint(condition("of_an_end"))


@lru_cache(maxsize=4_096)
def _state(line: str) -> SaleState | None:
    if len(line) > _LINE_MAX:
        return SaleState.UNKNOWN
    said, asks, question = line.rpartition(_ASKED)
    if asks and question in ANSWERS:
        return _answer(said.strip(), SaleState(question))
    answer, _, legacy = line.strip().rpartition(" ")
    if legacy in ("sold", "reserved") and answer.lower() in _YES | _NO:
        return _answer(answer, SaleState(legacy))
    return _named(line)


def _answer(said: str, question: SaleState) -> SaleState | None:
    """Return what an answer says to a question; a date says when it was."""
    text = value_text(said)
    if not text or says_nothing(text) or _NO_DATE.fullmatch(text):
        return SaleState.UNKNOWN if question is SaleState.AVAILABLE else None
    if text in _YES:
        return question
    if text in _NO:
        return SaleState.OFF_SALE if question is SaleState.AVAILABLE else SaleState.AVAILABLE
    if question is not SaleState.AVAILABLE and _is_date(text):
        return question
    return _named(said)


def _is_date(text: str) -> bool:
    day = re.split(r"[t ]", text, maxsplit=1)[0]
    return any(isinstance(dates.read_date(each).value, date) for each in (text, day))


def _named(line: str) -> SaleState | None:
    """Return the state that a cell names, if all of it is understood."""
    text = bare(line)
    if not text:
        return None
    member = _SCHEMA.fullmatch(text)
    words = _HUMP.sub(" ", member[1] if member else text)
    found = tokens(value_text(" ".join(words.split())))
    states = _states(found)
    return max(states, key=list(SaleState).index) if states else SaleState.UNKNOWN


def _states(found: Sequence[Token]) -> set[SaleState]:
    """Return the states that the words of a cell name; none where one of them is not understood."""
    states: set[SaleState] = set()
    is_denied = False
    at = 0
    while at < len(found):
        state, end, denies = _state_at(found, at)
        key = found[at].key
        if state is not None:
            if is_denied and state is not SaleState.AVAILABLE:
                return set()
            states.add(SaleState.OFF_SALE if is_denied else state)
            is_denied = False
            if _has_tail(state, found, end):
                break
        elif denies:
            is_denied = True
        elif is_denied and SaleState.SOLD in states and key in condition("still_to_come"):
            is_denied = False  # "sold, not yet collected" is sold
        elif not _is_beside(key, is_denied=is_denied, is_sign=found[at].is_sign):
            return set()
        at = max(end, at + 1)
    is_both = {SaleState.SOLD, SaleState.RESERVED} <= states
    return set() if is_denied or is_both else states


def _state_at(found: Sequence[Token], at: int) -> tuple[SaleState | None, int, bool]:
    """Return the state named at a place, the end of its name, and whether a no stands there.

    A no goes with what follows: "not" and "retail ready", rather than "not retail".
    """
    known = phrases(_FIELD, Speaker.FEED)
    term, end = known.find(found, at)
    denies = found[at].key in condition("denies_a_state")
    if denies and known.find(found, at + 1)[1] > end:
        return None, at, denies
    return None if term is None else SaleState(term.value), end, denies


def _is_beside(key: str, *, is_denied: bool, is_sign: bool) -> bool:
    if is_sign:
        return key not in _ASKING | _MONEY
    known = condition("beside_a_state")
    return key in known or (is_denied and key in condition("denied_loosely"))


def _has_tail(state: SaleState, found: Sequence[Token], at: int) -> bool:
    """Whether whoever took the car, or when, is all that follows: "held for Mrs Patel"."""
    is_taken = state in (SaleState.RESERVED, SaleState.SOLD)
    return is_taken and key_at(found, at) in condition(f"after_{state}")
