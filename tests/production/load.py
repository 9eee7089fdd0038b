"""Buyers and a dealer's system, who go on asking whatever happens to the service."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Load:
    """What they were answered."""

    statuses: list[int] = field(default_factory=list)

    @property
    def failures(self) -> list[int]:
        return [status for status in self.statuses if status != 200]


@contextmanager
def under_load(*asks: Callable[[], int]) -> Iterator[Load]:
    """Ask each thing again and again, one request after the other, and note the statuses."""
    load, over = Load(), threading.Event()

    def go_on(ask: Callable[[], int]) -> None:
        while not over.is_set():
            load.statuses.append(ask())

    threads = [threading.Thread(target=go_on, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        over.set()
        for thread in threads:
            thread.join()
