"""What a run prints: one line for each figure, with its bound where it has one."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Report:
    def __init__(self) -> None:
        self.passed = 0
        self.missed: list[str] = []

    @property
    def has_misses(self) -> bool:
        return bool(self.missed)

    def say(self, *lines: str) -> None:
        for line in lines:
            print(line, flush=True)

    def title(self, text: str) -> None:
        self.say("", text)

    def figure(
        self,
        name: str,
        value: float,
        unit: str,
        bound: float | None = None,
        *,
        at_least: float | None = None,
    ) -> None:
        """Print a figure; one above its bound, or below what it must at least be, is a miss."""
        line = f"  {name:<62}{value:>12,.2f} {unit}"
        if bound is not None:
            line += self._judge(name, f"under {bound:g} {unit}", is_held=value <= bound)
        if at_least is not None:
            line += self._judge(name, f"at least {at_least:g} {unit}", is_held=value >= at_least)
        self.say(line)

    def percentiles(self, name: str, seconds: Sequence[float], bound: float | None = None) -> None:
        """Print the median and the 95th percentile in milliseconds, both under the bound."""
        ranked = sorted(seconds)
        p95 = ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]
        self.figure(f"{name}, p50", 1000 * statistics.median(ranked), "ms", bound)
        self.figure(f"{name}, p95", 1000 * p95, "ms", bound)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.figure(name, time.perf_counter() - started, "s")

    def conclude(self) -> None:
        self.title(f"{self.passed} bounds held, {len(self.missed)} missed.")
        self.say(*(f"  missed: {name}" for name in self.missed))

    def _judge(self, name: str, rule: str, *, is_held: bool) -> str:
        if is_held:
            self.passed += 1
        else:
            self.missed.append(name)
        return f"  {'pass' if is_held else 'MISS'} ({rule})"
