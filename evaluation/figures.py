"""Shares with their intervals, and what a scorer found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt

_Z = 1.959964  # of a normal distribution: 95 % lie within


@dataclass
class Share:
    """So many of so many; `must` is what it must reach, or must not exceed where it is of faults.

    Faults are kept as the ids of their cases with what was read, to be shown for sets that are no
    longer blind.
    """

    name: str
    must: float | None = None
    is_of_faults: bool = False
    count: int = 0
    total: int = 0
    cases: list[str] = field(default_factory=list)

    def add(self, *, is_one: bool, case: str) -> None:
        """Count a case. What is told of is a case that is not as it should be."""
        self.total += 1
        self.count += is_one
        if is_one is self.is_of_faults:
            self.cases.append(case)

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's interval, which holds for few cases and for shares near 0 and 1."""
        if not self.total:
            return 0.0, 1.0
        z2 = _Z * _Z / self.total
        middle = (self.share + z2 / 2) / (1 + z2)
        reach = (
            _Z / (1 + z2) * sqrt(self.share * (1 - self.share) / self.total + z2 / 4 / self.total)
        )
        return max(0.0, middle - reach), min(1.0, middle + reach)

    @property
    def is_reached(self) -> bool | None:
        if self.must is None or not self.total:
            return None
        return self.share <= self.must if self.is_of_faults else self.share >= self.must


@dataclass
class Tally:
    """The shares of a set, in the order of the table."""

    shares: list[Share] = field(default_factory=list)

    def share(self, name: str, must: float | None = None, *, is_of_faults: bool = False) -> Share:
        self.shares.append(Share(name, must, is_of_faults))
        return self.shares[-1]

    def lines(self) -> Iterator[str]:
        """Yield the table, a line for each share that has cases."""
        for share in self.shares:
            if share.total:
                yield _line(share)


def _line(share: Share) -> str:
    low, high = share.interval
    line = (
        f"  {share.name:<58}{share.count:>6} of {share.total:<6}{100 * share.share:>7.2f} %"
        f"  ({100 * low:.2f} to {100 * high:.2f})"
    )
    if share.must is None:
        return line
    rule = "at most" if share.is_of_faults else "at least"
    return f"{line}  {'pass' if share.is_reached else 'MISS'} ({rule} {100 * share.must:g} %)"
