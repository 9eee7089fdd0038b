"""How the work for a text grows with its length, in processor time."""

import gc
import math
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from types import FrameType
from typing import Any, TypeVar

GROWTH_MAX = 5.0
"""For four times the length: 4 is linear, 16 is quadratic."""
_FLOOR_SECONDS = 0.004
"""Below it nothing is told: what is measured is noise."""
_ROUNDS = 3
_TRIES = 40
_PAUSE_SECONDS = 0.05
"""What others do to the processor's caches passes; longer after each try, 40 seconds in all."""
_MEASURED = 3
_SURELY = 2 * GROWTH_MAX

REMEMBERING = ("dealers.feeds.", "listings.language.derivative.", "listings.catalogue.names")

T = TypeVar("T")
Work = Callable[[int], Callable[[], object]]
"""Prepares something of a length, and returns what is to be measured with it."""


class Endless(AssertionError):
    """Something took more processor time than is given to it."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Stop what is inside after so much processor time of this process."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Endless(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def runaways(works: Mapping[T, Work], *, short: int, start: int, most: int) -> list[str]:
    """Return which of the works grows too fast; measured are those that take longest while short.

    The growth of each is looked at from a length of `start` to one of `most`.
    """
    known = _caches()
    times = {name: _once(work(short), known) for name, work in works.items()}
    slowest = sorted(times, key=lambda name: times[name], reverse=True)[:_MEASURED]
    growths = {name: growth_of(works[name], start=start, most=most) for name in slowest}
    return [
        f"{name} grows {growth:.1f} times"
        for name, growth in growths.items()
        if growth > GROWTH_MAX
    ]


def growth_of(work: Work, *, start: int, most: int) -> float:
    """Return how much more time four times the length takes; 0 where all of it takes none.

    The length is doubled from `start` until there is something to measure, at most to `most`. What
    looks like too much is measured again, then at four times the length: a machine's noise goes
    away by that, and that the longer text alone was too long for the processor's caches; what is
    not linear shows all the more.
    """
    length = start
    while _seconds(work(length), 1) < _FLOOR_SECONDS:
        if length * 2 > most:
            return 0.0
        length *= 2
    ratio = _growth_at(work, length)
    is_unsure = GROWTH_MAX < ratio <= _SURELY
    return _growth_at(work, length * 4) if is_unsure else ratio


def _growth_at(work: Work, length: int) -> float:
    little, much = work(length), work(length * 4)
    shortest, longest, ratio = math.inf, math.inf, math.inf
    for tried in range(_TRIES):
        shortest = min(shortest, _seconds(little, _ROUNDS))
        longest = min(longest, _seconds(much, _ROUNDS))
        ratio = longest / shortest
        if ratio <= GROWTH_MAX or ratio > _SURELY:
            break
        time.sleep(_PAUSE_SECONDS * tried)
    return ratio


def least_seconds(act: Callable[[], object], *, until: float) -> float:
    """Return the least processor time of some tries, which end with the first below `until`."""
    least = math.inf
    for tried in range(_TRIES):
        began = time.thread_time()
        act()
        least = min(least, time.thread_time() - began)
        if least < until:
            break
        time.sleep(_PAUSE_SECONDS * tried)
    return least


def _seconds(act: Callable[[], object], rounds: int) -> float:
    """Return the least processor time of some rounds."""
    gc.collect(0)
    gc.disable()
    try:
        times = [_once(act, _caches()) for _ in range(rounds)]
    finally:
        gc.enable()
    return min(times)


def _once(act: Callable[[], object], caches: Sequence[Any]) -> float:
    for each in caches:
        each.cache_clear()
    began = time.thread_time()
    act()
    return time.thread_time() - began


def _caches() -> list[Any]:
    """Return what remembers cells and names: a short text would be known, a long one new.

    They are found by their modules: the collector does not show what `gc.freeze` has put aside.
    To look through all of them takes longer than most works, and leaves the processor's caches
    alike to a short text and to a long one: only the ranking does without.
    """
    return [
        each
        for name, module in tuple(sys.modules.items())
        if name.startswith(REMEMBERING)
        for each in vars(module).values()
        if isinstance(each, _lru_cache_wrapper)
    ]
