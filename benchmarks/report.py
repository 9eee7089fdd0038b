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

    def figure(self, name: str, value: float, unit: str, bound: float | None = None) -> None:
        """Print a figure; one above its bound is a miss."""
        line = f"  {name:<62}{value:>12,.2f} {unit}"
        if bound is not None:
            verdict = "pass" if value <= bound else "MISS"
            line += f"  {verdict} (under {bound:g} {unit})"
            if value <= bound:
                self.passed += 1
            else:
                self.missed.append(name)
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
