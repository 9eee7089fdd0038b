"""A register of cars that can be asked by mark: the port, and how every one of them is asked.

A mark may stand in an address of a register. It is in no message and no log line of ours: what
goes wrong is told by the register's name, the status and, where it is one of the documented ones,
the register's own code.
"""

import time
from collections.abc import Callable
from typing import Protocol

import structlog
from django.conf import settings

from listings.vehicle_records.record import VehicleRecord
from marketplace.circuit_breaker import CircuitBreaker
from marketplace.fetching import FetchFailed, FetchTooSlow, Replied

BACKOFF_SECONDS = 0.3
FAILURES_MAX = 5
"""After so many failures in a row a register is left alone for the breaker's pause."""

log = structlog.get_logger(__name__)


class RegisterAway(Exception):
    """A register does not answer; the same question may be answered later."""

    outcome = "away"


class RegisterRefused(RegisterAway):
    """A register does not answer us: the key, the question or its documents have changed."""

    outcome = "refused"


class Register(Protocol):
    """Somebody who knows cars by their marks.

    `name` is what answers are kept under, `title` what people call it.
    """

    name: str
    title: str

    def ask(self, mark: str) -> VehicleRecord | None:
        """Return what is known of a normalised mark; None where it is no car's.

        Raises `RegisterAway`.
        """
        ...


class Line:
    """The way to one register, with the breaker that all questions to it share."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.breaker = CircuitBreaker(FAILURES_MAX)

    def reply(self, send: Callable[[], Replied], is_whole: Callable[[bytes], bool]) -> Replied:
        """Return a reply of any status below 500 but 429; raises `RegisterAway`.

        A busy server, a broken connection and a 200 that is not whole are asked once more, after
        a pause; one that took all the time is not.
        """
        if not self.breaker.allows():
            raise RegisterAway(self.name)
        for is_last in (False, True):
            reply, why = _sent(send)
            if reply is not None and reply.status == 200 and not is_whole(reply.beginning):
                reply, why = None, "unreadable"
            if reply is not None and not _is_busy(reply.status):
                self.breaker.reset()
                return reply
            why = why or str(reply and reply.status)
            if is_last or why == FetchTooSlow.code:
                break
            time.sleep(BACKOFF_SECONDS)
        raise self.failure(why)

    def refusal(self, status: int, code: str = "") -> RegisterRefused:
        """Return what to raise where the register does not accept the question, and tell staff."""
        if status in (401, 403):
            self.breaker.trip()
        log.error("vehicle_register_refuses", register=self.name, status=status, code=code)
        return RegisterRefused(self.name)

    def failure(self, why: str) -> RegisterAway:
        self.breaker.trip()
        log.warning("vehicle_register_away", register=self.name, reason=why)
        return RegisterAway(self.name)


def seconds_max() -> float:
    """Return how long one request to a register may take."""
    return float(settings.VEHICLE_REGISTER_SECONDS)


def _sent(send: Callable[[], Replied]) -> tuple[Replied | None, str]:
    try:
        return send(), ""
    except FetchFailed as failure:
        return None, failure.code


def _is_busy(status: int) -> bool:
    return status == 429 or status >= 500
