"""From how many dealers on a figure is told, so that nobody can read one dealer from it."""

from collections.abc import Collection, Iterable

DEALERS_MIN = 5


def dealers_behind(parts: Iterable[Collection[int]]) -> int:
    """Return how many dealers stand behind the sum of parts, each of which is its dealers.

    A part of enough dealers is told by itself, and can be taken from the sum. So the sum is worth
    no more dealers than what the others leave over, unless nothing is left.
    """
    filled = [set(part) for part in parts if part]
    every: set[int] = set().union(*filled)
    hidden = [part for part in filled if len(part) < DEALERS_MIN]
    return min(len(every), len(set().union(*hidden))) if hidden else len(every)
