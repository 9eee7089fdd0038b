"""How much memory the pictures that one process decodes may take, all of them together."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from listings.exceptions import PhotosBusy

WAITING_MAX = 1
"""Threads: whoever comes when so many wait is sent away, so that others are still served."""
WAIT_SECONDS = 3.0


class Budget:
    """Lets work begin when there is room for it; work that fills the room runs alone."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._used = 0
        self._waiting = 0
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, amount: int) -> Iterator[None]:
        """Hold a part of the budget; raises `PhotosBusy` where that takes too long to get."""
        with self._changed:
            self._wait_for(min(amount, self._total))
            self._used += min(amount, self._total)
        try:
            yield
        finally:
            with self._changed:
                self._used -= min(amount, self._total)
                self._changed.notify_all()

    def _wait_for(self, amount: int) -> None:
        if self._used + amount <= self._total:
            return
        if self._waiting >= WAITING_MAX:
            raise PhotosBusy("Too many photos are being read just now. Try again shortly.")
        self._waiting += 1
        try:
            until = time.monotonic() + WAIT_SECONDS
            while self._used + amount > self._total:
                if not self._changed.wait(until - time.monotonic()):
                    raise PhotosBusy("Too many photos are being read just now. Try again shortly.")
        finally:
            self._waiting -= 1
