"""What a process makes once, whichever of its threads asks first."""

import os
import threading
from collections.abc import Callable, Hashable
from functools import cache
from typing import TypeVar

Made = TypeVar("Made")
_making = threading.RLock()


def once(make: Callable[..., Made]) -> Callable[..., Made]:
    """Return `make` with its answers kept by its arguments.

    `functools.cache` lets every thread that comes before the first answer make one of its own. One
    lock serves all, since what is made first is often made of the rest.
    """
    made = cache(make)

    def first(*arguments: Hashable) -> Made:
        with _making:
            return made(*arguments)

    return cache(first)


def _after_fork() -> None:
    """Whoever held the lock is not in the forked process."""
    global _making  # noqa: PLW0603 - the process's one lock
    _making = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)
