"""No text can make a pattern of the project run away: the work grows as the text does."""

import re
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.marketplace.linear.attacks import Attack, attacks_on
from tests.marketplace.linear.growth import Endless, bounded, runaways
from tests.marketplace.linear.patterns import (
    SCANNING,
    Found,
    compiled_from_variables,
    every_pattern,
)

pytestmark = pytest.mark.slow

SHARDS = 8
_SECONDS_MAX = 5
_SHORT = 400
_START, _MOST = 1_024, 32 * 1_024
_Method = Callable[[Any], object]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_pattern_runs_away(shard: int) -> None:
    wrong = {found.place: found_runaways(found) for found in every_pattern()[shard::SHARDS]}
    assert {place: attacks for place, attacks in wrong.items() if attacks} == {}


def test_every_pattern_is_known_before_a_text_is() -> None:
    """What is compiled from a variable is measured where the variable is set, or not at all."""
    assert compiled_from_variables() == {
        "marketplace.api.parameters": "re.fullmatch(pattern.strip('^$'), text)",  # of one line
        "listings.language.derivative.patterns": "re.compile(pattern, re.ASCII)",  # into a table
        # Of escaped words alone.
        "dealers.privacy": r"re.sub(f'(?<!\\w)(?:{words})(?!\\w)', ERASED, bare, "
        "flags=re.IGNORECASE)",
        "listings.buyers.named_texts": r"re.sub(f'(?<!\\w){re.escape(name)}(?!\\w)', "
        "ERASED, text, flags=re.IGNORECASE)",
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
    assert found_runaways(found)


@pytest.mark.parametrize("pattern", [r"\s+", r"(?<!\d)\d++%", r"\bcat\w*", r"(?>(?:a|b)*)c?"])
def test_patterns_that_do_not_are_left_alone(pattern: str) -> None:
    assert found_runaways(Found("here", re.compile(pattern), frozenset(["match", "sub"]))) == []


def found_runaways(found: Found) -> list[str]:
    """Return the attacks by which a pattern's work grows faster than the text."""
    attacks = attacks_on(found.pattern)
    wrong = []
    for method in _methods(found):
        works = {attack: partial(_call, found.pattern, method, attack) for attack in attacks}
        try:
            with bounded(_SECONDS_MAX):
                wrong += runaways(works, short=_SHORT, start=_START, most=_MOST)
        except Endless as error:
            wrong.append(str(error))
    return wrong


def _methods(found: Found) -> list[_Method]:
    anchored: list[_Method] = [
        getattr(found.pattern, name) for name in ("match", "fullmatch") if name in found.methods
    ]
    return [*anchored, _scan(found.pattern)] if found.methods & SCANNING else anchored


def _scan(pattern: re.Pattern[Any]) -> _Method:
    return lambda text: deque(pattern.finditer(text), maxlen=0)


def _call(
    pattern: re.Pattern[Any], method: _Method, attack: Attack, length: int
) -> Callable[[], object]:
    text = attack.text(length)
    if isinstance(pattern.pattern, bytes):
        return partial(method, text.encode("latin-1", "replace"))
    return partial(method, text)
