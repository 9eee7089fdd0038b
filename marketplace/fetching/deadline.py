"""The end of the time that a fetch has, whatever it waits for."""

import time

from marketplace.fetching.refusals import FetchTooSlow


class Deadline:
    """`seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left; raises `FetchTooSlow` when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise FetchTooSlow("The answer did not arrive in time.")
        return left
