"""No text can make a pattern of the project run away: the work grows as the text does."""

import re
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.marketplace.linear.attacks import Attack, attacks_on
from tests.marketplace.linear.growth import GROWTH_MAX, Endless, bounded, growth_of
from tests.marketplace.linear.patterns import (
    SCANNING,
    Found,
    compiled_from_variables,
    every_pattern,
)

SHARDS = 8
_SECONDS_MAX = 5
_SCREENED_LENGTH = 400
_MEASURED = 3
_START, _MOST = 1_024, 32 * 1_024
_Method = Callable[[Any], object]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_pattern_runs_away(shard: int) -> None:
    wrong = {found.place: runaways(found) for found in every_pattern()[shard::SHARDS]}
    assert {place: attacks for place, attacks in wrong.items() if attacks} == {}


def test_every_pattern_is_known_before_a_text_is() -> None:
    """What is compiled from a variable is measured where the variable is set, or not at all."""
    assert compiled_from_variables() == {
        "marketplace.api.parameters": "re.fullmatch(pattern.strip('^$'), text)",  # of one line
        "listings.derivative.shapes": "re.compile(pattern, re.ASCII)",  # into a table
        "dealers.feeds.values.words": "re.compile(pattern)",  # into tables
    }


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\s*(<!--.*?-->\s*)*<(html|body)\b", "match"),
        (r"(?:x|y|x)*z", "search"),
        (r"\d+(?:\.\d+)?\s*%", "search"),
        (r"[\s,;]+(?=(?:https?:)?//)", "split"),
        (r"\s*[(\[].*", "sub"),
        (r"\s*\n\s*\n\s*", "sub"),
        (r",(?![^()]*\))\s*", "split"),
        (r"-\s*£?\s*\d", "search"),
        (r"mild.*diesel", "search"),
        (r"(?i:<!--.*?-->)", "finditer"),
    ],
)
def test_patterns_that_run_away_are_noticed(pattern: str, method: str) -> None:
    found = Found("here", re.compile(pattern, re.DOTALL), frozenset([method]))
    assert runaways(found)


@pytest.mark.parametrize("pattern", [r"\s+", r"(?<!\d)\d++%", r"\bcat\w*", r"(?>(?:a|b)*)c?"])
def test_patterns_that_do_not_are_left_alone(pattern: str) -> None:
    assert runaways(Found("here", re.compile(pattern), frozenset(["match", "sub"]))) == []


def runaways(found: Found) -> list[str]:
    """Return the attacks by which a pattern's work grows faster than the text."""
    wrong = []
    for method in _methods(found):
        try:
            with bounded(_SECONDS_MAX):
                wrong += _grown(found.pattern, method)
        except Endless as error:
            wrong.append(str(error))
    return wrong


def _grown(pattern: re.Pattern[Any], method: _Method) -> list[str]:
    wrong = []
    for attack in _worst(pattern, method):
        work = partial(_call, pattern, method, attack)
        growth = growth_of(work, start=_START, most=_MOST)
        if growth > GROWTH_MAX:
            wrong.append(f"{attack} grows {growth:.1f} times")
    return wrong


def _methods(found: Found) -> list[_Method]:
    anchored: list[_Method] = [
        getattr(found.pattern, name) for name in ("match", "fullmatch") if name in found.methods
    ]
    return [*anchored, _scan(found.pattern)] if found.methods & SCANNING else anchored


def _scan(pattern: re.Pattern[Any]) -> _Method:
    return lambda text: deque(pattern.finditer(text), maxlen=0)


def _worst(pattern: re.Pattern[Any], method: _Method) -> list[Attack]:
    """Return the attacks that take longest while they are short."""
    times = {}
    for attack in attacks_on(pattern):
        text = _of_kind(pattern, attack.text(_SCREENED_LENGTH))
        began = time.thread_time_ns()
        method(text)
        times[attack] = time.thread_time_ns() - began
    return sorted(times, key=lambda attack: times[attack], reverse=True)[:_MEASURED]


def _call(
    pattern: re.Pattern[Any], method: _Method, attack: Attack, length: int
) -> Callable[[], object]:
    text = _of_kind(pattern, attack.text(length))
    return lambda: method(text)


def _of_kind(pattern: re.Pattern[Any], text: str) -> str | bytes:
    is_bytes = isinstance(pattern.pattern, bytes)
    return text.encode("latin-1", "replace") if is_bytes else text
