"""Figures of simulations and the bounds that they must keep."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A figure in its unit; `must` is the least and the most that it may be, or None."""

    name: str
    value: float
    unit: str = "%"
    must: tuple[float, float] | None = None

    @property
    def is_kept(self) -> bool:
        return self.must is None or self.must[0] <= self.value <= self.must[1]

    @property
    def line(self) -> str:
        line = f"  {self.name:<58}{self.value:>9.2f} {self.unit}"
        if self.must is None:
            return line
        low, high = self.must
        bound = f"at most {high:g}" if low == float("-inf") else f"{low:g} to {high:g}"
        return f"{line}  {'pass' if self.is_kept else 'MISS'} ({bound} {self.unit})"


def at_most(bound: float) -> tuple[float, float]:
    return float("-inf"), bound


def within(bound: float) -> tuple[float, float]:
    return -bound, bound


def show(title: str, measures: Sequence[Measure]) -> None:
    """Print a table of figures."""
    print(f"\n{title}")
    for measure in measures:
        print(measure.line, flush=True)
