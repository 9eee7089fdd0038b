"""Not waiting, again and again, for a server that was away a moment ago."""

import time

PAUSE_SECONDS = 15.0


class CircuitBreaker:
    """Lets nobody try for a while after a failure, and then one at a time until one succeeds.

    `failures` is how many in a row it takes.
    """

    def __init__(self, failures: int = 1) -> None:
        self.open_until = 0.0
        self._failures = failures
        self._failed = 0

    def allows(self) -> bool:
        now = time.monotonic()
        if now < self.open_until:
            return False
        if self.open_until:
            self.open_until = now + PAUSE_SECONDS
        return True

    def trip(self) -> None:
        self._failed += 1
        if self._failed >= self._failures:
            self.open_until = time.monotonic() + PAUSE_SECONDS

    def reset(self) -> None:
        self.open_until = 0.0
        self._failed = 0
