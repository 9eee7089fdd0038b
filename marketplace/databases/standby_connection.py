"""Connections to a standby that are given up once nothing is heard of it."""

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

SILENCE_SECONDS_MAX = 3.0
"""A standby that was not heard of for so long is left alone, whatever it said before."""

_heard_at: dict[str, float] = {}
"""When each standby last answered who watches it in this process, by the monotonic clock."""

RV = TypeVar("RV")


class StandbyConnection(psycopg.Connection[Any]):
    """A connection whose statements end with an OperationalError when the standby falls silent.

    A server that hangs acknowledges what it is sent, so that no timeout of TCP ever passes, and
    its own timeouts hang with it. One that still answers may take long over a statement.
    """

    alias = ""

    def wait(self, gen: PQGen[RV], *arguments: Any, **named: Any) -> RV:
        return super().wait(self._while_heard(gen), *arguments, **named)

    def _while_heard(self, gen: PQGen[RV]) -> Generator[Any, Any, RV]:
        """Pass on what psycopg waits for; it asks every tenth of a second while nothing comes."""
        began = time.monotonic()
        try:
            state = next(gen)
            while True:
                ready = yield state
                if not ready and self._is_silent(began):
                    self.pgconn.finish()  # what it may yet send answers nothing any more
                    raise psycopg.OperationalError("The standby does not answer.")
                state = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value

    def _is_silent(self, began: float) -> bool:
        return time.monotonic() > max(began, _heard_at.get(self.alias, 0.0)) + SILENCE_SECONDS_MAX


def connection_class(alias: str) -> type[StandbyConnection]:
    """Return the class of the connections to one standby."""
    return type(StandbyConnection.__name__, (StandbyConnection,), {"alias": alias})


def note_answer(alias: str) -> None:
    """Say that a standby has answered just now."""
    _heard_at[alias] = time.monotonic()
